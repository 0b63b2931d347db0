package io.wsrouter.seed;

import static io.wsrouter.seed.Receipts.assertDelivered;
import static io.wsrouter.seed.Receipts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.routing.ConnectionInfo;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One id per connection: minted in one place, of one grammar, and everybody uses it. */
final class ConnectionIdGenerationConsistencyTest {

    private static final String INCIDENT_USER = "101463487227881885914";
    private static final int PUBLISHES_IN_FLIGHT = 16;

    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void shouldGiveFiveConnectionsOfOneUserFiveIdsOfOneGrammar() {
        List<WebSocketClient> clients = Stream.generate(() -> server.connect("test_user_123456"))
                .limit(5)
                .toList();

        List<String> ids = clients.stream().map(WebSocketClient::id).toList();
        assertThat(ids)
                .doesNotHaveDuplicates()
                .allSatisfy(id -> assertThat(id).matches("ws_test_user_123456_[0-9]{10}_[0-9a-f]{8}"));
        assertThat(idsInTheTables("test_user_123456")).isEqualTo(ids);
        for (WebSocketClient client : clients) {
            Event event = Event.named("agent_started", "connection:" + client.id());
            assertDelivered(event.publishedTo(server), 1);
            event.assertReceivedBy(client, "operator");
        }
        clients.forEach(WebSocketClient::assertNothingElseCame);
    }

    @Test
    void shouldLogTheIdOfTheWelcome() {
        WebSocketClient client = server.connect("test_user_123456");
        try (CapturedLog log = new CapturedLog()) {
            server.ask("DELETE", "/v1/connections/" + client.id(), "");

            await().untilAsserted(() -> assertThat(log.lines())
                    .filteredOn(line -> line.contains("\"event\":\"kicked\""))
                    .singleElement()
                    .asString()
                    .contains("\"address\":\"user:test_user_123456\"", "\"detail\":\"" + client.id() + '"'));
        }
    }

    @Test
    void shouldRouteToWhatItHasIssuedAndRefuseEveryIdOfAnotherShape() {
        WebSocketClient client = server.connect(INCIDENT_USER);
        WebSocketClient backEnd = server.connect("back-end", TestServer.mayPublish("user:*"));
        Event event = Event.named("agent_started", "connection:" + client.id());

        assertRefused(event.to("connection:conn_" + INCIDENT_USER + "_9d2ffe34").publishedBy(backEnd), "forbidden");
        assertRefused(event.to("connection:ws_" + INCIDENT_USER).publishedBy(backEnd), "forbidden");
        String truncated = "connection:ws_10146348_1757371237_8bfbba09";
        assertRefused(event.to(truncated).publishedBy(backEnd), "no_route");
        assertRefused(event.to(truncated).claimedFor(INCIDENT_USER).publishedBy(backEnd), "owner_mismatch");
        assertRefused(
                event.to("connection:ws_" + INCIDENT_USER + "_1757371237_8bfbba09")
                        .publishedBy(backEnd),
                "no_route");
        assertDelivered(event.claimedFor(INCIDENT_USER).publishedBy(backEnd), 1);

        event.assertReceivedBy(client, "back-end");
        client.assertNothingElseCame();
        assertThat(server.stats().path("connections").asInt()).isEqualTo(2);
    }

    @Test
    void shouldKnowAConnectionByTheOneIdInEveryContext() {
        String user = "test_user_1a2b3c4d";
        WebSocketClient client = server.connect(user);
        ConnectionInfo context = server.router()
                .router()
                .connectionsOf(Address.user(user))
                .join()
                .get(0);

        assertThat(context.id()).hasToString(client.id());
        assertThat(server.ask("GET", "/v1/connections/" + client.id(), "")
                        .json()
                        .path("connection")
                        .asText())
                .isEqualTo(client.id());
        Event event = Event.named("agent_completed", "connection:" + context.id());
        assertDelivered(event.publishedTo(server), 1);
        assertRefused(
                event.to("connection:ws_client_test_use_1757371237123_1_8bfbba09")
                        .publishedTo(server),
                "no_route");

        event.assertReceivedBy(client, "operator");
        client.assertNothingElseCame();
    }

    @Test
    void shouldResolveTheSameConnectionWhoeverPublishes() throws Exception {
        WebSocketClient client = server.connect("10146348");
        WebSocketClient other = server.connect("other", TestServer.mayPublish("user:10146348"));
        Event event = Event.named("tool_executing", "connection:" + client.id());

        assertDelivered(event.publishedToItselfBy(client), 1);
        assertDelivered(event.publishedBy(other), 1);
        assertDelivered(event.publishedTo(server), 1);

        event.assertReceivedBy(client, "other");
        event.assertReceivedBy(client, "operator");
        client.assertNothingElseCame();
        assertThat(server.router()
                        .router()
                        .connection(ConnectionId.parse(client.id()))
                        .get())
                .isPresent();
    }

    /** Ten users at once, and one user ten times at once. */
    @ParameterizedTest
    @ValueSource(strings = {"race_condition_user_%d", "race_condition_user"})
    void shouldMintDistinctRoutableIdsForTenThatConnectAtOnce(String user) {
        List<WebSocketClient> clients = Threads.atOnce(10, i -> server.connect(user.formatted(i)));

        assertThat(clients.stream().map(WebSocketClient::id))
                .doesNotHaveDuplicates()
                .allSatisfy(id -> assertThat(id).matches("ws_race_condition_user(_[0-9])?_[0-9]{10}_[0-9a-f]{8}"));
        assertThat(server.stats().path("connections").asInt()).isEqualTo(10);
        for (WebSocketClient client : clients) {
            assertDelivered(
                    Event.named("agent_started", "connection:" + client.id()).publishedTo(server), 1);
            assertThat(client.read().path("to").asText()).isEqualTo("connection:" + client.id());
            client.assertNothingElseCame();
        }

        clients.forEach(WebSocketClient::closePolitely);
        server.awaitNoResidue();
    }

    @Test
    void shouldRouteForBothUsersOfTheIncidentAndNameTheReasonWhenThereIsNone() {
        List<WebSocketClient> clients = new ArrayList<>();
        for (String user : Arrays.asList(INCIDENT_USER, "10146348")) {
            WebSocketClient client = server.connect(user);
            Event event = Event.named("agent_thinking", "connection:" + client.id())
                    .with("{\"connection_id\":\"" + client.id() + "\"}");
            assertThat(client.id()).matches("ws_" + user + "_[0-9]{10}_[0-9a-f]{8}");
            assertDelivered(event.publishedTo(server), 1);
            event.assertReceivedBy(client, "operator");
            clients.add(client);
        }
        clients.forEach(WebSocketClient::assertNothingElseCame);

        clients.get(0).closePolitely();

        TestSocket.Response response = server.ask(
                "POST", "/v1/publish", "{\"to\":\"connection:" + clients.get(0).id() + "\",\"data\":1}");
        assertThat(response.status()).isEqualTo(404);
        assertRefused(response.json(), "no_route");
        clients.get(1).assertNothingElseCame();
    }

    /** More than the kernel takes is on its way to one of the users when the peer resets. */
    @Test
    void shouldNameTheRefusalOfATransportInEveryReceipt() {
        String big = '"' + "x".repeat(60_000) + '"';
        WebSocketClient client = WebSocketClient.open(
                server.keep(TestSocket.open(server.router().publicPort(), 4096)),
                server.handshake().bearer(server.token(INCIDENT_USER)));
        WebSocketClient backEnd = server.connect("back-end", TestServer.mayPublish("user:" + INCIDENT_USER));
        Event event = Event.named("agent_thinking", "connection:" + client.id()).with(big);
        for (int i = 0; i < PUBLISHES_IN_FLIGHT; i++) {
            backEnd.send(
                    "{\"type\":\"publish\",\"id\":\"" + i + "\",\"to\":\"" + event.to() + "\",\"data\":" + big + '}');
        }
        await().until(() -> server.stats().path("matched").asInt() == PUBLISHES_IN_FLIGHT);

        client.socket().reset();

        int delivered = 0;
        int refused = 0;
        for (int i = 0; i < PUBLISHES_IN_FLIGHT; i++) {
            JsonNode receipt = backEnd.await("receipt");
            int ofThis = receipt.path("refused").path("write_failed").asInt()
                    + receipt.path("refused").path("closed").asInt();
            assertThat(receipt.path("matched").asInt()).isEqualTo(1);
            assertThat(receipt.path("delivered").asInt() + ofThis)
                    .as("%s", receipt)
                    .isEqualTo(1);
            delivered += receipt.path("delivered").asInt();
            refused += ofThis;
        }
        backEnd.assertNothingElseCame();
        assertThat(refused).isPositive();
        JsonNode stats = server.stats();
        assertThat(stats.path("delivered").asInt()).isEqualTo(delivered);
        assertThat(stats.path("refused").asInt()).isEqualTo(refused);
        assertThat(stats.at("/connections_closed_by_reason/connection_lost").asInt())
                .isEqualTo(1);
    }

    private List<String> idsInTheTables(String user) {
        JsonNode connections = server.ask("GET", "/v1/users/" + user, "").json().path("connections");
        return StreamSupport.stream(connections.spliterator(), false)
                .map(connection -> connection.path("connection").asText())
                .toList();
    }
}
