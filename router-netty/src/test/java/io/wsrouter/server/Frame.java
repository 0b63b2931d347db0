package io.wsrouter.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * A WebSocket frame (RFC 6455 section 5.2).
 *
 * @param first the first byte: FIN, RSV and opcode
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Frame(int first, byte[] payload) {

    public static final int CONTINUATION = 0x0;
    public static final int TEXT = 0x1;
    public static final int BINARY = 0x2;
    public static final int CLOSE = 0x8;
    public static final int PING = 0x9;
    public static final int PONG = 0xA;

    private static final int FINAL = 0x80;
    private static final byte[] MASK = {0x12, (byte) 0xF4, 0x00, 0x7B};

    public static Frame of(int opcode, byte[] payload) {
        return new Frame(FINAL | opcode, payload);
    }

    public static Frame text(String text) {
        return of(TEXT, text.getBytes(UTF_8));
    }

    /** A fragment; {@code opcode} is {@link #CONTINUATION} but for the first. */
    public static Frame fragment(int opcode, boolean isLast, byte[] payload) {
        return new Frame(isLast ? FINAL | opcode : opcode, payload);
    }

    public static Frame close(int code, String reason) {
        byte[] utf8 = reason.getBytes(UTF_8);
        return of(
                CLOSE,
                ByteBuffer.allocate(Short.BYTES + utf8.length)
                        .putShort((short) code)
                        .put(utf8)
                        .array());
    }

    public int opcode() {
        return first & 0xF;
    }

    public String text() {
        return new String(payload, UTF_8);
    }

    /** The code of a close frame, or -1 when it has none. */
    public int closeCode() {
        return payload.length < Short.BYTES
                ? -1
                : Short.toUnsignedInt(ByteBuffer.wrap(payload).getShort());
    }

    /** The reason of a close frame. */
    public String closeReason() {
        return payload.length < Short.BYTES ? "" : new String(payload, 2, payload.length - 2, UTF_8);
    }

    /** As a client sends it. */
    public byte[] masked() {
        byte[] body = payload.clone();
        for (int i = 0; i < body.length; i++) {
            body[i] ^= MASK[i & 3];
        }
        ByteArrayOutputStream bytes = head(0x80);
        bytes.writeBytes(MASK);
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    /** As only a server may send it. */
    public byte[] unmasked() {
        ByteArrayOutputStream bytes = head(0);
        bytes.writeBytes(payload);
        return bytes.toByteArray();
    }

    /** Reads a frame of a server, or null at the end of the stream. */
    static Frame read(TestSocket socket) {
        int first = socket.read();
        if (first < 0) {
            return null;
        }
        int length = socket.read();
        if (length == 126) {
            length = ByteBuffer.wrap(socket.read(Short.BYTES)).getShort() & 0xFFFF;
        } else if (length == 127) {
            length = Math.toIntExact(ByteBuffer.wrap(socket.read(Long.BYTES)).getLong());
        }
        Frame frame = new Frame(first, socket.read(length));
        if (frame.opcode() != PONG && !frame.text().startsWith("{\"type\":\"message\"")) {
            Confidential.search("frame", frame.text());
        }
        return frame;
    }

    private ByteArrayOutputStream head(int maskBit) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(first);
        if (payload.length <= 125) {
            bytes.write(maskBit | payload.length);
        } else if (payload.length <= 0xFFFF) {
            bytes.write(maskBit | 126);
            bytes.writeBytes(ByteBuffer.allocate(Short.BYTES)
                    .putShort((short) payload.length)
                    .array());
        } else {
            bytes.write(maskBit | 127);
            bytes.writeBytes(
                    ByteBuffer.allocate(Long.BYTES).putLong(payload.length).array());
        }
        return bytes;
    }
}
