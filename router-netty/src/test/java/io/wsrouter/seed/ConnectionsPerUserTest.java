package io.wsrouter.seed;

import static io.wsrouter.seed.Receipts.assertDelivered;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.routing.ConnectionInfo;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A user has so many places. One login more is refused or takes the oldest place, and a connection that has lost its place
 * does nothing to the one that has it now. A user's ninth connection lives on another loop than the user.
 */
final class ConnectionsPerUserTest {

    private static final int ROUNDS = 100;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 12})
    void shouldRefuseOneLoginTooMany(int places) {
        try (TestServer server = server("refuse", places)) {
            List<WebSocketClient> clients =
                    Stream.generate(() -> server.connect("alice")).limit(places).toList();

            TestSocket.Response refusal = server.answerTo(server.handshake().bearer(server.token("alice")));

            assertThat(refusal.status()).isEqualTo(429);
            assertThat(refusal.json().path("error").asText()).isEqualTo("too_many_connections_of_user");
            assertThat(refusal.headers()).containsKey("retry-after");
            server.connect("bob");
            clients.forEach(WebSocketClient::assertNothingElseCame);

            clients.get(0).closePolitely();
            WebSocketClient next = server.connect("alice");
            assertThat(idsOf(server, "alice")).hasSize(places).contains(next.id());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 12})
    void shouldReplaceTheOldestConnection(int places) {
        try (TestServer server = server("replace", places)) {
            List<WebSocketClient> clients =
                    Stream.generate(() -> server.connect("alice")).limit(places).toList();

            WebSocketClient next = server.connect("alice");

            Frame close = clients.get(0).awaitClose();
            assertThat(close.closeCode()).isEqualTo(4003);
            assertThat(close.closeReason()).isEqualTo("replaced");
            assertDelivered(Event.named("agent_started", "user:alice").publishedTo(server), places);
            for (WebSocketClient kept :
                    Stream.concat(clients.stream().skip(1), Stream.of(next)).toList()) {
                assertThat(kept.read().path("event").asText()).isEqualTo("agent_started");
                kept.assertNothingElseCame();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    void shouldLetExactlyOneOfTwoLoginsHaveTheLastPlace(int places) {
        try (TestServer server = server("refuse", places)) {
            IntStream.range(1, places).forEach(i -> server.connect("alice"));
            for (int round = 0; round < ROUNDS; round++) {
                List<WebSocketClient> winners = Threads.atOnce(2, i -> Login.of(server)).stream()
                        .map(Login::client)
                        .filter(Objects::nonNull)
                        .toList();

                assertThat(winners).as("round %s", round).hasSize(1);
                assertThat(idsOf(server, "alice"))
                        .hasSize(places)
                        .contains(winners.get(0).id());
                assertDelivered(to(winners.get(0)).publishedTo(server), 1);
                assertThat(winners.get(0).read().path("event").asText()).isEqualTo("agent_started");
                winners.get(0).closePolitely();
            }
            assertThat(server.stats().path("connections_opened").asInt()).isEqualTo(places - 1 + ROUNDS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    void shouldLetTheLaterOfTwoLoginsReplaceTheEarlierOne(int places) {
        try (TestServer server = server("replace", places)) {
            for (int round = 0; round < ROUNDS; round++) {
                List<WebSocketClient> clients = Threads.atOnce(places + 1, i -> server.connect("alice"));
                List<String> present = idsOf(server, "alice");

                assertThat(present).as("round %s", round).hasSize(places);
                for (WebSocketClient client : clients) {
                    if (present.contains(client.id())) {
                        assertDelivered(to(client).publishedTo(server), 1);
                        assertThat(client.read().path("event").asText()).isEqualTo("agent_started");
                    } else {
                        assertThat(client.awaitClose().closeCode()).isEqualTo(4003);
                        client.close();
                    }
                }
                clients.stream()
                        .filter(client -> present.contains(client.id()))
                        .forEach(WebSocketClient::closePolitely);
            }
            server.awaitNoResidue();
            assertThat(server.stats().path("connections_opened").asInt()).isEqualTo((places + 1) * ROUNDS);
        }
    }

    /** How a connection that was replaced goes at last. */
    enum LateEnd {
        CLOSE_FRAME,
        CLOSE_FRAME_AND_END,
        END_OF_STREAM,
        CLOSE,
        RESET;

        void end(WebSocketClient client) {
            switch (this) {
                case CLOSE_FRAME -> client.send(Frame.close(1000, ""));
                case CLOSE_FRAME_AND_END -> {
                    client.send(Frame.close(1000, ""));
                    client.socket().shutDownOutput();
                }
                case END_OF_STREAM -> client.socket().shutDownOutput();
                case CLOSE -> client.close();
                case RESET -> client.socket().reset();
            }
        }
    }

    /** Each login replaces the one before, whose socket ends when the new connection is already there. */
    @ParameterizedTest
    @EnumSource
    void shouldKeepTheNewConnectionWhenTheOldOneEndsLate(LateEnd late) {
        for (int places : new int[] {1, 9}) {
            try (TestServer server = server("replace", places)) {
                List<WebSocketClient> old = Stream.generate(() -> server.connect("alice"))
                        .limit(places)
                        .toList();
                for (int round = 0; round < ROUNDS / places; round++) {
                    List<WebSocketClient> present = Stream.generate(() -> server.connect("alice"))
                            .limit(places)
                            .toList();
                    old.forEach(late::end);
                    present.forEach(WebSocketClient::assertNothingElseCame);
                    old.forEach(WebSocketClient::close);
                    present.forEach(WebSocketClient::assertNothingElseCame);

                    List<String> ids = present.stream().map(WebSocketClient::id).toList();
                    assertThat(idsOf(server, "alice")).as("round %s", round).isEqualTo(ids);
                    assertDelivered(Event.named("agent_started", "user:alice").publishedTo(server), places);
                    present.forEach(client -> {
                        assertThat(client.read().path("event").asText()).isEqualTo("agent_started");
                        client.assertNothingElseCame();
                    });
                    old = present;
                }
                assertThat(server.stats().path("connections").asInt()).isEqualTo(places);
                assertThat(server.stats().path("bugs").asInt(-1)).isZero();
            }
        }
    }

    /** What was written to a connection just before it was replaced may be lost with it; the user always has a route. */
    @Test
    void shouldNeverLeaveAUserWithoutARouteWhileLoginsReplaceEachOther() {
        try (TestServer server = server("replace", 1)) {
            WebSocketClient publisher = server.connect("bob", TestServer.mayPublish("user:alice"));
            WebSocketClient alice = server.connect("alice");
            for (int round = 0; round < ROUNDS; round++) {
                publisher.send("{\"type\":\"publish\",\"id\":\"r\",\"to\":\"user:alice\",\"data\":" + round + "}");
                WebSocketClient next = server.connect("alice");
                assertThat(publisher.await("receipt").path("outcome").asText()).isIn("delivered", "closed");
                assertDelivered(to(next).publishedBy(publisher), 1);
                alice.close();
                alice = next;
            }
            assertThat(idsOf(server, "alice")).containsExactly(alice.id());
        }
    }

    /** A login that is let in or refused. */
    private record Login(@Nullable WebSocketClient client) {

        static Login of(TestServer server) {
            TestSocket socket = server.open();
            socket.send(server.handshake().bearer(server.token("alice")).bytes());
            TestSocket.Response response = socket.readResponse();
            if (response.status() == 101) {
                return new Login(WebSocketClient.afterTheResponse(socket));
            }
            assertThat(response.status()).isEqualTo(429);
            return new Login(null);
        }
    }

    private static TestServer server(String policy, int places) {
        return TestServer.start(
                "connections-per-user-policy=" + policy,
                "limits.connections-per-user=" + places,
                "limits.messages-per-second=unlimited",
                "limits.messages-per-second-per-user=unlimited");
    }

    private static Event to(WebSocketClient client) {
        return Event.named("agent_started", "connection:" + client.id());
    }

    private static List<String> idsOf(TestServer server, String user) {
        return server.router().router().connectionsOf(Address.user(user)).join().stream()
                .map(ConnectionInfo::id)
                .map(Object::toString)
                .toList();
    }
}
