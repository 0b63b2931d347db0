package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Peers that fall silent, are thrown out or do not read. */
final class LivenessTest {

    @Test
    void shouldPingTheSilentAndCloseWhoDoesNotAnswer() {
        try (TestServer server = TestServer.start("heartbeat.interval=100ms", "heartbeat.misses=2")) {
            WebSocketClient silent = server.connect("alice");

            assertThat(silent.readFrame().opcode()).isEqualTo(Frame.PING);
            assertThat(silent.readFrame().opcode()).isEqualTo(Frame.PING);
            Frame close = silent.awaitClose();

            assertThat(close.closeCode()).isEqualTo(1001);
            assertThat(close.closeReason()).isEqualTo("heartbeat_lost");
            server.awaitNoResidue();
        }
    }

    @Test
    void shouldKeepWhoAnswersPingsAndNotTakeOurOwnMessagesForASignOfLife() {
        try (TestServer server = TestServer.start("heartbeat.interval=100ms", "heartbeat.misses=1")) {
            WebSocketClient silent = server.connect("alice");
            WebSocketClient lively = server.connect("bob", TestServer.mayPublish("user:alice"));
            for (int pings = 0; pings < 5; ) {
                Frame frame = lively.readFrame();
                if (frame.opcode() == Frame.PING) {
                    pings++;
                    lively.send(Frame.of(Frame.PONG, frame.payload()));
                    lively.send("{\"type\":\"publish\",\"to\":\"user:alice\",\"data\":1}");
                }
            }

            assertThat(silent.awaitClose().closeCode()).isEqualTo(1001);
            lively.send("{\"type\":\"ping\",\"id\":\"still here\"}");
            assertThat(lively.await("pong").path("id").asText()).isEqualTo("still here");
        }
    }

    @Test
    void shouldThrowOutOneConnection() {
        try (TestServer server = TestServer.start()) {
            WebSocketClient kicked = server.connect("alice");
            WebSocketClient other = server.connect("alice");

            TestSocket.Response response = server.ask("DELETE", "/v1/connections/" + kicked.id(), "");

            assertThat(response.status()).isEqualTo(200);
            Frame close = kicked.awaitClose();
            assertThat(close.closeCode()).isEqualTo(4003);
            assertThat(close.closeReason()).isEqualTo("kicked");
            other.assertNothingElseCame();
            assertThat(server.ask("DELETE", "/v1/connections/" + kicked.id(), "")
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void shouldThrowOutAllConnectionsOfAUser() {
        try (TestServer server = TestServer.start()) {
            WebSocketClient first = server.connect("alice");
            WebSocketClient second = server.connect("alice");
            WebSocketClient bob = server.connect("bob");

            TestSocket.Response response = server.ask("DELETE", "/v1/users/alice/connections", "");

            assertThat(response.json().path("closed").asInt()).isEqualTo(2);
            assertThat(first.awaitClose().closeCode()).isEqualTo(4003);
            assertThat(second.awaitClose().closeCode()).isEqualTo(4003);
            bob.assertNothingElseCame();
        }
    }

    @Test
    void shouldCloseASlowConsumerWhileOthersGetEverything() {
        try (TestServer server = TestServer.start(
                "limits.socket-send-buffer=4KiB",
                "limits.queued-bytes-per-connection=64KiB",
                "limits.messages-per-second=unlimited",
                "limits.messages-per-second-per-user=unlimited")) {
            WebSocketClient slow = server.connectWithSmallBuffer("alice");
            WebSocketClient quick = server.connect("alice");
            WebSocketClient publisher = server.connect("bob", TestServer.mayPublish("user:alice"));
            String data = '"' + "x".repeat(8000) + '"';
            int sent = 0;
            JsonNode refused = null;
            while (refused == null && sent < 500) {
                publisher.send(
                        "{\"type\":\"publish\",\"id\":\"" + sent + "\",\"to\":\"user:alice\",\"data\":" + data + "}");
                assertThat(quick.read().path("data").asText()).hasSize(8000);
                sent++;
                if (server.ask("GET", "/v1/users/alice", "")
                                .json()
                                .path("connections")
                                .size()
                        == 1) {
                    refused = awaitRefusal(publisher);
                }
            }

            assertThat(refused).as("a refusal within %s messages", sent).isNotNull();
            assertThat(refused.path("outcome").asText()).isEqualTo("partial");
            assertThat(refused.path("matched").asInt()).isEqualTo(2);
            assertThat(refused.path("delivered").asInt()).isEqualTo(1);
            assertThat(refused.path("refused").toString()).isEqualTo("{\"slow_consumer\":1}");
            Frame close = slow.awaitClose();
            assertThat(close.closeCode()).isEqualTo(4008);
            assertThat(close.closeReason()).isEqualTo("slow_consumer");
            quick.assertNothingElseCame();
            JsonNode next = quick.publish("user:alice", "1");
            assertThat(next.path("outcome").asText()).isEqualTo("delivered");
        }
    }

    @Test
    void shouldCutOffASlowConsumerThatNeverReads() {
        try (TestServer server = TestServer.start(
                "limits.socket-send-buffer=4KiB", "limits.queued-messages-per-connection=3", "loops=2")) {
            WebSocketClient slow = server.connectWithSmallBuffer("alice");
            String body = "{\"to\":\"user:alice\",\"data\":\"" + "x".repeat(60_000) + "\"}";
            while (!server.ask(
                            "POST",
                            "/v1/publish",
                            server.token("back-end", TestServer.ALL),
                            "application/x-ndjson",
                            (body + "\n").repeat(10))
                    .body()
                    .contains("slow_consumer")) {
                assertThat(slow.id()).isNotEmpty();
            }

            server.awaitNoResidue();
            slow.socket().reset();
        }
    }

    @Test
    void shouldSayThatAMessageIsStillQueued() {
        try (TestServer server = TestServer.start("limits.socket-send-buffer=4KiB", "receipt-timeout=200ms")) {
            WebSocketClient slow = server.connectWithSmallBuffer("alice");
            long startNanos = System.nanoTime();
            JsonNode receipt;
            do {
                receipt = server.ask(
                                "POST",
                                "/v1/publish",
                                "{\"to\":\"user:alice\",\"data\":\"" + "x".repeat(60_000) + "\"}")
                        .json();
            } while (receipt.path("outcome").asText().equals("delivered")
                    && System.nanoTime() - startNanos < TestSocket.PATIENCE.toNanos());

            assertThat(receipt.path("outcome").asText()).isEqualTo("queued");
            assertThat(receipt.path("matched").asInt()).isEqualTo(1);
            assertThat(receipt.path("queued").asInt()).isEqualTo(1);
            assertThat(System.nanoTime() - startNanos)
                    .isGreaterThan(Duration.ofMillis(200).toNanos());
            assertThat(server.ask("GET", "/v1/connections/" + slow.id(), "")
                            .json()
                            .path("queuedBytes")
                            .asLong())
                    .isPositive();
            assertThat(slow.await("message").path("data").asText()).hasSize(60_000);
        }
    }

    private static JsonNode awaitRefusal(WebSocketClient publisher) {
        JsonNode receipt;
        do {
            receipt = publisher.await("receipt");
        } while (receipt.path("refused").isEmpty());
        return receipt;
    }
}
