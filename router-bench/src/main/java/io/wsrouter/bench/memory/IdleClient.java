package io.wsrouter.bench.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * A client of few bytes, which opens a WebSocket, gives commands one by one, and then does nothing. It reads and writes on its
 * caller's thread.
 */
final class IdleClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int SMALL_BUFFER_BYTES = 512;
    private static final int FINAL_TEXT = 0x81;
    private static final int FINAL_PONG = 0x8A;
    private static final int MASKED = 0x80;
    private static final int OPCODE = 0x0F;
    private static final int TEXT = 0x1;
    private static final int CLOSE = 0x8;
    private static final int LENGTH_IN_16_BITS = 126;
    private static final int MASK_BYTES = 4;

    private final Socket socket;

    private IdleClient(Socket socket) {
        this.socket = socket;
    }

    /** Connects {@code socket} from {@code localAddress} of loopback, and sends nothing. */
    static IdleClient connect(Socket socket, InetAddress localAddress, int port) throws IOException {
        socket.setReuseAddress(true);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.bind(new InetSocketAddress(localAddress, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
        return new IdleClient(socket);
    }

    /** Sends one byte, so that the server has something to read. */
    void writeByte() throws IOException {
        socket.getOutputStream().write(0);
    }

    /** Asks for the upgrade, and returns when it has been welcomed and shown a sign of life. */
    void upgrade(String token) throws IOException {
        String head = "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer "
                + token + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(US_ASCII));
        DataInputStream in = input();
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) in.readUnsignedByte());
        }
        if (!answer.toString().startsWith("HTTP/1.1 101 ")) {
            throw new IOException("answer \"" + answer.substring(0, answer.indexOf("\r\n")) + "\" (expected 101)");
        }
        requireText(in, "\"type\":\"welcome\"");
        write(FINAL_PONG, new byte[0]);
    }

    /** Gives a command and waits for the frames that answer it; each is to contain the text expected. */
    void command(String json, String... expected) throws IOException {
        write(FINAL_TEXT, json.getBytes(UTF_8));
        DataInputStream in = input();
        for (String text : expected) {
            requireText(in, text);
        }
    }

    /** Small, and made anew each time: what comes is known, and read to its end. */
    private DataInputStream input() throws IOException {
        return new DataInputStream(new BufferedInputStream(socket.getInputStream(), SMALL_BUFFER_BYTES));
    }

    private static void requireText(DataInputStream in, String text) throws IOException {
        String frame = readText(in);
        if (!frame.contains(text)) {
            throw new IOException("frame " + frame + " (expected one with " + text + ")");
        }
    }

    private static String readText(DataInputStream in) throws IOException {
        while (true) {
            int opcode = in.readUnsignedByte() & OPCODE;
            int shortLength = in.readUnsignedByte();
            int length = shortLength == LENGTH_IN_16_BITS ? in.readUnsignedShort() : shortLength;
            byte[] payload = in.readNBytes(length);
            if (payload.length < length || opcode == CLOSE) {
                throw new EOFException("closed by the server");
            }
            if (opcode == TEXT) {
                return new String(payload, UTF_8);
            }
        }
    }

    private void write(int first, byte[] payload) throws IOException {
        boolean isShort = payload.length < LENGTH_IN_16_BITS;
        ByteBuffer frame = ByteBuffer.allocate(2 + Short.BYTES + MASK_BYTES + payload.length);
        frame.put((byte) first).put((byte) (MASKED | (isShort ? payload.length : LENGTH_IN_16_BITS)));
        if (!isShort) {
            frame.putShort((short) payload.length);
        }
        frame.putInt(0).put(payload); // masked with zero
        OutputStream out = socket.getOutputStream();
        out.write(frame.array(), 0, frame.position());
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
