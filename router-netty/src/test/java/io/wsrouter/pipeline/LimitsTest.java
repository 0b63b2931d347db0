package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.wsrouter.config.KeyDoc;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.server.BlockedLoop;
import io.wsrouter.server.Frame;
import io.wsrouter.server.Handshake;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.TestSocket.Response;
import io.wsrouter.server.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every limit is exceeded, and the answer is the documented one, as a client sees it. */
final class LimitsTest {

    @Test
    void shouldExceedEveryLimitThatCanBeConfigured() {
        Set<String> exceeded = new ClassFileImporter()
                .importPackages("io.wsrouter").stream()
                        .flatMap(type -> type.getMethods().stream())
                        .flatMap(method -> method.tryGetAnnotationOfType(Exceeds.class).stream())
                        .map(Exceeds::value)
                        .collect(Collectors.toSet());

        assertThat(exceeded)
                .as("limits that a test exceeds, named by @Exceeds")
                .containsExactlyInAnyOrderElementsOf(RouterConfig.keys().stream()
                        .map(KeyDoc::path)
                        .filter(path -> path.startsWith("limits."))
                        .toList());
    }

    // ---- connections

    @Test
    @Exceeds("limits.connections")
    void shouldRefuseOneConnectionTooManyOfTheNode() {
        try (TestServer server = TestServer.start("limits.connections=1")) {
            server.connect("alice");

            assertRefused(answerTo(server, "bob"), 503, "too_many_connections");
        }
    }

    @Test
    @Exceeds("limits.connections-per-user")
    void shouldRefuseOneConnectionTooManyOfAUser() {
        try (TestServer server = TestServer.start("limits.connections-per-user=2")) {
            WebSocketClient first = server.connect("alice");
            server.connect("alice");

            assertRefused(answerTo(server, "alice"), 429, "too_many_connections_of_user");
            server.connect("bob");

            first.closePolitely();
            server.connect("alice");
        }
    }

    @Test
    @Exceeds("limits.connections-per-user")
    void shouldReplaceTheOldestWhenToldSo() {
        try (TestServer server =
                TestServer.start("limits.connections-per-user=2", "connections-per-user-policy=replace")) {
            WebSocketClient first = server.connect("alice");
            WebSocketClient second = server.connect("alice");
            WebSocketClient third = server.connect("alice");

            assertClosed(first.awaitClose(), 4003, "replaced");
            second.assertNothingElseCame();
            assertThat(third.publish("user:alice", "1").path("delivered").asInt())
                    .isEqualTo(2);
        }
    }

    @Test
    @Exceeds("limits.connections-per-ip")
    void shouldRefuseOneConnectionTooManyOfAnIp() {
        try (TestServer server = TestServer.start("limits.connections-per-ip=2")) {
            WebSocketClient first = server.connect("alice");
            server.connect("bob");

            assertRefused(answerTo(server, "alice"), 429, "too_many_connections_of_ip");

            first.closePolitely();
            await().until(() -> answerTo(server, "alice").status() == 101);
        }
    }

    // ---- handshakes

    @Test
    @Exceeds("limits.handshakes-per-second")
    void shouldRefuseOneHandshakeTooManyInASecond() {
        try (TestServer server = TestServer.start("limits.handshakes-per-second=2", "loops=1")) {
            server.answerTo(server.handshake().bearer("forged"));
            server.answerTo(server.handshake().bearer("forged"));
            server.connect("alice");
            server.connect("bob");

            assertRefused(answerTo(server, "alice"), 503, "too_many_handshakes");
            await().until(() -> answerTo(server, "alice").status() == 101);
        }
    }

    @Test
    void shouldCountHandshakesOfAllLoopsTogether() {
        int most = 10;
        for (int left = most; left > 0; left--) {
            try (TestServer server = TestServer.start("limits.handshakes-per-second=1", "loops=4")) {
                long start = System.nanoTime();
                long good = IntStream.range(0, 16)
                        .filter(i -> answerTo(server, "u" + i).status() == 101)
                        .count();
                if (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1) || left == 1) {
                    assertThat(good).isEqualTo(1);
                    return;
                }
            }
        }
    }

    @Test
    void shouldCountVerifiedRequestsThatDoNotUpgradeAsHandshakes() {
        try (TestServer server = TestServer.start("limits.handshakes-per-second=2")) {
            List<String> words = new ArrayList<>();
            await().until(() -> {
                Handshake probe =
                        server.handshake().bearer(server.token("alice")).without("Upgrade");
                words.add(server.answerTo(probe).json().path("error").asText());
                return words.contains("too_many_handshakes") || words.size() == 200;
            });

            assertThat(words).startsWith("upgrade_required").endsWith("too_many_handshakes");
        }
    }

    @Test
    void shouldVerifyNoTokenWhileTheNodeHasItsFillOfHandshakes() {
        try (TestServer server = TestServer.start("limits.handshakes-per-second=2")) {
            int refused = 0;
            for (int i = 0; i < 100; i++) {
                refused += answerTo(server, "u" + i).status() == 503 ? 1 : 0;
            }

            assertThat(refused).isPositive();
            assertThat(server.stats().path("handshake_tokens_judged").asInt()).isEqualTo(100 - refused);
        }
    }

    @Test
    @Exceeds("limits.handshake-timeout")
    void shouldCloseWhoDoesNotFinishTheHandshakeInTime() {
        try (TestServer server = TestServer.start("limits.handshake-timeout=200ms")) {
            byte[] request = server.handshake().bearer(server.token("alice")).bytes();
            TestSocket silent = server.open();
            TestSocket slow = server.open();
            slow.send(Arrays.copyOf(request, request.length - 2));

            assertThat(silent.read()).isEqualTo(-1);
            assertThat(slow.read()).isEqualTo(-1);
            server.awaitNoResidue();
        }
    }

    // ---- what a client sends

    @Test
    @Exceeds("limits.message-bytes")
    void shouldCloseOnAMessageThatIsTooLarge() {
        try (TestServer server = TestServer.start("limits.message-bytes=1KiB")) {
            WebSocketClient alice = server.connect("alice");
            assertThat(alice.welcome().path("maxMessageBytes").asInt()).isEqualTo(1024);
            String head = "{\"type\":\"publish\",\"id\":\"1\",\"to\":\"user:alice\",\"data\":\"";
            String largest = head + "x".repeat(1024 - head.length() - 2) + "\"}";

            alice.send(largest);
            assertThat(alice.await("receipt").path("outcome").asText()).isEqualTo("delivered");
            alice.send(largest + " ");

            assertClosed(alice.awaitClose(), 1009, "message_too_big");
            Response overHttp =
                    server.ask("POST", "/v1/publish", "{\"to\":\"user:bob\",\"data\":\"" + "x".repeat(1024) + "\"}");
            assertThat(overHttp.status()).isEqualTo(413);
            assertThat(overHttp.json().path("outcome").asText()).isEqualTo("too_large");
        }
    }

    @Test
    @Exceeds("limits.messages-per-second")
    void shouldLimitTheRateOfAConnection() {
        try (TestServer server = TestServer.start("limits.messages-per-second=10")) {
            WebSocketClient alice = server.connect("alice");
            ByteArrayOutputStream burst = new ByteArrayOutputStream();
            for (int i = 0; i < 30; i++) {
                burst.writeBytes(Frame.text("{\"type\":\"publish\",\"id\":\"" + i + "\",\"to\":\"topic:x\",\"data\":1}")
                        .masked());
            }
            alice.socket().send(burst.toByteArray());

            for (int i = 0; i < 30; i++) {
                JsonNode receipt = alice.await("receipt");
                assertThat(receipt.path("id").asInt()).isEqualTo(i);
                assertThat(receipt.path("outcome").asText()).isEqualTo(i < 10 ? "forbidden" : "rate_limited");
            }
            assertThat(server.stats().path("published").asInt()).isEqualTo(30);
        }
    }

    @Test
    @Exceeds("limits.messages-per-second-per-user")
    void shouldLimitTheRateOfAUser() {
        try (TestServer server =
                TestServer.start("limits.messages-per-second-per-user=10", "limits.messages-per-second=1000")) {
            WebSocketClient first = server.connect("alice");
            WebSocketClient second = server.connect("alice");
            for (int i = 0; i < 5; i++) {
                assertThat(outcomeOf(first)).isEqualTo("forbidden");
                outcomeOf(second);
            }

            await().until(() ->
                    outcomeOf(first).equals("rate_limited") || outcomeOf(second).equals("rate_limited"));
            assertThat(outcomeOf(server.connect("bob"))).isEqualTo("forbidden");
        }
    }

    @Test
    @Exceeds("limits.subscriptions-per-connection")
    void shouldLimitSubscriptions() {
        try (TestServer server = TestServer.start("limits.subscriptions-per-connection=2")) {
            WebSocketClient alice = server.connect("alice", TestServer.ALL);
            alice.subscribe("topic:1");
            alice.subscribe("topic:2");
            alice.subscribe("topic:2");

            alice.send("{\"type\":\"subscribe\",\"id\":\"8\",\"to\":\"topic:3\"}");

            JsonNode error = alice.read();
            assertThat(error.path("type").asText()).isEqualTo("error");
            assertThat(error.path("id").asText()).isEqualTo("8");
            assertThat(error.path("code").asText()).isEqualTo("limit_exceeded");
            alice.send("{\"type\":\"unsubscribe\",\"to\":\"topic:1\"}");
            alice.subscribe("topic:3");
        }
    }

    @Test
    @Exceeds("limits.read-pause")
    void shouldCutOffWhosePublishesCannotBePassedOnForTooLong() throws InterruptedException {
        try (TestServer server = TestServer.start(
                "loops=2",
                "limits.read-pause=200ms",
                "limits.messages-per-second=unlimited",
                "limits.messages-per-second-per-user=unlimited")) {
            WebSocketClient flooder = server.connect(BlockedLoop.userBeside(server, "bob"), TestServer.ALL);
            BlockedLoop blocked = BlockedLoop.of(server, "bob");
            try {
                for (int i = 0; i < 200; i++) {
                    flooder.send("{\"type\":\"publish\",\"to\":\"user:bob\"}");
                }

                assertClosed(flooder.awaitClose(), 1013, "overloaded");
            } finally {
                blocked.release();
            }
            server.awaitNoResidue();
        }
    }

    // ---- what a client does not read

    @Test
    @Exceeds("limits.queued-bytes-per-connection")
    void shouldCutOffAConnectionWithTooManyQueuedBytes() {
        try (TestServer server = TestServer.start(
                "limits.socket-send-buffer=4KiB",
                "limits.message-bytes=16KiB",
                "limits.queued-bytes-per-connection=32KiB",
                "limits.queued-messages-per-connection=1000000",
                "receipt-timeout=100ms")) {
            WebSocketClient slow = server.connectWithSmallBuffer("alice");

            List<JsonNode> receipts = publishUntil(server, "slow_consumer", 8_000);

            assertThat(count(receipts, "queued")).isBetween(1L, 4L);
            assertThat(last(receipts).path("refused").toString()).isEqualTo("{\"slow_consumer\":1}");
            assertClosed(slow.awaitClose(), 4008, "slow_consumer");
            server.awaitNoResidue();
        }
    }

    @Test
    @Exceeds("limits.queued-messages-per-connection")
    void shouldCutOffAConnectionWithTooManyQueuedMessages() {
        try (TestServer server = TestServer.start(
                "limits.socket-send-buffer=4KiB",
                "limits.queued-messages-per-connection=3",
                "limits.queued-bytes-per-connection=1GiB",
                "receipt-timeout=100ms")) {
            WebSocketClient slow = server.connectWithSmallBuffer("alice");

            List<JsonNode> receipts = publishUntil(server, "slow_consumer", 8_000);

            assertThat(count(receipts, "queued")).isEqualTo(3);
            assertClosed(slow.awaitClose(), 4008, "slow_consumer");
            server.awaitNoResidue();
        }
    }

    /** What is delivered and not read is in the kernels' buffers: ours is bounded, the client's is the same in both runs. */
    @Test
    @Exceeds("limits.socket-send-buffer")
    void shouldSayDeliveredOfNoMoreThanTheSendBufferHolds() {
        long little = bytesDeliveredToWhoDoesNotRead("limits.socket-send-buffer=4KiB");
        long more = bytesDeliveredToWhoDoesNotRead("limits.socket-send-buffer=256KiB");

        assertThat(little).isBetween(1_000L, 64L * 1024);
        assertThat(more).isBetween(little + 64 * 1024, 2L * 1024 * 1024);
        System.out.println("delivered to who does not read: " + little + " bytes with 4KiB, " + more + " with 256KiB");
    }

    private static long bytesDeliveredToWhoDoesNotRead(String sendBuffer) {
        try (TestServer server = TestServer.start(sendBuffer, "receipt-timeout=100ms")) {
            WebSocketClient slow = server.connectWithSmallBuffer("alice");
            List<JsonNode> receipts = publishUntil(server, "queued", 1_000);
            slow.socket().reset();
            return count(receipts, "delivered") * 1_000;
        }
    }

    /** Publishes to alice, one after the other, until a receipt says {@code outcome}; returns all receipts. */
    private static List<JsonNode> publishUntil(TestServer server, String outcome, int bytes) {
        List<JsonNode> receipts = new ArrayList<>();
        String body = "{\"to\":\"user:alice\",\"data\":\"" + "x".repeat(bytes) + "\"}";
        do {
            receipts.add(server.ask("POST", "/v1/publish", body).json());
            assertThat(receipts).hasSizeLessThan(5_000);
        } while (!last(receipts).path("outcome").asText().equals(outcome));
        return receipts;
    }

    private static JsonNode last(List<JsonNode> receipts) {
        return receipts.get(receipts.size() - 1);
    }

    private static long count(List<JsonNode> receipts, String outcome) {
        return receipts.stream()
                .filter(receipt -> receipt.path("outcome").asText().equals(outcome))
                .count();
    }

    // ---- answers

    private static Response answerTo(TestServer server, String user) {
        return server.answerTo(server.handshake().bearer(server.token(user)));
    }

    private static String outcomeOf(WebSocketClient client) {
        return client.publish("topic:x", "1").path("outcome").asText();
    }

    private static void assertRefused(Response response, int status, String word) {
        assertThat(response.status()).as(response.body()).isEqualTo(status);
        assertThat(response.json().path("error").asText()).isEqualTo(word);
        assertThat(response.json().path("reason").asText()).isNotEmpty();
        assertThat(response.headers()).containsEntry("retry-after", "1").containsEntry("cache-control", "no-store");
    }

    private static void assertClosed(Frame close, int code, String reason) {
        assertThat(close.closeCode()).isEqualTo(code);
        assertThat(close.closeReason()).isEqualTo(reason);
    }
}
