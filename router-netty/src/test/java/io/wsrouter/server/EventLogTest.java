package io.wsrouter.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.address.Address;
import io.wsrouter.routing.SecurityEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class EventLogTest {

    private static final Logger SECURITY = (Logger) LoggerFactory.getLogger("io.wsrouter.security");
    private static final int FLOOD = 20_000;

    private final Lines lines = new Lines();

    /** What was written, and by which thread. */
    private static final class Lines extends AppenderBase<ILoggingEvent> {
        final List<ILoggingEvent> written = new CopyOnWriteArrayList<>();
        final AtomicInteger toFail = new AtomicInteger();

        /** Throws what comes out of an appender, which its own {@code doAppend} would swallow. */
        @Override
        public synchronized void doAppend(ILoggingEvent event) {
            if (toFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException("an appender that is broken");
            }
            super.doAppend(event);
        }

        @Override
        protected void append(ILoggingEvent event) {
            event.getThreadName(); // is found out when it is first asked for
            written.add(event);
        }

        List<JsonNode> of(String event) {
            return written.stream()
                    .map(line -> TestJson.parse(line.getFormattedMessage()))
                    .filter(line -> line.path("event").asText().equals(event))
                    .toList();
        }

        long dropped(String kind) {
            return of("log_dropped").stream()
                    .filter(line -> line.path("of").asText().equals(kind))
                    .mapToLong(line -> line.path("count").asLong())
                    .sum();
        }
    }

    @BeforeEach
    void listen() {
        lines.start();
        SECURITY.addAppender(lines);
        SECURITY.setLevel(Level.INFO);
        SECURITY.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        SECURITY.detachAppender(lines);
        SECURITY.setLevel(null);
        SECURITY.setAdditive(true);
    }

    @Test
    void shouldCountAllThatADroppedLineStandsFor() {
        SecurityEvent thousand =
                new SecurityEvent(SecurityEvent.Kind.DENIED, null, null, "1000 more left out", null, 1000);
        try (EventLog log = new EventLog()) {
            for (int i = 0; i < FLOOD; i++) {
                log.onSecurityEvent(thousand);
            }
        }

        assertThat((lines.of("denied").size() * 1000L) + lines.dropped("denied"))
                .isEqualTo(FLOOD * 1000L);
    }

    @Test
    void shouldKeepOtherKindsThroughAFloodOfOne() {
        try (EventLog log = new EventLog()) {
            for (int i = 0; i < FLOOD; i++) {
                log.onSecurityEvent(unauthenticated());
                if (i == FLOOD / 2) {
                    log.onSecurityEvent(event(SecurityEvent.Kind.OWNER_MISMATCH));
                    log.onSecurityEvent(event(SecurityEvent.Kind.KICKED));
                    log.onSecurityEvent(event(SecurityEvent.Kind.DENIED));
                }
            }
        }

        assertThat(lines.of("owner_mismatch")).hasSize(1);
        assertThat(lines.of("kicked")).hasSize(1);
        assertThat(lines.of("denied")).hasSize(1);
        assertThat(lines.dropped("unauthenticated")).isPositive();
        assertThat(lines.of("unauthenticated").size() + lines.dropped("unauthenticated"))
                .isEqualTo(FLOOD);
        assertThat(lines.written).extracting(ILoggingEvent::getThreadName).containsOnly("ws-router-log");
    }

    @Test
    void shouldOutliveAnAppenderThatThrows() {
        lines.toFail.set(3);
        try (EventLog log = new EventLog()) {
            for (int i = 0; i < 5; i++) {
                log.onSecurityEvent(unauthenticated());
            }
            await().until(() -> lines.of("unauthenticated").size() == 2);
            log.onSecurityEvent(event(SecurityEvent.Kind.KICKED));
            await().until(() -> lines.of("kicked").size() == 1);
        }

        assertThat(lines.dropped("unauthenticated")).isEqualTo(3);
    }

    @Test
    void shouldSayWhereItCameFrom() {
        try (EventLog log = new EventLog()) {
            log.onSecurityEvent(unauthenticated());
        }

        assertThat(lines.of("unauthenticated").get(0).toString())
                .contains("\"ip\":\"198.51.100.1\"", "\"detail\":\"bad_signature\"", "\"at\":\"");
    }

    @Test
    void shouldKeepAMismatchWhileTokensAreRefusedByTheThousand() {
        try (TestServer server = TestServer.start()) {
            for (int i = 0; i < 300; i++) {
                server.answerTo(server.handshake().bearer("forged"));
            }
            server.answerTo(server.handshake().bearer(server.token("alice")).with("X-User-ID", "bob"));
            WebSocketClient alice = server.connect("alice", TestServer.ALL);
            alice.send("{\"type\":\"publish\",\"id\":\"1\",\"to\":\"user:carol\",\"user\":\"bob\",\"data\":1}");
            assertThat(alice.await("receipt").path("outcome").asText()).isEqualTo("owner_mismatch");

            await().until(() -> lines.dropped("unauthenticated") > 0);
        }

        assertThat(lines.of("owner_mismatch"))
                .extracting(line -> line.path("detail").asText())
                .contains("X-User-ID", "publish");
        assertThat(lines.of("owner_mismatch").get(0).path("ip").asText()).isEqualTo("127.0.0.1");
        assertThat(lines.of("unauthenticated").size() + lines.dropped("unauthenticated"))
                .as("with the refusal of the mismatch itself")
                .isEqualTo(301);
    }

    @Test
    void shouldHaveALineWithTheSourceForEachThatTheStatsCount() {
        JsonNode stats;
        try (TestServer server = TestServer.start("loops=2", "public.allowed-origins=[https://a.example]")) {
            server.answerTo(server.handshake().bearer("forged"));
            server.answerTo(server.handshake().bearer(server.token("alice")).with("X-User-ID", "bob"));
            server.answerTo(server.handshake().bearer(server.token("alice")).with("Origin", "https://b.example"));
            WebSocketClient alice = server.connect("alice");
            alice.publish("user:carol", "1");
            alice.send("{\"type\":\"publish\",\"to\":\"user:alice\",\"user\":\"bob\",\"id\":\"2\"}");
            alice.await("receipt");
            alice.send("{\"type\":\"subscribe\",\"to\":\"topic:x\",\"id\":\"3\"}");
            alice.await("error");
            alice.send("{\"type\":\"refresh\",\"token\":\"forged\",\"id\":\"4\"}");
            alice.await("error");
            String nobody = server.token("nobody");
            server.ask("GET", "/v1/stats", "forged", "application/json", "");
            server.ask("GET", "/v1/stats", nobody, "application/json", "");
            server.ask("GET", "/v1/audit", nobody, "application/json", "");
            server.ask("POST", "/v1/publish", nobody, "application/json", "{\"to\":\"user:alice\"}");
            server.ask("POST", "/v1/publish", "{\"to\":\"user:alice\",\"user\":\"bob\"}");
            WebSocketClient bob = server.connect("bob");
            server.ask("DELETE", "/v1/connections/" + bob.id(), "");
            server.ask("DELETE", "/v1/users/alice/connections", "");
            stats = server.stats();
        }

        assertThat(stats.path("internal_unauthenticated").asInt()).isOne();
        assertThat(stats.path("internal_denied").asInt()).isEqualTo(2);
        assertThat(lines.of("unauthenticated"))
                .hasSize(sum(stats, "handshakes_unauthenticated", "refreshes_refused", "internal_unauthenticated"))
                .hasSize(4);
        assertThat(lines.of("denied"))
                .hasSize(sum(stats, "denied", "internal_denied"))
                .hasSize(5);
        assertThat(lines.of("owner_mismatch"))
                .hasSize(sum(stats, "owner_mismatches"))
                .hasSize(3);
        assertThat(lines.of("origin_forbidden"))
                .hasSize(sum(stats, "handshakes_foreign_origin"))
                .hasSize(1);
        assertThat(lines.of("kicked"))
                .hasSize(sum(stats.path("connections_closed_by_reason"), "kicked"))
                .hasSize(2);
        assertThat(lines.written)
                .extracting(line ->
                        TestJson.parse(line.getFormattedMessage()).path("ip").asText())
                .containsOnly("127.0.0.1");
    }

    private static int sum(JsonNode stats, String... counters) {
        return Stream.of(counters)
                .mapToInt(counter -> stats.path(counter).asInt(-1))
                .sum();
    }

    private static SecurityEvent unauthenticated() {
        return new SecurityEvent(SecurityEvent.Kind.UNAUTHENTICATED, null, null, "bad_signature", "198.51.100.1");
    }

    private static SecurityEvent event(SecurityEvent.Kind kind) {
        return new SecurityEvent(kind, Address.user("alice"), Address.user("bob"), "publish");
    }
}
