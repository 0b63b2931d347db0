package io.wsrouter.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wsrouter.config.Secret;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The connection between the process that leads a run and one that joins it: JSON after its length. Both prove first that they
 * have the token secret, which itself never goes over it. One thread at a time. Blocks.
 */
final class WorkerLink implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final int MOST_BYTES = 256 << 20;
    private static final int MOST_BYTES_OF_A_STRANGER = 256;
    private static final int NONCE_BYTES = 16;
    private static final int STRANGER_MILLIS = 5_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    private WorkerLink(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    /** What one side shows: a number it has made up, and the proof over both. */
    private record Greeting(String nonce, String proof) {}

    /**
     * The leader's side.
     *
     * @throws IOException when the other side does not have the secret; the socket is closed
     */
    static WorkerLink lead(Socket socket, Secret secret) throws IOException {
        WorkerLink link = new WorkerLink(socket);
        try {
            socket.setSoTimeout(STRANGER_MILLIS);
            String ours = nonce();
            link.send(new Greeting(ours, ""));
            Greeting theirs = link.receive(Greeting.class, MOST_BYTES_OF_A_STRANGER);
            require(proof(secret, "join", ours, theirs.nonce()), theirs.proof());
            link.send(new Greeting("", proof(secret, "lead", ours, theirs.nonce())));
            socket.setSoTimeout(0);
            return link;
        } catch (IOException e) {
            link.close();
            throw e;
        }
    }

    /** The side of a process that joins; as {@link #lead}. */
    static WorkerLink join(Socket socket, Secret secret) throws IOException {
        WorkerLink link = new WorkerLink(socket);
        try {
            socket.setSoTimeout(STRANGER_MILLIS);
            Greeting theirs = link.receive(Greeting.class, MOST_BYTES_OF_A_STRANGER);
            String ours = nonce();
            link.send(new Greeting(ours, proof(secret, "join", theirs.nonce(), ours)));
            Greeting answer = link.receive(Greeting.class, MOST_BYTES_OF_A_STRANGER);
            require(proof(secret, "lead", theirs.nonce(), ours), answer.proof());
            socket.setSoTimeout(0);
            return link;
        } catch (EOFException | SocketException e) {
            link.close();
            throw new IOException("the process that leads the run has turned us away (expected its token secret)", e);
        } catch (SocketTimeoutException e) {
            link.close();
            throw new IOException(link.peer() + " does not answer (expected a run that waits for others)", e);
        } catch (IOException e) {
            link.close();
            throw e;
        }
    }

    private static String nonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(nonce);
        return HexFormat.of().formatHex(nonce);
    }

    private static String proof(Secret secret, String side, String leads, String joins) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.bytes(), "HmacSHA256"));
            return HexFormat.of()
                    .formatHex(mac.doFinal(("ws-router load " + side + ' ' + leads + ' ' + joins).getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no HmacSHA256", e);
        }
    }

    private static void require(String expected, String given) throws IOException {
        if (!MessageDigest.isEqual(expected.getBytes(UTF_8), given.getBytes(UTF_8))) {
            throw new IOException("the other side has another token secret");
        }
    }

    /** For how long {@link #receive} may wait from now on. */
    void awaitAtMost(double seconds) throws IOException {
        socket.setSoTimeout((int) Math.ceil(1000 * seconds));
    }

    /** Where the other side is. */
    String peer() {
        return String.valueOf(socket.getRemoteSocketAddress()).replaceFirst("^.*/", "");
    }

    void send(Object value) throws IOException {
        byte[] json = JSON.writeValueAsBytes(value);
        out.writeInt(json.length);
        out.write(json);
        out.flush();
    }

    <T> T receive(Class<T> type) throws IOException {
        return receive(type, MOST_BYTES);
    }

    private <T> T receive(Class<T> type, int mostBytes) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > mostBytes) {
            throw new IOException("a message of " + length + " bytes (expected at most " + mostBytes + ")");
        }
        return JSON.readValue(in.readNBytes(length), type);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
