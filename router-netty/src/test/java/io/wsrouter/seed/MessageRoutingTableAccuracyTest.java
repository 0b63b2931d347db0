package io.wsrouter.seed;

import static io.wsrouter.seed.Receipts.assertDelivered;
import static io.wsrouter.seed.Receipts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.routing.Router;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One table: what is registered is routable by every way that leads there, and what is closed by none. */
final class MessageRoutingTableAccuracyTest {

    private static final Event STARTED = Event.named("agent_started", "user:nobody");

    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void shouldShowARegistrationInEveryViewAtOnce() {
        String user = "routing_table_user_123";
        String thread = "topic:thread_" + user;
        WebSocketClient client = server.connect(user, TestServer.ALL);
        client.subscribe(thread);

        assertThat(server.stats().path("connections").asInt()).isEqualTo(1);
        assertThat(server.stats().path("users").asInt()).isEqualTo(1);
        JsonNode described =
                server.ask("GET", "/v1/connections/" + client.id(), "").json();
        assertThat(described.path("subscriptions").toString()).isEqualTo("[\"" + thread + "\"]");
        assertThat(server.ask("GET", "/v1/users/" + user, "")
                        .json()
                        .path("connections")
                        .toString())
                .isEqualTo("[" + described + "]");
        for (String to : List.of("connection:" + client.id(), "user:" + user, thread)) {
            Event event = Event.named("tool_completed", to);
            assertDelivered(event.publishedTo(server), 1);
            event.assertReceivedBy(client, "operator");
            assertDelivered(event.publishedToItselfBy(client), 1);
        }
        client.assertNothingElseCame();
        JsonNode audit = server.ask("POST", "/v1/audit", "").json();
        assertThat(audit.path("clean").asBoolean()).as("%s", audit).isTrue();
        assertThat(audit.path("findings").toString()).isEqualTo("[]");
        assertThat(audit.path("suspected").toString()).isEqualTo("[]");
    }

    /** How a connection ends. */
    enum End {
        CLOSE_FRAME,
        END_OF_STREAM,
        RESET,
        KICKED;

        void end(TestServer server, WebSocketClient client) {
            switch (this) {
                case CLOSE_FRAME -> client.send(Frame.close(1000, ""));
                case END_OF_STREAM -> client.socket().shutDownOutput();
                case RESET -> client.socket().reset();
                case KICKED -> server.ask("DELETE", "/v1/connections/" + client.id(), "");
            }
        }

        /** Waits for the end: the close frame where there is one. */
        void await(TestServer server, WebSocketClient client) {
            switch (this) {
                case CLOSE_FRAME, KICKED ->
                    assertThat(client.readFrame().opcode()).isEqualTo(Frame.CLOSE);
                case END_OF_STREAM, RESET ->
                    Awaitility.await()
                            .until(() -> server.stats().path("connections").asInt() == 2);
            }
        }
    }

    /** Whoever has read the close frame finds the connection in no view any more. */
    @ParameterizedTest
    @EnumSource
    void shouldTakeAClosedConnectionOutOfEveryViewAndSpareTheOthers(End how) {
        List<WebSocketClient> clients = Stream.of(0, 1, 2)
                .map(i -> server.connect("deregistration_test_user_" + i))
                .toList();
        WebSocketClient middle = clients.get(1);

        how.end(server, middle);
        how.await(server, middle);

        assertThat(server.stats().path("connections").asInt()).isEqualTo(2);
        assertRefused(STARTED.to("connection:" + middle.id()).publishedTo(server), "no_route");
        assertRefused(STARTED.to("user:deregistration_test_user_1").publishedTo(server), "no_route");
        assertThat(server.ask("GET", "/v1/connections/" + middle.id(), "").status())
                .isEqualTo(404);
        assertThat(server.ask("DELETE", "/v1/connections/" + middle.id(), "").status())
                .as("a second removal")
                .isEqualTo(404);
        for (WebSocketClient survivor : List.of(clients.get(0), clients.get(2))) {
            Event event = STARTED.to("connection:" + survivor.id());
            assertRefused(event.claimedFor("deregistration_test_user_1").publishedTo(server), "owner_mismatch");
            assertDelivered(event.publishedTo(server), 1);
            event.assertReceivedBy(survivor, "operator");
            survivor.assertNothingElseCame();
        }
        assertThat(server.stats().path("users").asInt()).isEqualTo(2);
        assertThat(server.stats().path("connections_closed").asInt()).isEqualTo(1);
    }

    @Test
    void shouldLeaveNothingBehindAfterTwentyLivesAtOnce() {
        Threads.atOnce(20, i -> {
            String user = "concurrent_routing_user_" + i;
            WebSocketClient client = server.connect(user);
            Event event = Event.named("agent_thinking", "user:" + user);
            assertDelivered(event.publishedToItselfBy(client), 1);
            client.assertNothingElseCame();
            client.closePolitely();
            return user;
        });

        server.awaitNoResidue();
        assertThat(server.stats().path("connections_opened").asInt()).isEqualTo(20);
        assertThat(server.stats().path("connections_closed").asInt()).isEqualTo(20);
        assertThat(server.stats().path("delivered").asInt()).isEqualTo(20);
        assertThat(server.stats().path("refused").asInt(-1)).isZero();
    }

    /** Of four connections two give no sign of life. Being written to is none. */
    @Test
    void shouldCloseExactlyTheSilentConnectionsHoweverOftenTheyAreWrittenTo() {
        try (TestServer other = TestServer.start("heartbeat.interval=1s", "heartbeat.misses=1")) {
            List<WebSocketClient> silent =
                    Stream.of("idle_10_min", "idle_6_min").map(other::connect).toList();
            List<WebSocketClient> lively =
                    Stream.of("idle_3_min", "idle_1_min").map(other::connect).toList();
            Event event = Event.named("tool_executing", "user:nobody");

            await().until(() -> {
                lively.forEach(client -> client.send(Frame.of(Frame.PONG, new byte[0])));
                silent.forEach(client -> event.to("connection:" + client.id()).publishedTo(other));
                return other.stats().path("connections").asInt() == 2;
            });

            for (WebSocketClient client : silent) {
                assertRefused(event.to("connection:" + client.id()).publishedTo(other), "no_route");
                Frame close = client.awaitClose();
                assertThat(close.closeCode()).isEqualTo(1001);
                assertThat(close.closeReason()).isEqualTo("heartbeat_lost");
            }
            for (WebSocketClient client : lively) {
                assertDelivered(event.to("connection:" + client.id()).publishedTo(other), 1);
                assertThat(client.await("message").path("event").asText()).isEqualTo("tool_executing");
            }
            assertThat(other.stats().path("connections_closed").asInt()).isEqualTo(2);
            assertThat(other.stats()
                            .at("/connections_closed_by_reason/heartbeat_lost")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    @Test
    void shouldGiveOneAnswerThroughEveryDoor() {
        WebSocketClient backEnd = server.connect("back-end", TestServer.mayPublish("user:drift_test_user"));
        WebSocketClient x = server.connect("drift_test_user");
        assertEveryDoorKnows(backEnd, x, 1);
        WebSocketClient y = server.connect("drift_test_user");
        assertEveryDoorKnows(backEnd, x, 2);
        assertEveryDoorKnows(backEnd, y, 2);

        x.closePolitely();

        assertEveryDoorKnows(backEnd, y, 1);
        Event event = Event.named("tool_executing", "connection:" + x.id());
        assertRefused(event.publishedBy(backEnd), "no_route");
        assertRefused(event.publishedTo(server), "no_route");
        assertThat(router().connection(ConnectionId.parse(x.id())).join()).isEmpty();
        y.assertNothingElseCame();
    }

    /** The socket of a publisher, the internal port, and the embedding program. */
    private void assertEveryDoorKnows(WebSocketClient backEnd, WebSocketClient client, int connectionsOfUser) {
        Event event = Event.named("tool_executing", "connection:" + client.id());
        assertDelivered(event.publishedBy(backEnd), 1);
        event.assertReceivedBy(client, "back-end");
        assertDelivered(event.publishedTo(server), 1);
        event.assertReceivedBy(client, "operator");
        client.assertNothingElseCame();
        assertThat(router().connection(ConnectionId.parse(client.id())).join()).isPresent();
        assertThat(router().connectionsOf(Address.user("drift_test_user")).join())
                .hasSize(connectionsOfUser);
        assertThat(server.ask("GET", "/v1/users/drift_test_user", "").json().path("connections"))
                .hasSize(connectionsOfUser);
    }

    private Router router() {
        return server.router().router();
    }
}
