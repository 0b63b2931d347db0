package io.wsrouter.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.address.Address;
import io.wsrouter.routing.Level;
import io.wsrouter.routing.Shard;
import io.wsrouter.routing.Signal;
import io.wsrouter.server.TestSocket.Response;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a node that is hard pressed refuses, as clients, back ends and operators see it, and that it comes back by itself. */
final class LevelTest {

    private static final String ENABLED = "degradation.enabled=true";
    private static final String QUICK_RECOVERY = "degradation.recovery=250ms";
    private static final Logger LEVELS = (Logger) LoggerFactory.getLogger("io.wsrouter.level");
    private static final Logger FAULTS = (Logger) LoggerFactory.getLogger("io.wsrouter.faults");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLevel() + " " + event.getFormattedMessage());
        }
    };

    private volatile double lagMillis;

    @BeforeEach
    void listen() {
        appender.start();
        for (Logger logger : List.of(LEVELS, FAULTS)) {
            logger.addAppender(appender);
            logger.setAdditive(false);
        }
    }

    @AfterEach
    void stopListening() {
        for (Logger logger : List.of(LEVELS, FAULTS)) {
            logger.detachAppender(appender);
            logger.setAdditive(true);
        }
    }

    @Test
    void shouldDegradeInStepsAndComeBackByItself() {
        Map<Signal, DoubleSupplier> signals = Map.of(Signal.LOOP_LAG, () -> lagMillis, Signal.HEAP, () -> 40);
        try (TestServer server = TestServer.startSensing(signals, QUICK_RECOVERY)) {
            WebSocketClient alice = server.connect("alice", TestServer.ALL);
            server.connect("bob");
            await("the first sample").until(() -> server.stats().path("signals").has("heap"));
            assertTakesOn(server, alice, Level.NORMAL);

            lagMillis = 150;
            await().until(() -> server.router().level() == Level.ELEVATED);
            assertTakesOn(server, alice, Level.ELEVATED);

            lagMillis = 731.04;
            await().until(() -> server.router().level() == Level.SEVERE);
            assertTakesOn(server, alice, Level.SEVERE);

            lagMillis = 5_000;
            await().until(() -> server.router().level() == Level.CRITICAL);
            assertTakesOn(server, alice, Level.CRITICAL);

            lagMillis = 0;
            await().until(() -> server.router().level() == Level.NORMAL);
            assertTakesOn(server, alice, Level.NORMAL);
            assertThat(server.stats().path("level_changes").asInt()).isEqualTo(6);
        }

        assertThat(lines)
                .containsExactly(
                        "WARN level normal -> elevated: loop_lag is 150.0 ms (threshold 100.0 ms)",
                        "WARN level elevated -> severe: loop_lag is 731.0 ms (threshold 500.0 ms)",
                        "WARN level severe -> critical: loop_lag is 5000.0 ms (threshold 2000.0 ms)",
                        "INFO level critical -> severe: loop_lag is 0.0 ms (back below 1800.0 ms)",
                        "INFO level severe -> elevated: loop_lag is 0.0 ms (back below 450.0 ms)",
                        "INFO level elevated -> normal: loop_lag is 0.0 ms (back below 90.0 ms)");
    }

    /** The shards hear of a level a moment after it is shown. */
    private void assertTakesOn(TestServer server, WebSocketClient alice, Level level) {
        boolean isElevated = level != Level.NORMAL;
        boolean isSevere = level == Level.SEVERE || level == Level.CRITICAL;
        boolean isCritical = level == Level.CRITICAL;
        await().until(() -> publish(alice, "low").equals("overloaded") == isElevated);
        await().until(() -> publish(alice, "normal").equals("overloaded") == isCritical);
        assertThat(publish(alice, "high")).isEqualTo("delivered");
        assertThat(publish(alice, "critical")).isEqualTo("delivered");

        Response low = publishOverHttp(server, "low");
        assertThat(low.status()).isEqualTo(isElevated ? 503 : 200);
        assertThat(low.headers().containsKey("retry-after")).isEqualTo(isElevated);
        assertThat(publishOverHttp(server, "high").status()).isEqualTo(200);

        Response handshake = server.answerTo(server.handshake().bearer(server.token("carol")));
        if (isSevere) {
            assertRefused(handshake);
        } else {
            assertThat(handshake.status()).isEqualTo(101);
        }

        Response ready = server.ask("GET", "/readyz", "");
        assertThat(ready.status()).isEqualTo(isCritical ? 503 : 200);
        assertThat(ready.json().path("reasons").toString()).isEqualTo(isCritical ? "[\"level_critical\"]" : "[]");
        for (JsonNode shown : List.of(ready.json(), server.stats())) {
            assertThat(shown.path("level").asText()).isEqualTo(level.word());
            assertThat(shown.path("signal").asText()).isEqualTo(isElevated ? "loop_lag" : "");
            assertThat(shown.path("signals").path("loop_lag").asDouble()).isEqualTo(Math.round(lagMillis * 10) / 10.0);
            assertThat(shown.path("signals").path("heap").asDouble()).isEqualTo(40);
        }
    }

    @Test
    void shouldRefuseAHandshakeWithoutVerifyingItsToken() {
        try (TestServer server = TestServer.startSensing(Map.of(Signal.HEAP, () -> 95))) {
            await().until(() -> server.router().level() == Level.SEVERE);

            assertRefused(server.answerTo(server.handshake().bearer(server.token("alice"))));
            assertRefused(server.answerTo(server.handshake().bearer("forged")));

            JsonNode stats = server.stats();
            assertThat(stats.path("handshakes_shed").asInt()).isEqualTo(2);
            assertThat(stats.path("handshake_tokens_judged").asInt()).isZero();
            assertThat(stats.path("connections").asInt()).isZero();
        }
    }

    @Test
    void shouldTakeOnEverythingWhenDegradationIsOff() {
        try (TestServer server = TestServer.startSensing(Map.of(Signal.HEAP, () -> 100), "degradation.enabled=false")) {
            WebSocketClient alice = server.connect("alice", TestServer.ALL);

            assertThat(alice.publish("user:alice", "1").path("outcome").asText())
                    .isEqualTo("delivered");
            assertThat(server.ask("GET", "/readyz", "").json().path("level").asText())
                    .isEqualTo("normal");
        }
    }

    @Test
    void shouldTakeNextSampleWhenASignalCannotBeRead() {
        CountDownLatch samples = new CountDownLatch(3);
        DoubleSupplier broken = () -> {
            samples.countDown();
            throw new IllegalStateException("a signal that cannot be read");
        };
        try (TestServer server = TestServer.startSensing(Map.of(Signal.HEAP, broken))) {
            await().until(() -> samples.getCount() == 0);

            assertThat(server.router().level()).isEqualTo(Level.NORMAL);
        }
        assertThat(lines)
                .hasSizeGreaterThanOrEqualTo(3)
                .allMatch(line -> line.startsWith("ERROR a fault of the router"));
    }

    // ---- a loop that is really blocked

    @Test
    void shouldRiseWhenALoopIsBlockedAndComeBackWhenItRunsAgain() throws InterruptedException {
        ExecutorService askers = Executors.newCachedThreadPool();
        CountDownLatch release = new CountDownLatch(1);
        try (TestServer server =
                TestServer.start("loops=3", ENABLED, QUICK_RECOVERY)) { // listeners live on the first two
            WebSocketClient alice = server.connect(userOn(server, 0), TestServer.ALL);
            String bob = userOn(server, 1);
            server.connect(bob);

            block(server.router().router().shards().get(2), release);
            CompletableFuture<Response> ready = first(askers, () -> server.ask("GET", "/readyz", ""));
            await().until(() -> server.router().level().refusesHandshakes());

            await().until(() -> publish(alice, "low", bob).equals("overloaded"));
            assertThat(publish(alice, "high", bob)).isEqualTo("delivered");
            assertRefused(first(askers, () -> server.answerTo(server.handshake().bearer(server.token("carol"))))
                    .join());
            assertThat(ready.join().status()).isEqualTo(503);
            assertThat(ready.join().json().path("reasons").toString()).contains("loop_stuck");
            assertThat(ready.join().json().path("signal").asText()).isEqualTo("loop_lag");

            release.countDown();
            await().until(() -> server.router().level() == Level.NORMAL);
            await().until(() -> publish(alice, "low", bob).equals("delivered"));
            assertThat(server.ask("GET", "/readyz", "").status()).isEqualTo(200);
            server.connect("carol");
        } finally {
            release.countDown();
            askers.shutdown();
            assertThat(askers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(lines).allMatch(line -> line.contains("loop_lag"));
        assertThat(lines.get(0)).startsWith("WARN level normal -> ");
        assertThat(lines.get(lines.size() - 1)).startsWith("INFO level elevated -> normal: ");
    }

    // ---- receivers that really do not read

    @Test
    void shouldRiseWhileTooMuchWaitsForWhoDoesNotRead() {
        try (TestServer server = TestServer.start(
                "loops=1",
                "limits.queued-bytes=1MiB",
                "limits.queued-bytes-per-connection=1MiB",
                "limits.socket-send-buffer=4KiB",
                ENABLED,
                QUICK_RECOVERY)) {
            WebSocketClient slow = server.connectWithSmallBuffer("slow");
            WebSocketClient alice = server.connect("alice", TestServer.ALL);
            server.connect("bob");

            for (int i = 0; i < 12; i++) {
                alice.send("{\"type\":\"publish\",\"to\":\"user:slow\",\"data\":\"" + "x".repeat(60_000) + "\"}");
            }
            await().until(() -> server.router().level() == Level.ELEVATED);
            await().until(() -> publish(alice, "low").equals("overloaded"));
            assertThat(publish(alice, "normal")).isEqualTo("delivered");
            assertThat(server.ask("GET", "/readyz", "").json().path("signal").asText())
                    .isEqualTo("queued_bytes");

            slow.socket().reset();
            await().until(() -> server.router().level() == Level.NORMAL);
        }

        assertThat(lines).hasSize(2).allMatch(line -> line.contains("queued_bytes"));
    }

    private static void block(Shard shard, CountDownLatch release) {
        shard.loop().execute(() -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** The first answer to as many requests as there are loops, of which one is blocked. */
    private static CompletableFuture<Response> first(ExecutorService askers, Supplier<Response> question) {
        CompletableFuture<?>[] answers = IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.supplyAsync(question, askers))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.anyOf(answers).thenApply(Response.class::cast);
    }

    private static String userOn(TestServer server, int shard) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> "user" + i)
                .filter(user ->
                        server.router().router().homeShard(Address.user(user)).index() == shard)
                .findFirst()
                .orElseThrow();
    }

    // ---- asking

    private static String publish(WebSocketClient from, String priority) {
        return publish(from, priority, "bob");
    }

    private static String publish(WebSocketClient from, String priority, String to) {
        from.send("{\"type\":\"publish\",\"id\":\"1\",\"to\":\"user:" + to + "\",\"data\":1,\"priority\":\"" + priority
                + "\"}");
        return from.await("receipt").path("outcome").asText();
    }

    private static Response publishOverHttp(TestServer server, String priority) {
        return server.ask("POST", "/v1/publish", "{\"to\":\"user:bob\",\"data\":1,\"priority\":\"" + priority + "\"}");
    }

    private static void assertRefused(Response response) {
        assertThat(response.status()).as(response.body()).isEqualTo(503);
        assertThat(response.headers()).containsEntry("retry-after", "5").containsEntry("cache-control", "no-store");
        assertThat(response.json().path("error").asText()).isEqualTo("node_degraded");
    }
}
