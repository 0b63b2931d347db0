package io.wsrouter.seed;

import static io.wsrouter.seed.Receipts.assertDelivered;
import static io.wsrouter.seed.Receipts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.routing.BrokenTables;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What is wrong is refused by name or repaired; no way of recovering makes an id that nobody was given valid. */
final class RoutingFailureRecoveryTest {

    private static final String USER = "recovery_test_user";
    private static final Duration RECOVERY_BOUND = Duration.ofSeconds(5);

    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void shouldRefuseAnIdThatIsNobodysAndReachTheUserThroughTheOneTable() {
        WebSocketClient backEnd = server.connect("back-end", TestServer.mayPublish("user:" + USER));
        WebSocketClient lost = server.connect(USER);
        Event event = Event.named("agent_started", "connection:" + lost.id());
        lost.closePolitely();
        WebSocketClient client = server.connect(USER);

        assertThat(client.id()).isNotEqualTo(lost.id());
        assertRefused(event.publishedBy(backEnd), "no_route");
        assertRefused(event.to("connection:mismatched_" + client.id()).publishedBy(backEnd), "forbidden");
        assertRefused(
                event.to("connection:recovery_" + client.id() + "_1757371237").publishedBy(backEnd), "forbidden");
        assertTimeoutPreemptively(RECOVERY_BOUND, () -> {
            String current = server.ask("GET", "/v1/users/" + USER, "")
                    .json()
                    .at("/connections/0/connection")
                    .asText();
            assertThat(current).isEqualTo(client.id());
            Event resolved = event.to("connection:" + current).claimedFor(USER);
            assertDelivered(resolved.publishedBy(backEnd), 1);
            resolved.assertReceivedBy(client, "back-end");
        });
        Event toTheUser = event.to("user:" + USER);
        assertDelivered(toTheUser.publishedBy(backEnd), 1);

        toTheUser.assertReceivedBy(client, "back-end");
        client.assertNothingElseCame();
    }

    /** Nobody asks for the audit; it comes within its period. */
    @Test
    void shouldHealThreeStaleAndTwoOrphanedEntriesUnpromptedWhileFiveAreServed() {
        try (TestServer audited = TestServer.start("audit.period=1s")) {
            BrokenTables tables = new BrokenTables(audited.router().router());
            List<WebSocketClient> healthy = connect(audited, "healthy_user_", 5);
            List<WebSocketClient> stale = connect(audited, "stale_user_", 3);
            List<WebSocketClient> orphans = connect(audited, "orphan_user_", 2);
            assertServed(audited, healthy);
            stale.forEach(client -> tables.abandon(client.id(), Duration.ofMinutes(10)));
            tables.takeOut(orphans.get(0).id());
            tables.unlist(orphans.get(1).id());

            Set<String> findings = new TreeSet<>();
            await().atMost(TestSocket.PATIENCE).until(() -> {
                assertServed(audited, healthy);
                findings.addAll(findingsOfTheLastAudit(audited));
                return audited.stats().path("routing_drift").asInt() >= 5 && findings.size() >= 5;
            });

            assertThat(findings)
                    .containsExactly(
                            "missing_index_entry of orphan_user_0 restored",
                            "orphan_index_entry of orphan_user_1 restored",
                            "stale of stale_user_0 closed",
                            "stale of stale_user_1 closed",
                            "stale of stale_user_2 closed");
            for (WebSocketClient client : stale) {
                assertThat(client.awaitClose().closeCode()).isEqualTo(1001);
            }
            assertServed(audited, healthy);
            assertServed(audited, orphans);
            assertThat(audited.ask("POST", "/v1/audit", "").json().path("findings"))
                    .as("what a second pass finds")
                    .isEmpty();
            assertThat(audited.stats().path("routing_drift").asInt()).isEqualTo(5);
            assertThat(audited.stats().path("connections").asInt())
                    .as("ten but for the stale ones")
                    .isEqualTo(7);
            assertThat(audited.stats().path("users").asInt()).isEqualTo(7);
        }
    }

    private static List<String> findingsOfTheLastAudit(TestServer server) {
        JsonNode findings = server.ask("GET", "/v1/audit", "").json().path("findings");
        return StreamSupport.stream(findings.spliterator(), false)
                .map(finding -> finding.path("type").asText()
                        + " of " + finding.path("user").asText()
                        + ' ' + finding.path("action").asText())
                .toList();
    }

    private static List<WebSocketClient> connect(TestServer server, String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> server.connect(name + i)).toList();
    }

    private static void assertServed(TestServer server, List<WebSocketClient> clients) {
        for (WebSocketClient client : clients) {
            String user = client.welcome().path("user").asText();
            Event event = Event.named("agent_started", "user:" + user);
            assertDelivered(event.publishedTo(server), 1);
            event.assertReceivedBy(client, "operator");
            client.assertNothingElseCame();
        }
    }
}
