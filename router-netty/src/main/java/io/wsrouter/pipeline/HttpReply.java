package io.wsrouter.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the few HTTP responses of the public port. Each ends its connection, but for the 101. */
final class HttpReply {

    private static final String END_OF_LINE = "\r\n";

    private HttpReply() {}

    /** The response that begins a WebSocket. The caller owns the buffer. */
    static ByteBuf switchingProtocols(ByteBufAllocator allocator, String acceptKey, boolean namesSubprotocol) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Upgrade", "websocket");
        headers.put("Connection", "Upgrade");
        headers.put("Sec-WebSocket-Accept", acceptKey);
        if (namesSubprotocol) {
            headers.put("Sec-WebSocket-Protocol", HandshakeRequest.SUBPROTOCOL);
        }
        return encode(allocator, HttpResponseStatus.SWITCHING_PROTOCOLS, headers, new byte[0]);
    }

    /**
     * A refusal, with its reason in JSON.
     *
     * @param readableFrom the origin whose pages may read it, or null
     */
    static ByteBuf refusal(ByteBufAllocator allocator, HandshakeRefusal refusal, @Nullable String readableFrom) {
        String body = "{\"error\":\"" + refusal.word() + "\",\"reason\":\"" + refusal.explanation() + "\"}\n";
        Map<String, String> headers = new LinkedHashMap<>(refusal.headers());
        if (readableFrom != null) {
            headers.put("Access-Control-Allow-Origin", readableFrom);
            headers.put("Access-Control-Expose-Headers", "Retry-After");
        }
        headers.put("Vary", "Origin");
        return page(allocator, refusal.status(), "application/json", body, headers);
    }

    /** Lets pages of an allowed {@code origin} ask with a token (CORS preflight). */
    static ByteBuf preflight(ByteBufAllocator allocator, @Nullable String origin) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Access-Control-Allow-Origin", String.valueOf(origin));
        headers.put("Access-Control-Allow-Methods", "GET");
        headers.put("Access-Control-Allow-Headers", "authorization");
        headers.put("Vary", "Origin");
        headers.put("Connection", "close");
        return encode(allocator, HttpResponseStatus.NO_CONTENT, headers, new byte[0]);
    }

    /** A page or any other body. */
    static ByteBuf page(
            ByteBufAllocator allocator,
            HttpResponseStatus status,
            String contentType,
            String text,
            Map<String, String> furtherHeaders) {
        byte[] body = text.getBytes(UTF_8);
        Map<String, String> headers = new LinkedHashMap<>(furtherHeaders);
        headers.put("Content-Type", contentType);
        headers.put("Content-Length", Integer.toString(body.length));
        headers.put("Cache-Control", "no-store");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Connection", "close");
        return encode(allocator, status, headers, body);
    }

    private static ByteBuf encode(
            ByteBufAllocator allocator, HttpResponseStatus status, Map<String, String> headers, byte[] body) {
        StringBuilder head = new StringBuilder(256)
                .append("HTTP/1.1 ")
                .append(status.code())
                .append(' ')
                .append(status.reasonPhrase())
                .append(END_OF_LINE);
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append(END_OF_LINE));
        head.append(END_OF_LINE);
        byte[] headBytes = head.toString().getBytes(UTF_8);
        return allocator
                .directBuffer(headBytes.length + body.length)
                .writeBytes(headBytes)
                .writeBytes(body);
    }
}
