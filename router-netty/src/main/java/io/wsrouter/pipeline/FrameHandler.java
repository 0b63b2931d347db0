package io.wsrouter.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.wsrouter.codec.EnvelopeDecoder;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.transport.NettyShardLoop;
import java.io.IOException;
import javax.net.ssl.SSLException;

/** The end of the inbound path: whole frames of one connection become commands, answers and closes. */
final class FrameHandler extends SimpleChannelInboundHandler<WebSocketFrame> {

    /** The end of the last range of RFC 6455 section 7.4.2; the decoder judges the others. */
    private static final int LARGEST_CLOSE_CODE = 4999;

    private final ChannelConnection connection;
    private final NettyShardLoop loop;
    private final RouterListener listener;
    private boolean hasHeard;
    private boolean isInputOver;

    FrameHandler(ChannelConnection connection, NettyShardLoop loop, RouterListener listener) {
        this.connection = connection;
        this.loop = loop;
        this.listener = listener;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        if (isInputOver || !connection.isTaking()) {
            return;
        }
        hasHeard = true;
        if (frame instanceof TextWebSocketFrame) {
            onText(frame.content());
        } else if (frame instanceof PingWebSocketFrame) {
            connection.onPing(frame.content());
        } else if (frame instanceof CloseWebSocketFrame close) {
            onClose(close.statusCode());
        } else if (frame instanceof BinaryWebSocketFrame) {
            end(CloseReason.BINARY_FRAME);
        }
    }

    private void onClose(int code) {
        if (code > LARGEST_CLOSE_CODE) {
            end(CloseReason.PROTOCOL_ERROR);
        } else {
            isInputOver = true;
            connection.onPeerClose(code);
        }
    }

    private void onText(ByteBuf text) {
        int length = text.readableBytes();
        byte[] bytes = loop.scratch(length);
        text.getBytes(text.readerIndex(), bytes, 0, length);
        connection.onCommand(EnvelopeDecoder.decode(bytes, length));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (hasHeard) {
            hasHeard = false;
            connection.onHeard(loop.nanoTime());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException corrupted) {
            end(reasonOf(corrupted.closeStatus()));
        } else if (cause instanceof TooLongFrameException) {
            end(CloseReason.MESSAGE_TOO_BIG);
        } else if (isOfThePeer(cause)) {
            ctx.close();
        } else {
            listener.onBug(cause);
            end(CloseReason.INTERNAL_ERROR);
        }
    }

    /** Whether the peer, and not we, broke the transport. */
    private static boolean isOfThePeer(Throwable cause) {
        return cause instanceof IOException
                || cause.getCause() instanceof SSLException
                || cause instanceof PrematureChannelClosureException;
    }

    private void end(CloseReason reason) {
        if (!isInputOver) {
            isInputOver = true;
            connection.requestClose(reason);
        }
    }

    private static CloseReason reasonOf(WebSocketCloseStatus status) {
        if (status.equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
            return CloseReason.MESSAGE_TOO_BIG;
        }
        return status.equals(WebSocketCloseStatus.INVALID_PAYLOAD_DATA)
                ? CloseReason.INVALID_UTF8
                : CloseReason.PROTOCOL_ERROR;
    }
}
