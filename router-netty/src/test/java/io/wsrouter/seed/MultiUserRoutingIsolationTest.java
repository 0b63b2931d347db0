package io.wsrouter.seed;

import static io.wsrouter.seed.Receipts.assertDelivered;
import static io.wsrouter.seed.Receipts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wsrouter.server.Handshake;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Nobody receives what is another's. Every token is a real one, every assertion is on what came over the socket. */
final class MultiUserRoutingIsolationTest {

    private static final String READ_AND_WRITE = "[\"read\",\"write\"]";
    private static final int MESSAGES = 10;

    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void shouldDeliverToTheOwnerAndRefuseEveryCrossedMessage() {
        List<String> names = List.of("agent_started", "tool_executing", "agent_completed");
        List<String> users = List.of("isolation_user_0", "isolation_user_1", "isolation_user_2");
        List<WebSocketClient> clients = users.stream()
                .map(user -> connect(user, Jwt.claims(user, READ_AND_WRITE, 30)))
                .toList();

        try (CapturedLog log = new CapturedLog()) {
            for (int sender = 0; sender < 3; sender++) {
                Event event = Event.named(names.get(sender), "connection:")
                        .with("{\"sensitive_data\":\"of " + users.get(sender) + "\"}")
                        .claimedFor(users.get(sender));
                for (int receiver = 0; receiver < 3; receiver++) {
                    Event addressed =
                            event.to("connection:" + clients.get(receiver).id());
                    if (receiver == sender) {
                        assertDelivered(addressed.publishedToItselfBy(clients.get(sender)), 1);
                    } else {
                        assertRefused(addressed.publishedBy(clients.get(sender)), "owner_mismatch");
                    }
                }
            }
            await().untilAsserted(() -> assertThat(log.lines())
                    .filteredOn(line -> line.contains("\"event\":\"owner_mismatch\""))
                    .hasSize(6));
            assertThat(log.lines()).noneMatch(line -> line.contains("sensitive_data"));
        }

        clients.forEach(WebSocketClient::assertNothingElseCame);
        assertThat(server.stats().path("delivered").asInt()).isEqualTo(3);
        assertThat(server.stats().path("owner_mismatches").asInt()).isEqualTo(6);
        assertThat(server.stats().path("connections").asInt()).isEqualTo(3);
    }

    /** All sockets are looked at once more when everybody has finished, so that nothing comes late to the wrong one. */
    @Test
    void shouldKeepFiveBusyUsersApart() {
        List<WebSocketClient> clients = Threads.atOnce(5, number -> {
            String user = "stress_user_" + number;
            WebSocketClient client = connect(user, Jwt.claims(user, READ_AND_WRITE, 30));
            List<Event> events = IntStream.range(0, MESSAGES)
                    .mapToObj(n -> Event.named("agent_thinking", "user:" + user)
                            .with("{\"message_id\":\"" + user + '_' + n + "\",\"private_data\":\"of " + user + "\"}")
                            .claimedFor(user))
                    .toList();
            events.forEach(event -> event.sentBy(client));
            events.forEach(event -> event.assertReceivedBy(client, user));
            return client;
        });

        clients.forEach(WebSocketClient::assertNothingElseCame);
        assertThat(server.stats().path("delivered").asInt()).isEqualTo(50);
        assertThat(server.stats().path("refused").asInt(-1)).isZero();
    }

    @Test
    void shouldEnforceOwnershipAndLeaveThePermissionsOfTheApplicationAlone() {
        WebSocketClient valid = connect("valid_user", Jwt.claims("valid_user", READ_AND_WRITE, 30));
        WebSocketClient limited = connect("limited_user", Jwt.claims("limited_user", "[\"read\"]", 30));
        String write = "{\"action\":\"write\"}";

        Event mine = Event.named("agent_started", "user:valid_user").with(write);
        assertDelivered(mine.publishedTo(server), 1);
        Event limiteds = Event.named("agent_started", "user:limited_user").with(write);
        assertDelivered(limiteds.publishedTo(server), 1);
        Event crossed = Event.named("agent_started", "connection:" + valid.id()).with(write);
        assertRefused(crossed.claimedFor("limited_user").publishedTo(server), "owner_mismatch");
        assertRefused(crossed.publishedBy(limited), "forbidden");

        mine.assertReceivedBy(valid, "operator");
        valid.assertNothingElseCame();
        limited.assertNothingElseCame();
    }

    @Test
    void shouldLetInNobodyWithABadToken() {
        String user = "token_user";
        String good = Jwt.claims(user, READ_AND_WRITE, 30);
        try (TestServer strict = TestServer.start("auth.issuer=login", "auth.audience=chat")) {
            String named = with(good, "\"iss\":\"login\",\"aud\":\"chat\"");
            assertRefusedToken(strict, Jwt.of(with(good, "\"iss\":\"elsewhere\",\"aud\":\"chat\"")), "issuer_mismatch");
            assertRefusedToken(strict, Jwt.of(with(good, "\"iss\":\"login\",\"aud\":\"mail\"")), "audience_mismatch");
            WebSocketClient.open(strict.open(), strict.handshake().bearer(Jwt.of(named)));
        }
        assertRefusedToken(server, Jwt.of(Jwt.claims(user, READ_AND_WRITE, -1)), "token_expired");
        assertRefusedToken(server, "invalid_token_string", "token_malformed");
        assertRefusedToken(
                server,
                Jwt.of("{\"alg\":\"HS256\"}", good, "another secret, also longer than 32 bytes"),
                "bad_signature");
        assertRefusedToken(server, Jwt.unsigned(good), "token_malformed");
        assertRefusedToken(server, Jwt.of("{\"alg\":\"none\"}", good, TestServer.SECRET), "algorithm_not_allowed");
        assertRefusedToken(server, Jwt.of("{\"alg\":\"RS256\"}", good, TestServer.SECRET), "algorithm_not_allowed");
        assertRefusedToken(server, Jwt.of(good.replace("\"sub\":\"" + user + "\",", "")), "subject_missing");
        assertRefusedToken(server, Jwt.of(good.replaceFirst(",\"exp\":[0-9]+", "")), "expiry_missing");
        assertRefusedToken(server, Jwt.of(with(good, "\"nbf\":99999999999")), "token_not_yet_valid");
        assertUnauthorized(
                server,
                server.handshake().bearer(Jwt.of(good)).with("X-User-ID", "somebody_else"),
                "identity_mismatch");

        WebSocketClient client = connect(user, good);

        assertDelivered(Event.named("agent_started", "user:" + user).publishedTo(server), 1);
        assertThat(client.read().path("event").asText()).isEqualTo("agent_started");
        client.assertNothingElseCame();
        assertThat(server.stats().path("connections_opened").asInt()).isEqualTo(1);
    }

    private WebSocketClient connect(String user, String claims) {
        return WebSocketClient.open(
                server.open(), server.handshake().bearer(Jwt.of(claims)).with("X-User-ID", user));
    }

    private static String with(String claims, String more) {
        return claims.replaceFirst("}$", "," + more + "}");
    }

    private static void assertRefusedToken(TestServer server, String token, String word) {
        assertUnauthorized(server, server.handshake().bearer(token), word);
    }

    private static void assertUnauthorized(TestServer server, Handshake handshake, String word) {
        TestSocket.Response response = server.answerTo(handshake);
        assertThat(response.status()).as(response.body()).isEqualTo(401);
        assertThat(response.json().path("error").asText()).isEqualTo(word);
        assertThat(response.headers()).containsKey("www-authenticate");
    }
}
