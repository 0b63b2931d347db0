package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that stop reading and read on, or do not: what they get, in which order, and what their publishers are told. */
final class SlowReceiversTest {

    private static final String FILLING = "filling";
    private static final int FILLING_BYTES = 60_000;

    /** Long enough that every receipt says what became of its message, and none that it is still queued. */
    private static final String NO_RECEIPT_TOO_EARLY = "receipt-timeout=60s";

    private static TestServer start(String... assignments) {
        List<String> all = new ArrayList<>(List.of(
                "limits.socket-send-buffer=4KiB",
                "limits.messages-per-second=unlimited",
                "limits.messages-per-second-per-user=unlimited",
                NO_RECEIPT_TOO_EARLY));
        all.addAll(List.of(assignments));
        return TestServer.start(all.toArray(String[]::new));
    }

    static Stream<Transport> transports() {
        return Transport.available();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void shouldWriteControlFramesFirstThenTheHigherClassesAndEachInOrder(Transport transport) {
        try (TestServer server =
                start("loops=1", "transport=" + transport.name().toLowerCase(Locale.ROOT))) {
            WebSocketClient alice = server.connectWithSmallBuffer("alice");
            WebSocketClient bob = server.connect("bob", TestServer.ALL);
            stall(server, bob, "alice");

            for (String name :
                    List.of("low-1", "normal-1", "critical-1", "high-1", "low-2", "normal-2", "high-2", "critical-2")) {
                publish(bob, "alice", name, null, 1_000);
            }
            bob.assertNothingElseCame();
            long beforePong = queuedBytes(server, alice);
            alice.send("{\"type\":\"ping\",\"id\":\"overtakes\"}");
            await("the pong").atMost(TestSocket.PATIENCE).until(() -> queuedBytes(server, alice) > beforePong);

            skipFilling(alice);
            assertThat(alice.read().path("id").asText()).isEqualTo("overtakes");
            assertThat(namesOf(alice, 8))
                    .containsExactly(
                            "critical-1", "critical-2", "high-1", "high-2", "normal-1", "normal-2", "low-1", "low-2");
            assertThat(receipts(bob, 8)).isEqualTo(Map.of("delivered", 8));
            alice.assertNothingElseCame();
            assertThat(queuedBytes(server, alice)).isZero();
        }
    }

    /** Four wait, four critical ones displace them, and the fifth critical one meets the policy. */
    @ParameterizedTest
    @CsvSource({
        "drop-newest, critical-1 critical-2 critical-3 critical-4",
        "drop-oldest, critical-2 critical-3 critical-4 critical-5",
        "conflate,    critical-1 critical-2 critical-3 critical-5"
    })
    void shouldTellReceiverAndPublisherWhatWasDropped(String policy, String expected) {
        try (TestServer server =
                start("loops=1", "limits.queued-messages-per-connection=5", "slow-consumer.policy=" + policy)) {
            WebSocketClient alice = server.connectWithSmallBuffer("alice");
            WebSocketClient bob = server.connect("bob", TestServer.ALL);
            stall(server, bob, "alice");

            publishWhatIsTooMuch(bob);

            assertThat(receipts(bob, 5)).isEqualTo(Map.of("slow_consumer", 5));
            JsonNode described = describe(server, alice);
            assertThat(described.path("dropped").toString())
                    .isEqualTo("{\"low\":2,\"normal\":2,\"high\":0,\"critical\":1}");
            assertThat(described.path("queuedBytes").asLong()).isBetween(4_000L, 4_500L + FILLING_BYTES);
            assertThat(described.path("oldestQueuedMs").asLong(-1)).isNotNegative();

            skipFilling(alice);
            assertThat(alice.read().toString()).isEqualTo("{\"type\":\"dropped\",\"count\":5}");
            assertThat(String.join(" ", namesOf(alice, 4))).isEqualTo(expected);
            assertThat(receipts(bob, 4)).isEqualTo(Map.of("delivered", 4));
            alice.assertNothingElseCame();
            JsonNode stats = server.stats();
            assertThat(stats.path("matched").asLong())
                    .isEqualTo(stats.path("delivered").asLong()
                            + stats.path("refused").asLong());
            assertThat(stats.path("dropped_low").asInt()).isEqualTo(2);
            assertThat(stats.path("dropped_normal").asInt()).isEqualTo(2);
            assertThat(stats.path("dropped_critical").asInt()).isEqualTo(1);
            assertThat(stats.path("superseded").asInt()).isEqualTo(policy.equals("drop-newest") ? 0 : 1);
        }
    }

    @Test
    void shouldCloseWhoCannotKeepUpUnderDisconnect() {
        try (TestServer server = start("loops=1", "limits.queued-messages-per-connection=5")) {
            WebSocketClient alice = server.connectWithSmallBuffer("alice");
            WebSocketClient bob = server.connect("bob", TestServer.ALL);
            stall(server, bob, "alice");

            publishWhatIsTooMuch(bob);

            assertThat(receipts(bob, 9)).isEqualTo(Map.of("slow_consumer", 9));
            Frame close = alice.awaitClose();
            assertThat(close.closeCode()).isEqualTo(4008);
            assertThat(close.closeReason()).isEqualTo("slow_consumer");
            await("its queue")
                    .atMost(TestSocket.PATIENCE)
                    .until(() -> server.stats().path("queuedBytes").asLong(-1) == 0);
        }
    }

    private static void publishWhatIsTooMuch(WebSocketClient publisher) {
        for (String name : List.of("low-1", "low-2", "normal-1", "normal-2")) {
            publish(publisher, "alice", name, null, 1_000);
        }
        for (int i = 1; i <= 5; i++) {
            publish(publisher, "alice", "critical-" + i, i < 4 ? "price-" + i : "last", 1_000);
        }
    }

    /** A user's connections beyond the first eight may live on other loops. */
    @Test
    void shouldDoTheSameForConnectionsOnOtherLoops() {
        int connections = 12;
        try (TestServer server =
                start("loops=4", "limits.queued-messages-per-connection=3", "slow-consumer.policy=drop-oldest")) {
            List<WebSocketClient> all = Stream.generate(() -> server.connectWithSmallBuffer("alice"))
                    .limit(connections)
                    .toList();
            WebSocketClient bob = server.connect("bob", TestServer.ALL);
            stall(server, bob, "alice");

            for (int i = 1; i <= 4; i++) {
                publish(bob, "alice", "normal-" + i, null, 1_000);
            }

            assertThat(receipts(bob, 2)).isEqualTo(Map.of("slow_consumer", 2));
            for (WebSocketClient alice : all) {
                assertThat(describe(server, alice)
                                .path("dropped")
                                .path("normal")
                                .asInt())
                        .isEqualTo(2);
                skipFilling(alice);
                assertThat(alice.read().toString()).isEqualTo("{\"type\":\"dropped\",\"count\":2}");
                assertThat(namesOf(alice, 2)).containsExactly("normal-3", "normal-4");
            }
            assertThat(receipts(bob, 2)).isEqualTo(Map.of("delivered", 2));
        }
    }

    @Test
    void shouldCutOffWhoAsksForMoreAnswersThanItReads() {
        try (TestServer server =
                start("loops=1", "limits.queued-bytes-per-connection=64KiB", "slow-consumer.policy=drop-oldest")) {
            WebSocketClient alice = server.connectWithSmallBuffer("alice");
            ByteArrayOutputStream pings = new ByteArrayOutputStream();
            for (int i = 0; i < 5_000; i++) {
                pings.writeBytes(Frame.text("{\"type\":\"ping\",\"id\":\"" + "x".repeat(100) + "\"}")
                        .masked());
            }

            alice.socket().send(pings.toByteArray());

            assertThat(alice.awaitClose().closeCode()).isEqualTo(4008);
            server.awaitNoResidue();
        }
    }

    // ---- the budget of the node

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    @Exceeds("limits.queued-bytes")
    void shouldLetTheLargestQueueShedAndNotItsNeighbours(int loops) {
        try (TestServer server = start(
                "loops=" + loops,
                "limits.queued-bytes=1MiB",
                "limits.queued-bytes-per-connection=1GiB",
                "slow-consumer.policy=drop-oldest")) {
            WebSocketClient alice = server.connectWithSmallBuffer("alice");
            Map<String, WebSocketClient> neighbours = new TreeMap<>();
            for (String name : List.of("carol", "dave", "erin")) {
                neighbours.put(name, server.connectWithSmallBuffer(name));
            }
            WebSocketClient bob = server.connect("bob", TestServer.ALL);
            for (String name : neighbours.keySet()) {
                stall(server, bob, name);
                IntStream.range(0, 3).forEach(i -> publish(bob, name, "normal-" + i, null, 8_000));
            }
            stall(server, bob, "alice");

            int published = publishToAliceUntilTheNodeSheds(server, bob);

            assertThat(server.stats().path("queuedBytes").asLong()).isLessThan(1 << 20);
            JsonNode described = describe(server, alice);
            int dropped = described.path("dropped").path("normal").asInt();
            assertThat(dropped).isPositive();
            skipFilling(alice);
            assertThat(alice.read().path("count").asInt()).isEqualTo(dropped);
            assertThat(namesOf(alice, published - dropped))
                    .isEqualTo(IntStream.range(dropped, published)
                            .mapToObj(i -> "normal-" + i)
                            .toList());
            neighbours.forEach((name, neighbour) -> {
                assertThat(describe(server, neighbour)
                                .path("dropped")
                                .path("normal")
                                .asInt(-1))
                        .as(name)
                        .isZero();
                skipFilling(neighbour);
                assertThat(namesOf(neighbour, 3)).containsExactly("normal-0", "normal-1", "normal-2");
                neighbour.assertNothingElseCame();
            });
            assertThat(receipts(bob, published + 9))
                    .isEqualTo(Map.of("delivered", published + 9 - dropped, "slow_consumer", dropped));
            assertThat(server.stats().path("queuedBytes").asLong()).isZero();
        }
    }

    @Test
    @Exceeds("limits.queued-bytes")
    void shouldCloseTheLargestUnderDisconnectAndNotItsNeighbours() {
        try (TestServer server =
                start("loops=4", "limits.queued-bytes=1MiB", "limits.queued-bytes-per-connection=1GiB")) {
            WebSocketClient alice = server.connectWithSmallBuffer("alice");
            WebSocketClient carol = server.connectWithSmallBuffer("carol");
            WebSocketClient bob = server.connect("bob", TestServer.ALL);
            stall(server, bob, "carol");
            publish(bob, "carol", "normal-0", null, 8_000);
            stall(server, bob, "alice");

            publishToAliceUntilTheNodeSheds(server, bob);

            assertThat(alice.awaitClose().closeCode()).isEqualTo(4008);
            skipFilling(carol);
            assertThat(namesOf(carol, 1)).containsExactly("normal-0");
            carol.assertNothingElseCame();
        }
    }

    private static int publishToAliceUntilTheNodeSheds(TestServer server, WebSocketClient publisher) {
        int published = 0;
        while (server.stats().path("queues_shed").asInt() == 0) {
            publish(publisher, "alice", "normal-" + published++, null, 8_000);
            assertThat(published).isLessThan(200);
        }
        return published;
    }

    // ---- what a test does

    /** Sends something to all connections of a user until each of them has more than the kernels take. */
    private static void stall(TestServer server, WebSocketClient publisher, String user) {
        publisher.send("{\"type\":\"publish\",\"to\":\"user:" + user + "\",\"event\":\"" + FILLING + "\",\"data\":\""
                + "x".repeat(FILLING_BYTES) + "\"}");
        await("a queue").atMost(TestSocket.PATIENCE).until(() -> {
            List<JsonNode> connections = new ArrayList<>();
            server.ask("GET", "/v1/users/" + user, "")
                    .json()
                    .path("connections")
                    .forEach(connections::add);
            return connections.stream()
                    .allMatch(connection -> connection.path("queuedBytes").asLong() > 0);
        });
    }

    /** Publishes under its name, whose first part is its class. */
    private static void publish(
            WebSocketClient publisher, String user, String name, @Nullable String event, int bytes) {
        publisher.send("{\"type\":\"publish\",\"id\":\"" + name + "\",\"to\":\"user:" + user + "\",\"priority\":\""
                + name.substring(0, name.indexOf('-')) + "\"," + (event == null ? "" : "\"event\":\"" + event + "\",")
                + "\"data\":\"" + name + " " + "x".repeat(bytes) + "\"}");
    }

    private static void skipFilling(WebSocketClient client) {
        assertThat(client.read().path("event").asText()).isEqualTo(FILLING);
    }

    private static List<String> namesOf(WebSocketClient client, int messages) {
        return Stream.generate(() -> client.read().path("data").asText())
                .limit(messages)
                .map(data -> data.substring(0, data.indexOf(' ')))
                .toList();
    }

    /** The outcomes of so many receipts, counted; each adds up. */
    private static Map<String, Integer> receipts(WebSocketClient publisher, int count) {
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            JsonNode receipt = publisher.await("receipt");
            int refused = 0;
            for (JsonNode each : receipt.path("refused")) {
                refused += each.asInt();
            }
            assertThat(receipt.path("matched").asInt())
                    .as(receipt.toString())
                    .isPositive()
                    .isEqualTo(receipt.path("delivered").asInt()
                            + receipt.path("queued").asInt()
                            + refused);
            outcomes.merge(receipt.path("outcome").asText(), 1, Integer::sum);
        }
        return outcomes;
    }

    private static JsonNode describe(TestServer server, WebSocketClient client) {
        return server.ask("GET", "/v1/connections/" + client.id(), "").json();
    }

    private static long queuedBytes(TestServer server, WebSocketClient client) {
        return describe(server, client).path("queuedBytes").asLong(-1);
    }
}
