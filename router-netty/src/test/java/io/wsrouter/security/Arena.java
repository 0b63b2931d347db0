package io.wsrouter.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.auth.Grants;
import io.wsrouter.server.Frame;
import io.wsrouter.server.Handshake;
import io.wsrouter.server.TestJson;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.TestSocket.Response;
import io.wsrouter.server.WebSocketClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where bad inputs are tried: one router that all of them come to, and alice, who is connected all the while, subscribed to
 * the topic that everybody is after, and has to get her own messages and nothing else.
 */
final class Arena implements AutoCloseable {

    /** The topic that alice has subscribed to. */
    private static final String EVENT = "an-event-that-nobody-else-may-read";

    static final String TOPIC = "topic:secret";

    private final TestServer server = TestServer.start(
            "loops=2",
            "limits.message-bytes=4KiB",
            "limits.messages-per-second=unlimited",
            "limits.messages-per-second-per-user=unlimited",
            "limits.handshake-timeout=3s",
            "limits.subscriptions-per-connection=2");
    private final WebSocketClient alice = server.connect("alice", TestServer.ALL);
    private final Path publicKey = write("issuer", ".pem", SignedTokens.publicKeyPem());
    private final TestServer withPublicKey = TestServer.startWithoutTheSecret(
            "loops=1",
            "auth.public-key-files=[" + publicKey + "]",
            "auth.issuer=https://issuer.example",
            "auth.audience=ws-router");
    private final TestServer behindProxies = TestServer.start(
            "loops=1", "limits.failed-handshakes-per-second-per-ip=1", "public.trusted-proxies=[127.0.0.1]");
    private final TestServer withProxyProtocol =
            TestServer.start("loops=1", "public.proxy-protocol=true", "public.trusted-proxies=[127.0.0.1]");
    private int exchanges;

    Arena() {
        alice.subscribe(TOPIC);
    }

    TestServer server() {
        return server;
    }

    /** A router that trusts one RSA key, one issuer and one audience. */
    TestServer withPublicKey() {
        return withPublicKey;
    }

    /** A router that lets each address fail once a second, and trusts 127.0.0.1 to name its clients. */
    TestServer behindProxies() {
        return behindProxies;
    }

    /** A router that expects a PROXY header from 127.0.0.1. */
    TestServer withProxyProtocol() {
        return withProxyProtocol;
    }

    /** The id of alice's connection. */
    String idOfAlice() {
        return alice.id();
    }

    // ---- what comes back

    /** Sends raw bytes to the public port and tells the status and the word of the answer. */
    String answerToHead(byte[] bytes) {
        try (TestSocket socket = TestSocket.open(server.router().publicPort())) {
            socket.send(bytes);
            return answerAndEnd(socket);
        }
    }

    String answerToHead(Handshake head) {
        return answerToHead(head.bytes());
    }

    /** The status and the word of the answer, behind which the socket has to be closed. */
    static String answerAndEnd(TestSocket socket) {
        int first = socket.read();
        if (first < 0) {
            return "closed without an answer";
        }
        Response response = socket.readResponse();
        if (response.status() != 101) {
            assertThat(socket.readToEnd()).as("bytes after " + response).isEmpty();
        }
        return inShort(response);
    }

    /** Presents a token on both ports of a router. */
    static String answerToToken(TestServer to, String token) {
        String onPublicPort = inShort(to.answerTo(to.handshake().bearer(token)));
        String onInternalPort = inShort(to.ask("GET", "/v1/stats", token, "text/plain", ""));
        return onPublicPort.equals(onInternalPort) ? onPublicPort : onPublicPort + ", but " + onInternalPort;
    }

    /** The status and the word of a response. */
    static String inShort(Response response) {
        JsonNode body = response.body().startsWith("{") ? response.json() : TestJson.parse("{}");
        String word = body.path("error").asText(body.path("outcome").asText(""));
        return (response.status() + " " + word).strip();
    }

    /** Sends bytes behind mallory's welcome and tells the close frame that comes back. */
    String closeAfter(byte[] bytes) {
        try (WebSocketClient mallory = server.connect("mallory")) {
            mallory.socket().send(bytes);
            Frame close = mallory.awaitClose();
            return close.closeCode() + " " + close.closeReason();
        }
    }

    /** Sends one text frame as mallory with these grants, then a ping, and tells what comes before the pong. */
    String answerToText(Grants grants, String text) {
        try (WebSocketClient mallory = server.connect("mallory", grants)) {
            mallory.send(text);
            mallory.send("{\"type\":\"ping\",\"id\":\"after\"}");
            List<String> answers = new ArrayList<>();
            for (Frame frame = mallory.readFrame(); ; frame = mallory.readFrame()) {
                if (frame.opcode() == Frame.CLOSE) {
                    return frame.closeCode() + " " + frame.closeReason();
                }
                JsonNode push = TestJson.parse(frame.text());
                if (push.path("id").asText().equals("after")) {
                    return String.join("; ", answers);
                }
                answers.add(inShort(push));
            }
        }
    }

    static String inShort(JsonNode push) {
        return switch (push.path("type").asText()) {
            case "error" ->
                push.path("code").asText() + ": " + push.path("reason").asText();
            case "receipt" -> "receipt " + push.path("outcome").asText();
            case "refused" -> "refused " + push.path("outcomes").toString().replace("\"", "");
            default -> push.path("type").asText();
        };
    }

    // ---- that nothing else happens

    /** Has alice exchange a message with herself; anything else that came to her is a failure. */
    void assertOthersAreServed() {
        String mine = "\"which-nobody-else-may-read-" + ++exchanges + "\"";
        for (String address : List.of("user:alice", TOPIC)) {
            alice.send("{\"type\":\"publish\",\"id\":\"x\",\"to\":\"" + address + "\",\"event\":\"" + EVENT
                    + "\",\"data\":" + mine + "}");
            assertThat(alice.readFrame().text())
                    .matches("\\{\"type\":\"message\",\"to\":\"" + address + "\",\"from\":\"user:alice\",\"event\":\""
                            + EVENT + "\",\"at\":[0-9]+,\"data\":" + mine + "}");
            assertThat(alice.readFrame().text())
                    .isEqualTo(
                            "{\"type\":\"receipt\",\"id\":\"x\",\"outcome\":\"delivered\",\"matched\":1,\"delivered\":1,"
                                    + "\"queued\":0,\"refused\":{}}");
        }
    }

    /** Nobody but alice is in any table, and the router has met no fault of its own. */
    void assertNothingIsLeft() {
        alice.closePolitely();
        server.awaitNoResidue();
    }

    private static Path write(String name, String extension, String content) {
        try {
            Path file = Files.createTempDirectory("bad-input").resolve(name + extension);
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
        withPublicKey.close();
        behindProxies.close();
        withProxyProtocol.close();
    }
}
