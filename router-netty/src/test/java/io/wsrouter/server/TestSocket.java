package io.wsrouter.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The peer's end of a TCP connection: sends and reads bytes, blocks for ten seconds at most, and can vanish. */
public final class TestSocket implements AutoCloseable {

    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private TestSocket(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Connects to a port of loopback. */
    public static TestSocket open(int port) {
        return open(port, 0);
    }

    /** Connects to a port of loopback; the kernel buffers about {@code receiveBufferBytes} that are not read. */
    public static TestSocket open(int port, int receiveBufferBytes) {
        try {
            Socket socket = new Socket();
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            return new TestSocket(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connects to a port of loopback from {@code localAddress}, which is another address of loopback. */
    public static TestSocket openFrom(String localAddress, int port) {
        try {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(localAddress, 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            return new TestSocket(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes over a socket, for example one with TLS. */
    public static TestSocket over(Socket socket) {
        try {
            return new TestSocket(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void send(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void send(String text) {
        send(text.getBytes(UTF_8));
    }

    /** The next byte, or -1 at the end of the stream. A reset is an end, too. */
    public int read() {
        try {
            return in.read();
        } catch (SocketException e) {
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public byte[] read(int length) {
        try {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new AssertionError("the stream ended after " + bytes.length + " of " + length + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything up to the end of the stream. */
    public byte[] readToEnd() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int b = read(); b >= 0; b = read()) {
            bytes.write(b);
        }
        return bytes.toByteArray();
    }

    /** Reads one HTTP response; its body is as long as {@code Content-Length} says. */
    public Response readResponse() {
        String[] statusLine = readLine().split(" ", 3);
        Map<String, String> headers = new TreeMap<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            String[] header = line.split(": ", 2);
            headers.merge(header[0].toLowerCase(Locale.ROOT), header[1], (a, b) -> a + ", " + b);
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        String body = new String(read(length), UTF_8);
        if (!isPageOfTheDemo(headers)) {
            Confidential.search("response", headers + "\n" + body);
        }
        return new Response(Integer.parseInt(statusLine[1]), headers, body);
    }

    /** The demo, which is for loopback only, gives its page tokens to play with. */
    private static boolean isPageOfTheDemo(Map<String, String> headers) {
        return headers.getOrDefault("content-type", "").startsWith("text/html");
    }

    /** Sends a FIN and goes on reading. */
    public void shutDownOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Vanishes with a RST. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String readLine() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = read(); b != '\n'; b = read()) {
            if (b < 0) {
                throw new AssertionError("the stream ended within a head, after: " + line.toString(ISO_8859_1));
            }
            line.write(b);
        }
        return line.toString(ISO_8859_1).stripTrailing();
    }

    /** An HTTP response; the names of its headers are in lower case. */
    public record Response(int status, Map<String, String> headers, String body) {

        public com.fasterxml.jackson.databind.JsonNode json() {
            return TestJson.parse(body);
        }
    }
}
