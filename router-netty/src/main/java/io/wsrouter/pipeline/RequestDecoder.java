package io.wsrouter.pipeline;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Decodes the head of the handshake request, at most 16 KiB of it, and knows whether anything came after it. */
final class RequestDecoder extends HttpRequestDecoder {

    private static final int MAX_HEAD_BYTES = 16 * 1024;

    RequestDecoder() {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_HEAD_BYTES)
                .setMaxHeaderSize(MAX_HEAD_BYTES)
                .setInitialBufferSize(512));
    }

    /** Whether bytes followed the request before it was answered. */
    boolean hasLeftover() {
        return actualReadableBytes() > 0;
    }
}
