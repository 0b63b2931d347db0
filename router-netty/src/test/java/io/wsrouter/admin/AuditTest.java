package io.wsrouter.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.wsrouter.routing.BrokenTables;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The audit of a running router: what operators see of it, what it heals, and what it lets be ready again. */
final class AuditTest {

    private static final String ACKNOWLEDGE = "/v1/audit?acknowledge=misdelivery";

    @Test
    void shouldFindNothingInNormalLife() {
        try (TestServer server = TestServer.start("loops=3")) {
            for (int i = 0; i < 12; i++) {
                server.connect("alice", TestServer.ALL).subscribe("topic:t" + i % 5);
                server.connect("user" + i, TestServer.ALL).subscribe("topic:t" + i % 5);
            }

            JsonNode audit = server.ask("POST", "/v1/audit", "").json();

            assertThat(audit.path("clean").asBoolean()).as("%s", audit).isTrue();
            assertThat(audit.path("findings").toString()).isEqualTo("[]");
            assertThat(audit.path("suspected").toString()).isEqualTo("[]");
            assertThat(audit.path("unlisted").asInt(-1)).isZero();
            assertThat(audit.path("shards")).hasSize(3).allSatisfy(shard -> {
                assertThat(shard.path("at").asText()).startsWith("20");
                assertThat(shard.path("complete").asBoolean()).isTrue();
                assertThat(shard.path("durationMillis").asDouble()).isPositive();
                assertThat(shard.path("loopMillis").asDouble()).isPositive();
                assertThat(shard.path("longestSliceMillis").asDouble()).isPositive();
                assertThat(shard.path("findings").asInt(-1)).isZero();
            });
            assertThat(audit.path("shards").findValues("entries").stream()
                            .mapToInt(JsonNode::asInt)
                            .sum())
                    .isGreaterThan(24 * 4);
            JsonNode last = server.ask("GET", "/v1/audit", "").json();
            assertThat(last).isEqualTo(audit);
            assertThat(server.stats().path("routing_drift").asInt(-1)).isZero();
        }
    }

    @Test
    void shouldSayThatNoAuditHasRunYet() {
        try (TestServer server = TestServer.start()) {
            JsonNode audit = server.ask("GET", "/v1/audit", "").json();

            assertThat(audit.path("clean").asBoolean(true)).isFalse();
            assertThat(audit.path("shards")).isEmpty();
        }
    }

    static Stream<String> transports() {
        return Stream.of(
                        Stream.of("nio"),
                        Epoll.isAvailable() ? Stream.of("epoll") : Stream.<String>empty(),
                        IoUring.isAvailable() ? Stream.of("io_uring") : Stream.<String>empty())
                .flatMap(names -> names);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void shouldHealThreeStaleAndTwoOrphanedEntriesWithinAPeriodWhileOthersAreServed(String transport) {
        try (TestServer server = TestServer.start("transport=" + transport, "audit.period=1s")) {
            BrokenTables tables = new BrokenTables(server.router().router());
            List<WebSocketClient> healthy = connect(server, "healthy", 5);
            List<WebSocketClient> stale = connect(server, "stale", 3);
            List<WebSocketClient> orphans = connect(server, "orphan", 2);
            stale.forEach(client -> tables.abandon(client.id(), Duration.ofMinutes(10)));
            tables.takeOut(orphans.get(0).id());
            tables.unlist(orphans.get(1).id());

            TreeSet<String> seen = new TreeSet<>();
            await().atMost(TestSocket.PATIENCE).until(() -> {
                for (int i = 0; i < healthy.size(); i++) {
                    String outcome = publish(server, "user:healthy" + i);
                    assertThat(outcome).isEqualTo("delivered");
                    assertThat(healthy.get(i).read().path("data").asInt()).isEqualTo(7);
                }
                for (JsonNode finding :
                        server.ask("GET", "/v1/audit", "").json().path("findings")) {
                    seen.add(finding.path("type").asText()
                            + ' '
                            + finding.path("user").asText()
                            + ' '
                            + finding.path("action").asText());
                }
                return seen.size() >= 5;
            });

            assertThat(seen)
                    .containsExactly(
                            "missing_index_entry orphan0 restored",
                            "orphan_index_entry orphan1 restored",
                            "stale stale0 closed",
                            "stale stale1 closed",
                            "stale stale2 closed");
            for (WebSocketClient client : stale) {
                assertThat(client.awaitClose().closeReason()).isEqualTo("heartbeat_lost");
            }
            for (int i = 0; i < 2; i++) {
                assertThat(publish(server, "user:orphan" + i)).isEqualTo("delivered");
                assertThat(publish(server, "connection:" + orphans.get(i).id())).isEqualTo("delivered");
                assertThat(orphans.get(i).read().path("data").asInt()).isEqualTo(7);
            }
            assertThat(server.ask("POST", "/v1/audit", "").json().path("clean").asBoolean())
                    .isTrue();
            assertThat(server.stats().path("routing_drift").asInt()).isEqualTo(5);
            assertThat(server.stats().path("connections").asInt()).isEqualTo(7);
        }
    }

    @Test
    void shouldBeUnreadyAfterAStoppedWriteUntilAnOperatorAcknowledgesItAfterACleanAudit() {
        try (TestServer server = TestServer.start()) {
            BrokenTables tables = new BrokenTables(server.router().router());
            WebSocketClient alice = server.connect("alice");
            WebSocketClient stranger = server.connect(tables.userBeside("alice"));
            assertThat(ready(server).status()).isEqualTo(200);
            tables.plant(stranger.id(), "alice");

            TestSocket.Response receipt =
                    server.ask("POST", "/v1/publish", "{\"to\":\"user:alice\",\"data\":\"for alice alone\"}");

            assertThat(receipt.json().path("refused").toString()).isEqualTo("{\"owner_mismatch\":1}");
            assertThat(alice.read().path("data").asText()).isEqualTo("for alice alone");
            Frame close = stranger.readFrame();
            assertThat(close.opcode())
                    .as("the first and last frame of the stranger")
                    .isEqualTo(Frame.CLOSE);
            assertThat(close.closeReason()).isEqualTo("internal_error");
            assertThat(stranger.socket().readToEnd()).isEmpty();
            assertThat(server.stats().path("misdelivery_refused").asInt()).isEqualTo(1);
            assertUnready(server);

            assertThat(server.ask("POST", "/v1/audit", server.token("alice"), "application/json", "")
                            .status())
                    .isEqualTo(403);
            assertThat(server.ask("POST", ACKNOWLEDGE, server.token("alice"), "application/json", "")
                            .status())
                    .isEqualTo(403);
            assertUnready(server);
            JsonNode unclean = server.ask("POST", ACKNOWLEDGE, "").json();
            assertThat(unclean.path("acknowledged").asBoolean(true)).isFalse();
            assertThat(unclean.path("findings").findValuesAsText("type")).containsExactly("owner_conflict");
            assertUnready(server);
            assertThat(server.ask("POST", "/v1/audit", "").json().path("clean").asBoolean())
                    .isTrue();
            assertUnready(server);

            JsonNode clean = server.ask("POST", ACKNOWLEDGE, "").json();

            assertThat(clean.path("acknowledged").asBoolean()).isTrue();
            assertThat(ready(server).status()).isEqualTo(200);
            assertThat(server.stats().path("misdelivery_refused").asInt())
                    .as("it is not forgotten")
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/audit?acknowledge=misdelivery, 400",
        "POST, /v1/audit?acknowledge=everything, 400",
        "POST, /v1/audit?x=1, 400",
        "DELETE, /v1/audit, 405",
        "GET, /v1/audits, 404"
    })
    void shouldRefuseWhatItDoesNotKnow(String method, String path, int status) {
        try (TestServer server = TestServer.start()) {
            assertThat(server.ask(method, path, "").status()).isEqualTo(status);
        }
    }

    private static List<WebSocketClient> connect(TestServer server, String name, int count) {
        return new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> server.connect(name + i))
                .toList());
    }

    private static String publish(TestServer server, String to) {
        return server.ask("POST", "/v1/publish", "{\"to\":\"" + to + "\",\"data\":7}")
                .json()
                .path("outcome")
                .asText();
    }

    private static TestSocket.Response ready(TestServer server) {
        return server.ask("GET", "/readyz", "");
    }

    private static void assertUnready(TestServer server) {
        TestSocket.Response response = ready(server);
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.json().path("reasons").toString()).isEqualTo("[\"misdelivery_refused\"]");
    }
}
