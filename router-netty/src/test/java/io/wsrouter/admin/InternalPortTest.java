package io.wsrouter.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.server.TestJson;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.TestSocket.Response;
import io.wsrouter.server.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InternalPortTest {

    private static final String NDJSON = "application/x-ndjson";

    @AutoClose
    private final TestServer server = TestServer.start("loops=3");

    // ---- publishing

    @Test
    void shouldDeliverAndSaySo() {
        WebSocketClient alice = server.connect("alice");

        Response response = server.ask(
                "POST", "/v1/publish", "{\"id\":\"7\",\"to\":\"user:alice\",\"event\":\"e\",\"data\":[1 ,2]}");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers()).containsEntry("content-type", "application/json");
        assertThat(response.json().toString())
                .isEqualTo("{\"type\":\"receipt\",\"id\":\"7\",\"outcome\":\"delivered\",\"matched\":1,\"delivered\":1,"
                        + "\"queued\":0,\"refused\":{}}");
        String message = alice.readFrame().text();
        assertThat(message)
                .contains("\"from\":\"user:operator\",\"event\":\"e\"")
                .endsWith("\"data\":[1 ,2]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"to\":\"user:nobody\"} | 404 | no_route",
                "{\"to\":\"topic:nothing\"} | 404 | no_route",
                "{\"to\":\"connection:ws_alice_1757375098_6ead719c\"} | 404 | no_route",
                "{\"to\":\"connection:malformed\"} | 403 | forbidden",
                "{\"to\":\"user:nobody\",\"user\":\"alice\"} | 409 | owner_mismatch"
            })
    void shouldTellTheTruthInTheStatus(String body, int status, String outcome) {
        Response response = server.ask("POST", "/v1/publish", body);

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.json().path("outcome").asText()).isEqualTo(outcome);
    }

    @Test
    void shouldRefuseAPublisherWithoutTheGrant() {
        WebSocketClient bob = server.connect("bob");

        Response response =
                server.ask("POST", "/v1/publish", server.token("alice"), "application/json", "{\"to\":\"user:bob\"}");

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.json().path("outcome").asText()).isEqualTo("forbidden");
        bob.assertNothingElseCame();
        server.connect("alice");
        assertThat(server.ask(
                                "POST",
                                "/v1/publish",
                                server.token("alice"),
                                "application/json",
                                "{\"to\":\"user:alice\"}")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{}",
                "{\"type\":\"publish\",\"to\":\"user:a\"}",
                "{\"to\":\"user:a\",\"from\":\"user:b\"}",
                "{\"to\":\"user:a\"}{\"to\":\"user:a\"}",
                "{\"to\":\"user:a\",\"to\":\"user:a\"}"
            })
    void shouldRefuseWhatIsNotAPublish(String body) {
        Response response = server.ask("POST", "/v1/publish", body);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.json().path("error").asText()).isEqualTo("bad_request");
    }

    @Test
    void shouldCountWhatABackEndIsRefused() {
        String token = server.token("back-end");
        String claim = "{\"to\":\"user:a\",\"from\":\"user:b\"}";
        server.ask("POST", "/v1/publish", token, "application/json", claim);
        server.ask("POST", "/v1/publish", token, "application/json", "{\"to\":\"user:a\",\"user_id\":\"back-end\"}");
        server.ask("POST", "/v1/publish", token, "application/json", "{\"to\":\"connection:x\"}");
        server.ask("POST", "/v1/publish", token, "application/x-ndjson", claim + "\n{\"to\":\"user:a\"}\nx\n");

        JsonNode stats = server.stats();

        assertThat(stats.path("bad_requests").asInt()).isEqualTo(4);
        assertThat(stats.path("owner_mismatches").asInt()).isEqualTo(3);
        assertThat(stats.path("denied").asInt()).isEqualTo(2);
        assertThat(stats.path("published").asInt()).isEqualTo(2);
        assertThat(stats.path("publishes_refused").asInt()).isEqualTo(2);
    }

    @Test
    void shouldRefuseInvalidUtf8() {
        TestSocket socket = server.openInternal();
        socket.send("POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + server.token("operator", TestServer.ALL)
                + "\r\nContent-Length: 24\r\n\r\n{\"to\":\"user:a\",\"data\":\"");
        socket.send(new byte[] {(byte) 0xC3, '"'});
        socket.send("}");

        Response response = socket.readResponse();

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.json().path("reason").asText()).isEqualTo("not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 3_000, 20_000, 65_000})
    void shouldTakeLargeBodies(int length) {
        WebSocketClient alice = server.connect("alice");

        Response response =
                server.ask("POST", "/v1/publish", "{\"to\":\"user:alice\",\"data\":\"" + "x".repeat(length) + "\"}");

        assertThat(response.status()).isEqualTo(200);
        assertThat(alice.read().path("data").asText()).hasSize(length);
    }

    @Test
    void shouldRefuseAMessageThatIsTooLarge() {
        Response response =
                server.ask("POST", "/v1/publish", "{\"to\":\"user:alice\",\"data\":\"" + "x".repeat(65_536) + "\"}");

        assertThat(response.status()).isEqualTo(413);
        assertThat(response.json().path("outcome").asText()).isEqualTo("too_large");
    }

    @Test
    void shouldRefuseABodyThatIsTooLargeAndGoOn() {
        TestSocket socket = server.openInternal();
        socket.send(request("POST", "/v1/publish", NDJSON, "x".repeat(1024 * 1024 + 1)));
        assertThat(socket.readResponse().status()).isEqualTo(413);

        socket.send(request("GET", "/livez", NDJSON, ""));
        assertThat(socket.readResponse().status()).isEqualTo(200);
    }

    @Test
    void shouldPublishABatchInOrderAndAnswerEachLine() {
        WebSocketClient alice = server.connect("alice");
        String batch = IntStream.range(0, 500)
                .mapToObj(i -> switch (i % 5) {
                    case 0 -> "{\"id\":\"" + i + "\",\"to\":\"user:nobody\",\"data\":1}";
                    case 1 -> "bad";
                    default -> "{\"id\":\"" + i + "\",\"to\":\"user:alice\",\"data\":" + i + "}";
                })
                .collect(Collectors.joining("\n", "\n", "\n\n"));

        Response response = server.ask("POST", "/v1/publish", server.token("back-end", TestServer.ALL), NDJSON, batch);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers()).containsEntry("content-type", NDJSON);
        List<JsonNode> receipts = response.body().lines().map(TestJson::parse).toList();
        assertThat(receipts).hasSize(500);
        for (int i = 0; i < 500; i++) {
            JsonNode receipt = receipts.get(i);
            switch (i % 5) {
                case 0 -> assertThat(receipt.path("outcome").asText()).isEqualTo("no_route");
                case 1 -> assertThat(receipt.path("code").asText()).isEqualTo("bad_request");
                default -> {
                    assertThat(receipt.path("outcome").asText()).isEqualTo("delivered");
                    assertThat(receipt.path("id").asInt()).isEqualTo(i);
                    assertThat(alice.read().path("data").asInt()).isEqualTo(i);
                }
            }
        }
    }

    // ---- who may ask

    @Test
    void shouldWantATokenThatIsGood() {
        TestSocket socket = server.openInternal();
        socket.send("GET /v1/stats HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Response without = socket.readResponse();
        assertThat(without.status()).isEqualTo(401);
        assertThat(without.json().path("error").asText()).isEqualTo("token_missing");

        Response forged = server.ask("GET", "/v1/stats", "forged", "text/plain", "");
        assertThat(forged.status()).isEqualTo(401);
        assertThat(forged.json().path("error").asText()).isEqualTo("token_malformed");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/stats",
        "GET, /v1/users/alice",
        "DELETE, /v1/users/alice/connections",
        "GET, /v1/connections/ws_alice_1757375098_6ead719c",
        "DELETE, /v1/connections/ws_alice_1757375098_6ead719c"
    })
    void shouldKeepAdministrationToAdmins(String method, String path) {
        Response response = server.ask(method, path, server.token("alice"), "text/plain", "");

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.json().path("error").asText()).isEqualTo("forbidden");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LOCALHOST:9090, 200",
        "127.0.0.1, 200",
        "127.1.2.3:80, 200",
        "[::1]:9090, 200",
        "evil.example, 421",
        "localhost.evil.example, 421",
        "127.0.0.1.evil.example, 421",
        "evil.example:9090, 421",
        "'', 421",
        ", 421"
    })
    void shouldAnswerToLoopbackHostsOnly(String host, int status) {
        TestSocket socket = server.openInternal();
        socket.send("GET /livez HTTP/1.1\r\n" + (host == null ? "" : "Host: " + host + "\r\n") + "\r\n");

        assertThat(socket.readResponse().status()).isEqualTo(status);
    }

    // ---- users, connections, statistics, health

    @Test
    void shouldDescribeUsersAndConnections() {
        WebSocketClient first = server.connect("alice", TestServer.ALL);
        first.subscribe("topic:b");
        first.subscribe("topic:a");
        WebSocketClient second = server.connect("alice");

        JsonNode user = server.ask("GET", "/v1/users/alice", "").json();

        assertThat(user.path("user").asText()).isEqualTo("alice");
        assertThat(user.path("connections").findValuesAsText("connection")).containsExactly(first.id(), second.id());
        JsonNode connection =
                server.ask("GET", "/v1/connections/" + first.id(), "").json();
        assertThat(connection.path("user").asText()).isEqualTo("alice");
        assertThat(connection.path("subscriptions").toString()).isEqualTo("[\"topic:a\",\"topic:b\"]");
        assertThat(connection.path("expires").asLong())
                .isEqualTo(first.welcome().path("expires").asLong());

        assertThat(server.ask("GET", "/v1/users/nobody", "").status()).isEqualTo(404);
        assertThat(server.ask("GET", "/v1/connections/nonsense", "").status()).isEqualTo(404);
        assertThat(server.ask("DELETE", "/v1/connections/ws_alice_1757375098_6ead719c", "")
                        .status())
                .isEqualTo(404);
        assertThat(server.ask("DELETE", "/v1/users/nobody/connections", "")
                        .json()
                        .path("closed")
                        .asInt(-1))
                .isZero();
    }

    @Test
    void shouldFindUsersWithEscapesInTheirPath() {
        WebSocketClient client = server.connect("team/a+b:\u00e9");

        Response user = server.ask("GET", "/v1/users/team%2Fa+b%3A%C3%A9", "");

        assertThat(user.status()).isEqualTo(200);
        assertThat(user.json().path("user").asText()).isEqualTo("team/a+b:\u00e9");
        assertThat(server.ask(
                                "GET",
                                "/v1/connections/"
                                        + client.id().replace("/", "%2F").replace("\u00e9", "%C3%A9"),
                                "")
                        .status())
                .isEqualTo(200);
        assertThat(server.ask("DELETE", "/v1/users/team%2Fa+b%3A%C3%A9/connections", "")
                        .json()
                        .path("closed")
                        .asInt())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/users/%zz", "/v1/users/%", "/livez%"})
    void shouldBlameTheClientForABadPath(String path) {
        assertThat(server.ask("GET", path, "").status()).isBetween(400, 404);
    }

    @Test
    void shouldRefuseUnknownPathsAndMethods() {
        assertThat(server.ask("GET", "/", "").status()).isEqualTo(404);
        assertThat(server.ask("GET", "/v1/nothing", "").status()).isEqualTo(404);
        assertThat(server.ask("GET", "/v1/users/a/b", "").status()).isEqualTo(404);
        assertThat(server.ask("GET", "/v1/nothing", "").json().has("outcome")).isFalse();
        assertThat(server.ask("GET", "/v1/publish", "").status()).isEqualTo(405);
        assertThat(server.ask("POST", "/v1/stats", "").status()).isEqualTo(405);
        assertThat(server.ask("DELETE", "/v1/users/alice", "").status()).isEqualTo(405);
        assertThat(server.ask("GET", "/v1/users/alice/connections", "").status())
                .isEqualTo(405);
        assertThat(server.ask("POST", "/v1/connections/ws_alice_1757375098_6ead719c", "")
                        .status())
                .isEqualTo(405);
    }

    @Test
    void shouldCount() {
        WebSocketClient alice = server.connect("alice", TestServer.ALL);
        server.connect("bob");
        alice.subscribe("topic:a");
        alice.publish("user:bob", "1");
        alice.publish("user:nobody", "1");

        JsonNode stats = server.stats();

        assertThat(stats.path("connections").asInt()).isEqualTo(2);
        assertThat(stats.path("users").asInt()).isEqualTo(2);
        assertThat(stats.path("topics").asInt()).isEqualTo(1);
        assertThat(stats.path("subscribedTopics").asInt()).isEqualTo(1);
        assertThat(stats.path("published").asInt()).isEqualTo(2);
        assertThat(stats.path("publishes_refused").asInt()).isEqualTo(1);
        assertThat(stats.path("delivered").asInt()).isEqualTo(1);
        assertThat(stats.path("misdelivery_refused").asInt(-1)).isZero();
    }

    @Test
    void shouldBeLiveAndReady() {
        assertThat(health("/livez").body()).contains("\"live\":true");
        Response ready = health("/readyz");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.json().toString()).contains("\"ready\":true").contains("\"reasons\":[]");
    }

    @Test
    void shouldNotBeReadyWhileDraining() throws InterruptedException {
        WebSocketClient lingering = server.connect("alice");
        Thread closing = new Thread(() -> server.router().close());
        closing.start();
        assertThat(lingering.readFrame().closeCode()).isEqualTo(1012);

        Response ready = health("/readyz");

        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.headers()).containsEntry("retry-after", "1");
        assertThat(ready.json().path("reasons").toString()).isEqualTo("[\"draining\"]");
        assertThat(health("/livez").status()).isEqualTo(200);
        lingering.close();
        closing.join(TestSocket.PATIENCE.toMillis());
        assertThat(closing.isAlive()).isFalse();
    }

    // ---- HTTP

    @Test
    void shouldAnswerPipelinedRequestsInOrder() {
        WebSocketClient alice = server.connect("alice");
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        for (int i = 0; i < 50; i++) {
            requests.writeBytes(request(
                    "POST",
                    "/v1/publish",
                    "application/json",
                    "{\"id\":\"" + i + "\",\"to\":\"user:" + (i % 2 == 0 ? "alice" : "nobody" + i) + "\",\"data\":" + i
                            + "}"));
            requests.writeBytes(request("GET", "/readyz", "text/plain", ""));
        }
        TestSocket socket = server.openInternal();

        socket.send(requests.toByteArray());

        for (int i = 0; i < 50; i++) {
            Response receipt = socket.readResponse();
            assertThat(receipt.json().path("id").asInt(-1)).isEqualTo(i);
            assertThat(receipt.status()).isEqualTo(i % 2 == 0 ? 200 : 404);
            assertThat(socket.readResponse().json().path("ready").asBoolean()).isTrue();
            if (i % 2 == 0) {
                assertThat(alice.read().path("data").asInt()).isEqualTo(i);
            }
        }
    }

    @Test
    void shouldCloseWhenAskedTo() {
        TestSocket socket = server.openInternal();
        socket.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(socket.readResponse().headers()).containsEntry("connection", "close");
        assertThat(socket.read()).isEqualTo(-1);
    }

    @Test
    void shouldRefuseWhatIsNotHttp() {
        TestSocket socket = server.openInternal();
        socket.send("nonsense\r\n\r\n");

        assertThat(socket.readResponse().status()).isEqualTo(400);
    }

    @Test
    void shouldSurviveClientsThatVanish() {
        for (int i = 0; i < 20; i++) {
            TestSocket socket = server.openInternal();
            byte[] request = request("POST", "/v1/publish", NDJSON, "{\"to\":\"user:alice\",\"data\":1}\n".repeat(100));
            socket.send(Arrays.copyOf(request, i % 3 == 0 ? request.length : request.length - i * 20));
            if (i % 2 == 0) {
                socket.reset();
            } else {
                socket.close();
            }
        }

        await().until(() -> health("/livez").status() == 200);
        server.awaitNoResidue();
    }

    private Response health(String path) {
        try (TestSocket socket = TestSocket.open(server.router().internalPort())) {
            socket.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            return socket.readResponse();
        }
    }

    private byte[] request(String method, String path, String contentType, String body) {
        return (method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                        + server.token("operator", TestServer.ALL) + "\r\nContent-Type: " + contentType
                        + "\r\nContent-Length: " + body.getBytes(UTF_8).length + "\r\n\r\n" + body)
                .getBytes(UTF_8);
    }
}
