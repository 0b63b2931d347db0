package io.wsrouter.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.wsrouter.codec.Utf8Validator;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.transport.NettyShardLoop;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of a client (RFC 6455 section 5), puts fragments together, and hands messages, control frames and
 * violations to a {@link FrameHandler}. No extension is negotiated, so reserved bits are violations.
 *
 * <p>It stands for Netty's frame decoder, UTF-8 validator and aggregator, which make four objects and two copies of each
 * message. It reads a message that came in one frame into the loop's scratch array and checks it eight bytes at a time.
 */
final class FrameDecoder extends ByteToMessageDecoder {

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] EMPTY = {};

    private static final int OPCODE = 0x0F;
    private static final int RESERVED_BITS = 0x70;
    private static final int FINAL_FRAGMENT = 0x80;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7F;
    private static final int LENGTH_IN_16_BITS = 126;
    private static final int LENGTH_IN_64_BITS = 127;
    private static final int MASK_BYTES = 4;
    private static final int MOST_CONTROL_BYTES = 125;
    private static final int LARGEST_CLOSE_CODE = 4999;

    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;

    private final FrameHandler handler;
    private final NettyShardLoop loop;
    private final int maxMessageBytes;

    // the fragments of a message that has not ended
    private boolean isFragmented;
    private byte[] fragments = EMPTY;
    private int fragmentsLength;
    private @Nullable Utf8Validator fragmentsText;

    /** A decoder of messages of at most {@code maxMessageBytes}, for the sockets of {@code loop}. */
    FrameDecoder(FrameHandler handler, NettyShardLoop loop, int maxMessageBytes) {
        this.handler = handler;
        this.loop = loop;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** Reads one frame, or nothing when it has not come whole or reading is paused. */
    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!handler.isTaking()) {
            in.skipBytes(in.readableBytes());
            return;
        }
        int readable = in.readableBytes();
        if (readable < 2 || handler.isPaused()) {
            return;
        }
        int start = in.readerIndex();
        int first = in.getUnsignedByte(start);
        int second = in.getUnsignedByte(start + 1);
        CloseReason violation = violationOfHead(first, second);
        if (violation != null) {
            refuse(in, violation);
            return;
        }
        int shortLength = second & LENGTH;
        int maskStart = 2 + lengthBytes(shortLength);
        if (readable < maskStart) {
            return;
        }
        long length = length(in, start, shortLength);
        CloseReason refusal = refusalOfLength(first & OPCODE, length, shortLength);
        int headBytes = maskStart + MASK_BYTES;
        if (refusal != null) {
            refuse(in, refusal);
        } else if (readable >= headBytes + length) {
            int mask = in.getIntLE(start + maskStart);
            byte[] payload = loop.scratch((int) length);
            in.getBytes(start + headBytes, payload, 0, (int) length);
            in.skipBytes(headBytes + (int) length);
            unmask(payload, (int) length, mask);
            onFrame(first & OPCODE, (first & FINAL_FRAGMENT) != 0, payload, (int) length);
        }
    }

    /** Reads the frames that came before a pause. */
    void onReadingResumed(ChannelHandlerContext ctx) {
        try {
            channelRead(ctx, Unpooled.EMPTY_BUFFER);
        } catch (Exception e) {
            exceptionCaught(ctx, e);
        }
        handler.onReadComplete();
    }

    private void refuse(ByteBuf in, CloseReason reason) {
        in.skipBytes(in.readableBytes());
        handler.onViolation(reason);
    }

    private @Nullable CloseReason violationOfHead(int first, int second) {
        int opcode = first & OPCODE;
        boolean isFinal = (first & FINAL_FRAGMENT) != 0;
        boolean isInOrder = switch (opcode) {
            case CONTINUATION -> isFragmented;
            case TEXT, BINARY -> !isFragmented;
            case CLOSE, PING, PONG -> isFinal && (second & LENGTH) <= MOST_CONTROL_BYTES;
            default -> false;
        };
        boolean isProper = isInOrder && (first & RESERVED_BITS) == 0 && (second & MASKED) != 0;
        return isProper ? null : CloseReason.PROTOCOL_ERROR;
    }

    private static int lengthBytes(int shortLength) {
        return switch (shortLength) {
            case LENGTH_IN_16_BITS -> Short.BYTES;
            case LENGTH_IN_64_BITS -> Long.BYTES;
            default -> 0;
        };
    }

    private static long length(ByteBuf in, int start, int shortLength) {
        return switch (shortLength) {
            case LENGTH_IN_16_BITS -> in.getUnsignedShort(start + 2);
            case LENGTH_IN_64_BITS -> in.getLong(start + 2);
            default -> shortLength;
        };
    }

    private @Nullable CloseReason refusalOfLength(int opcode, long length, int shortLength) {
        boolean isShortest = shortLength < LENGTH_IN_16_BITS
                || length > (shortLength == LENGTH_IN_16_BITS ? MOST_CONTROL_BYTES : 0xFFFF);
        if (!isShortest) {
            return CloseReason.PROTOCOL_ERROR;
        }
        boolean isControl = opcode >= CLOSE;
        if (!isControl && length > maxMessageBytes - fragmentsLength) {
            return CloseReason.MESSAGE_TOO_BIG;
        }
        return opcode == BINARY ? CloseReason.BINARY_FRAME : null;
    }

    /** Undoes the masking of RFC 6455 section 5.3; {@code mask} is as it lies in the frame, least byte first. */
    private static void unmask(byte[] payload, int length, int mask) {
        long wideMask = ((long) mask << 32) | (mask & 0xFFFFFFFFL);
        int at = 0;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            WORD.set(payload, at, (long) WORD.get(payload, at) ^ wideMask);
        }
        for (; at < length; at++) {
            payload[at] ^= (byte) (mask >>> ((at & 3) * Byte.SIZE));
        }
    }

    private void onFrame(int opcode, boolean isFinal, byte[] payload, int length) {
        switch (opcode) {
            case TEXT -> onText(isFinal, payload, length);
            case CONTINUATION -> onFragment(isFinal, payload, length);
            case PING -> handler.onPing(Arrays.copyOf(payload, length));
            case CLOSE -> onClose(payload, length);
            default -> handler.onPong();
        }
    }

    private void onText(boolean isFinal, byte[] payload, int length) {
        if (!isFinal) {
            isFragmented = true;
            fragmentsText = new Utf8Validator();
            onFragment(false, payload, length);
        } else if (Utf8Validator.isValid(payload, 0, length)) {
            handler.onText(payload, length);
        } else {
            handler.onViolation(CloseReason.INVALID_UTF8);
        }
    }

    private void onFragment(boolean isFinal, byte[] payload, int length) {
        if (fragmentsLength + length > fragments.length) {
            fragments = Arrays.copyOf(fragments, Math.max(fragmentsLength + length, 2 * fragments.length));
        }
        System.arraycopy(payload, 0, fragments, fragmentsLength, length);
        fragmentsLength += length;
        Utf8Validator text = fragmentsText;
        if (text == null || !text.accept(payload, 0, length) || (isFinal && !text.isComplete())) {
            handler.onViolation(CloseReason.INVALID_UTF8);
        } else if (isFinal) {
            byte[] message = fragments;
            int messageLength = fragmentsLength;
            forgetFragments();
            handler.onText(message, messageLength);
        } else {
            handler.onFragment(length);
        }
    }

    private void forgetFragments() {
        isFragmented = false;
        fragments = EMPTY;
        fragmentsLength = 0;
        fragmentsText = null;
    }

    private void onClose(byte[] payload, int length) {
        if (length == 0) {
            handler.onClose(FrameHandler.NO_CODE);
            return;
        }
        int code = length == 1 ? 0 : ((payload[0] & 0xFF) << Byte.SIZE) | (payload[1] & 0xFF);
        if (!WebSocketCloseStatus.isValidStatusCode(code) || code > LARGEST_CLOSE_CODE) {
            handler.onViolation(CloseReason.PROTOCOL_ERROR);
        } else if (!Utf8Validator.isValid(payload, Short.BYTES, length)) {
            handler.onViolation(CloseReason.INVALID_UTF8);
        } else {
            handler.onClose(code);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        handler.onReadComplete();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (isOfThePeer(cause)) {
            ctx.close();
        } else {
            handler.onFault(cause);
        }
    }

    /** Whether the peer, and not we, broke the transport. */
    private static boolean isOfThePeer(Throwable cause) {
        return cause instanceof IOException
                || (cause instanceof DecoderException && cause.getCause() instanceof SSLException);
    }
}
