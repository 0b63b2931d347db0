package io.wsrouter.pipeline;

import io.netty.buffer.ByteBuf;

/** Writes WebSocket frames of a server, which are not masked, one after the other into a buffer (RFC 6455 section 5.2). */
final class FrameBuffer {

    static final int TEXT = 0x1;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    private static final int FINAL_FRAGMENT = 0x80;
    private static final int LARGEST_7_BIT_LENGTH = 125;
    private static final int LENGTH_IN_16_BITS = 126;
    private static final int LENGTH_IN_64_BITS = 127;

    private FrameBuffer() {}

    /** The bytes of a frame with a payload of this length. */
    static int frameBytes(int payloadBytes) {
        if (payloadBytes <= LARGEST_7_BIT_LENGTH) {
            return payloadBytes + 2;
        }
        return payloadBytes <= 0xFFFF ? payloadBytes + 4 : payloadBytes + 10;
    }

    /** Writes one frame. */
    static void write(ByteBuf buffer, int opcode, byte[] payload) {
        write(buffer, opcode, payload, payload.length);
    }

    /** Writes one frame with the first {@code length} bytes of {@code payload}. */
    static void write(ByteBuf buffer, int opcode, byte[] payload, int length) {
        writeHead(buffer, opcode, length);
        buffer.writeBytes(payload, 0, length);
    }

    private static void writeHead(ByteBuf buffer, int opcode, int payloadBytes) {
        buffer.writeByte(FINAL_FRAGMENT | opcode);
        if (payloadBytes <= LARGEST_7_BIT_LENGTH) {
            buffer.writeByte(payloadBytes);
        } else if (payloadBytes <= 0xFFFF) {
            buffer.writeByte(LENGTH_IN_16_BITS).writeShort(payloadBytes);
        } else {
            buffer.writeByte(LENGTH_IN_64_BITS).writeLong(payloadBytes);
        }
    }
}
