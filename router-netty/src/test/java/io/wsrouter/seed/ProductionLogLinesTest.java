package io.wsrouter.seed;

import static io.wsrouter.seed.Receipts.assertDelivered;
import static io.wsrouter.seed.Receipts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.address.Address;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.routing.SecurityEvent;
import io.wsrouter.routing.Shard;
import io.wsrouter.routing.ShardLoop;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import io.wsrouter.transport.EventLoops;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The two lines of a production log that started it all: "Message routing failed for user 101463487227881885914" and
 * "Message routing failed for ws_10146348_1757371237_8bfbba09, error_count: 1".
 */
final class ProductionLogLinesTest {

    private static final String TOKEN_THAT_THROWS = "a token that the authenticator throws at";
    private static final String TOKEN_WHOSE_ANSWER_THROWS = "a token whose answer throws at whoever waits for it";
    private static final String ID_OF_THE_LOG = "ws_10146348_1757371237_8bfbba09";
    private static final int SUFFIX_OF_THE_LOG = 0x8bfbba09;
    private static final long MILLIS_OF_THE_LOG = 1757371237000L;

    @AutoClose
    private final TestServer server = TestServer.start();

    @ParameterizedTest
    @ValueSource(strings = {"101463487227881885914", "10146348"})
    void shouldRouteToTheUserOfEachLine(String user) {
        WebSocketClient client = server.connect(user);
        WebSocketClient backEnd = server.connect("back-end", TestServer.mayPublish("user:" + user));

        for (String to : List.of("user:" + user, "connection:" + client.id())) {
            Event event = Event.named("agent_thinking", to).claimedFor(user);
            assertDelivered(event.publishedBy(backEnd), 1);
            event.assertReceivedBy(client, "back-end");
        }
        client.assertNothingElseCame();
    }

    @Test
    void shouldNotTakeAUserForAnotherWhoseIdBeginsTheSame() {
        WebSocketClient full = server.connect("101463487227881885914");
        WebSocketClient truncated = server.connect("10146348");

        Event event = Event.named("agent_thinking", "user:10146348");
        assertDelivered(event.publishedTo(server), 1);
        assertRefused(event.publishedBy(full), "forbidden");
        assertRefused(event.claimedFor("101463487227881885914").publishedTo(server), "owner_mismatch");

        event.assertReceivedBy(truncated, "operator");
        truncated.assertNothingElseCame();
        full.assertNothingElseCame();
    }

    /** An id of the log is one like any other: mint exactly this one, and it routes. */
    @Test
    void shouldRouteToTheVeryIdOfTheLog() {
        EventLoops loops = new EventLoops(4, RouterConfig.Transport.NIO, Duration.ZERO);
        try {
            Router router = MemoryRouter.on(
                    loops.loops().stream().map(LoopAtTheTimeOfTheLog::new).toList(),
                    new Listener(),
                    mintingFirst(SUFFIX_OF_THE_LOG));
            Address user = Address.user("10146348");
            LongAdder astray = new LongAdder();
            MemoryConnection connection =
                    new MemoryConnection(new Principal(user, Grants.NONE, 99_999_999_999L), astray);
            register(router.homeShard(user), connection);

            assertThat(connection.id()).hasToString(ID_OF_THE_LOG);
            Receipt receipt = router.publish(
                            new Principal(
                                    Address.user("back-end"),
                                    new Grants(List.of(AddressPattern.parse("user:*")), List.of(), false),
                                    99_999_999_999L),
                            new Command.Publish(
                                    null,
                                    Address.parse("connection:" + ID_OF_THE_LOG),
                                    RawJson.of("\"agent_thinking\""),
                                    RawJson.of("1"),
                                    Priority.NORMAL,
                                    "10146348"))
                    .join();

            assertThat(receipt.outcome()).isEqualTo(Outcome.DELIVERED);
            assertThat(connection.received()).isEqualTo(1);
            assertThat(astray.sum()).isZero();
        } finally {
            loops.close();
        }
    }

    /** What a client does wrong is an error of that client: no receipt speaks of it, no count of routing, and no log. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"type\":\"start_agent\"}",
                "{\"type\":\"connect\",\"connection_id\":\"ws_10146348_1757371237_8bfbba09\"}",
                "{\"type\":\"ping\",\"user_id\":\"101463487227881885914\"}",
                "{\"type\":\"subscribe\",\"id\":\"1\",\"to\":\"topic:ops\"}"
            })
    void shouldNeverCallAnErrorOfAnInboundFrameARoutingFailure(String text) {
        try (CapturedLog log = new CapturedLog()) {
            WebSocketClient client = server.connect("10146348");

            client.send(Frame.text(text));

            JsonNode error = client.read();
            assertThat(error.path("type").asText()).isEqualTo("error");
            assertThat(error.path("code").asText()).isIn("bad_request", "forbidden");
            assertThat(error.path("reason").asText().toLowerCase(Locale.ROOT)).doesNotContain("routing");
            client.assertNothingElseCame();
            assertDelivered(Event.named("agent_thinking", "user:10146348").publishedTo(server), 1);
            assertThat(server.stats().path("published").asInt()).isEqualTo(1);
            assertThat(server.stats().path("publishes_refused").asInt(-1)).isZero();
            assertThat(server.stats().path("refused").asInt(-1)).isZero();
            assertThat(log.lines())
                    .noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("routing failed"));
        }
    }

    /** Whether the connection lives on its user's loop or on another: a user's ninth connection may. */
    @ParameterizedTest
    @ValueSource(strings = {TOKEN_THAT_THROWS, TOKEN_WHOSE_ANSWER_THROWS})
    void shouldNeverCallAFaultInAnInboundCommandARoutingFailure(String token) {
        try (TestServer faulty = TestServer.startJudging(ProductionLogLinesTest::throwingAtRefresh);
                CapturedLog log = new CapturedLog()) {
            List<WebSocketClient> clients =
                    Stream.generate(() -> faulty.connect("10146348")).limit(12).toList();
            WebSocketClient bystander = faulty.connect("101463487227881885914");
            Event event = Event.named("agent_thinking", "user:101463487227881885914");

            for (WebSocketClient client : clients) {
                client.send("{\"type\":\"refresh\",\"id\":\"1\",\"token\":\"" + token + "\"}");
                Frame close = client.readFrame();
                assertThat(close.opcode()).isEqualTo(Frame.CLOSE);
                assertThat(close.closeCode()).isEqualTo(1011);
                assertThat(close.closeReason()).isEqualTo("internal_error");
                assertDelivered(event.publishedToItselfBy(bystander), 1);
            }

            bystander.assertNothingElseCame();
            JsonNode stats = faulty.stats();
            assertThat(stats.path("bugs").asInt()).isEqualTo(12);
            assertThat(stats.at("/connections_closed_by_reason/internal_error").asInt())
                    .isEqualTo(12);
            assertThat(stats.path("connections").asInt()).isEqualTo(1);
            assertThat(stats.path("published").asInt()).isEqualTo(12);
            assertThat(stats.path("delivered").asInt()).isEqualTo(12);
            assertThat(stats.path("publishes_refused").asInt(-1)).isZero();
            assertThat(stats.path("refused").asInt(-1)).isZero();
            await().untilAsserted(() -> assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("a fault of the router"))
                    .hasSize(12));
            assertThat(log.lines())
                    .noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("routing failed"));
        }
    }

    private static Authenticator throwingAtRefresh(Authenticator authenticator) {
        return credentials -> {
            if (credentials.token().equals(TOKEN_THAT_THROWS)) {
                throw new IllegalStateException("an authenticator that throws");
            }
            if (credentials.token().equals(TOKEN_WHOSE_ANSWER_THROWS)) {
                return new ThrowingAnswer();
            }
            return authenticator.authenticate(credentials);
        };
    }

    private static final class ThrowingAnswer extends CompletableFuture<Principal> {

        @Override
        public CompletableFuture<Principal> whenComplete(BiConsumer<? super Principal, ? super Throwable> action) {
            throw new IllegalStateException("an answer that throws");
        }
    }

    private static void register(Shard home, MemoryConnection connection) {
        CompletableFuture<Object> registered = new CompletableFuture<>();
        home.loop().execute(() -> registered.complete(home.onRegister(connection)));
        registered.join();
    }

    /** Lets every generator begin with a certain suffix: it draws a mask and then a counter. */
    private static RandomGenerator mintingFirst(int suffix) {
        int[] next = {suffix, 0};
        int[] position = {0};
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int nextInt() {
                return next[position[0]++ % next.length];
            }
        };
    }

    /** A loop whose wall clock stands still. */
    private record LoopAtTheTimeOfTheLog(ShardLoop loop) implements ShardLoop {

        @Override
        public boolean isCurrent() {
            return loop.isCurrent();
        }

        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }

        @Override
        public void executeAfter(Runnable task, long delayNanos) {
            loop.executeAfter(task, delayNanos);
        }

        @Override
        public long nanoTime() {
            return loop.nanoTime();
        }

        @Override
        public long epochMillis() {
            return MILLIS_OF_THE_LOG;
        }
    }

    private static final class Listener implements RouterListener {

        @Override
        public void onSecurityEvent(SecurityEvent event) {
            throw new AssertionError(event.toString());
        }

        @Override
        public void onBug(Throwable cause) {
            throw new AssertionError(cause);
        }
    }
}
