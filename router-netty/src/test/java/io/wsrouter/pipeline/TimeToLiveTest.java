package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.TestSocket.Response;
import io.wsrouter.server.WebSocketClient;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Publishes with {@code ttlMs}, over real sockets. */
final class TimeToLiveTest {

    private static final String FILLING = '"' + "x".repeat(8_000) + '"';

    @Test
    void shouldGiveAUserWhoConnectsMeanwhileWhatWaitsAfterTheWelcome() {
        try (TestServer server = TestServer.start()) {
            WebSocketClient bob = server.connect("bob", TestServer.mayPublish("user:*"));
            publish(bob, "1", 30_000, "1");
            publish(bob, "2", 30_000, "2");
            bob.assertNothingElseCame();

            WebSocketClient alice = server.connect("alice");

            assertThat(alice.read().path("data").asInt()).isEqualTo(1);
            assertThat(alice.read().path("data").asInt()).isEqualTo(2);
            assertThat(bob.read().toString()).isEqualTo(delivered("1"));
            assertThat(bob.read().toString()).isEqualTo(delivered("2"));
        }
    }

    @Test
    void shouldAnswer504ToWhatHasExpired() {
        try (TestServer server = TestServer.start()) {
            Response answer = server.ask("POST", "/v1/publish", "{\"to\":\"user:alice\",\"data\":1,\"ttlMs\":30}");

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.json().path("outcome").asText()).isEqualTo("expired");
            assertThat(answer.json().path("matched").asInt(-1)).isZero();
            assertThat(server.stats().path("expired").asInt()).isEqualTo(1);
        }
    }

    @Test
    void shouldAnswerEveryLineOfABatchInOrder() {
        try (TestServer server = TestServer.start()) {
            WebSocketClient carol = server.connect("carol");

            Response answer = server.ask(
                    "POST", "/v1/publish", server.token("operator", TestServer.ALL), "application/x-ndjson", """
                    {"id":"1","to":"user:alice","ttlMs":30}
                    {"id":"2","to":"user:carol","data":2,"ttlMs":300000}
                    {"id":"3","to":"user:carol","ttlMs":0}
                    """);

            assertThat(answer.body().lines().map(line -> line.replaceFirst(",\"matched\".*", "")))
                    .containsExactly(
                            "{\"type\":\"receipt\",\"id\":\"1\",\"outcome\":\"expired\"",
                            "{\"type\":\"receipt\",\"id\":\"2\",\"outcome\":\"delivered\"",
                            "{\"type\":\"error\",\"id\":\"3\",\"code\":\"bad_request\","
                                    + "\"reason\":\"ttlMs is not an integer from 1 to 300000\",\"retryable\":false}");
            assertThat(carol.read().path("data").asInt()).isEqualTo(2);
        }
    }

    @Test
    void shouldSayDeliveredWhenAStalledReaderWakesInTime() {
        try (TestServer server = TestServer.start("limits.socket-send-buffer=4KiB", "receipt-timeout=50ms")) {
            WebSocketClient alice = server.connectWithSmallBuffer("alice");
            WebSocketClient bob = server.connect("bob", TestServer.mayPublish("user:*"));
            stall(server, "queued");
            publish(bob, "1", 60_000, "1");
            bob.assertNothingElseCame();

            JsonNode read = alice.read();
            while (read.path("data").asInt() != 1) {
                read = alice.read();
            }

            assertThat(bob.read().toString()).isEqualTo(delivered("1"));
        }
    }

    /** What waits is more than the queue of a connection holds, and must not cut off the next one in its turn. */
    @Test
    void shouldGiveTheNextConnectionWhatASlowConsumerWasCutOffFor() {
        int messages = 40;
        try (TestServer server =
                TestServer.start("limits.socket-send-buffer=4KiB", "limits.queued-bytes-per-connection=64KiB")) {
            WebSocketClient slow = server.connectWithSmallBuffer("alice");
            WebSocketClient bob = server.connect("bob", TestServer.mayPublish("user:*"));
            for (int i = 1; i <= messages; i++) {
                publish(bob, "" + i, 60_000, "{\"number\":" + i + ",\"filling\":" + FILLING + "}");
            }
            await().atMost(TestSocket.PATIENCE)
                    .until(() -> server.stats().path("connections").asInt() == 1);
            assertThat(slow.awaitClose().closeCode()).isEqualTo(4008);

            WebSocketClient alice = server.connect("alice");

            for (int next = numberOf(alice.read()) + 1; next <= messages; next++) {
                assertThat(numberOf(alice.read())).isEqualTo(next);
            }
            alice.assertNothingElseCame();
            assertThat(Stream.generate(bob::read).limit(messages).map(JsonNode::toString))
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, messages)
                            .mapToObj(i -> delivered("" + i))
                            .toList());
        }
    }

    private static int numberOf(JsonNode message) {
        return message.path("data").path("number").asInt();
    }

    /** Publishes to alice, who does not read, until a receipt says {@code outcome}. */
    private static void stall(TestServer server, String outcome) {
        String body = "{\"to\":\"user:alice\",\"data\":" + FILLING + "}";
        JsonNode receipt;
        do {
            receipt = server.ask("POST", "/v1/publish", body).json();
        } while (!receipt.path("outcome").asText().equals(outcome));
    }

    private static void publish(WebSocketClient from, String id, int ttlMs, String data) {
        from.send("{\"type\":\"publish\",\"id\":\"" + id + "\",\"to\":\"user:alice\",\"data\":" + data + ",\"ttlMs\":"
                + ttlMs + "}");
    }

    private static String delivered(String id) {
        return "{\"type\":\"receipt\",\"id\":\"" + id
                + "\",\"outcome\":\"delivered\",\"matched\":1,\"delivered\":1,\"queued\":0,\"refused\":{}}";
    }
}
