package io.wsrouter.bench.peer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.TokenMinter;
import io.wsrouter.server.Handshake;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NaiveRouterTest {

    private static final String SECRET = "naive-naive-naive-naive-naive-01";
    private static final int MESSAGES = 40;
    private static final List<String> SENT =
            IntStream.range(0, MESSAGES).mapToObj(i -> "message " + i + 'z').toList();

    @Test
    void shouldDeliverToUsersAndToSubscribers() throws InterruptedException {
        try (NaiveRouter router = NaiveRouter.start(0, 2, SECRET, FaultPlan.none());
                WebSocketClient bob = open(router, "bob");
                WebSocketClient alice = open(router, "alice")) {
            alice.subscribe("topic:news");

            JsonNode receipt = bob.publish("user:alice", "\"hi\"");
            bob.publish("topic:news", "{\"n\":1}");

            assertThat(receipt.path("outcome").asText()).isEqualTo("delivered");
            JsonNode message = alice.read();
            assertThat(message.path("type").asText()).isEqualTo("message");
            assertThat(message.path("from").asText()).isEqualTo("user:bob");
            assertThat(message.path("data").asText()).isEqualTo("hi");
            assertThat(alice.read().path("data").toString()).isEqualTo("{\"n\":1}");
            assertThat(bob.publish("user:nobody", "1").path("outcome").asText()).isEqualTo("no_route");
        }
    }

    @Test
    void shouldRefuseForgedToken() throws InterruptedException {
        try (NaiveRouter router = NaiveRouter.start(0, 1, SECRET, FaultPlan.none());
                TestSocket socket = TestSocket.open(router.port())) {
            socket.send(handshake(token("alice", SECRET.replace('0', '1'))).bytes());

            assertThat(socket.readResponse().status()).isEqualTo(401);
        }
    }

    @Test
    void shouldDrop() throws InterruptedException {
        assertThat(received("drop=4")).hasSize(MESSAGES * 3 / 4).isSubsetOf(SENT);
    }

    @Test
    void shouldDuplicate() throws InterruptedException {
        List<String> received = received("duplicate=4");

        assertThat(received).hasSize(MESSAGES * 5 / 4);
        assertThat(received.stream().distinct()).isEqualTo(SENT);
    }

    @Test
    void shouldSwapNeighbours() throws InterruptedException {
        List<String> received = received("swap=4");

        assertThat(SENT).containsAll(received);
        assertThat(IntStream.range(1, received.size())
                        .filter(i -> SENT.indexOf(received.get(i)) < SENT.indexOf(received.get(i - 1))))
                .hasSizeBetween(MESSAGES / 4 - 1, MESSAGES / 4);
    }

    @Test
    void shouldMisdeliver() throws InterruptedException {
        assertThat(received("misdeliver=4")).hasSize(MESSAGES * 3 / 4).isSubsetOf(SENT);
    }

    @Test
    void shouldCorrupt() throws InterruptedException {
        List<String> received = received("corrupt=4");

        assertThat(received).hasSize(MESSAGES);
        assertThat(received.stream().filter(text -> !SENT.contains(text))).hasSize(MESSAGES / 4);
    }

    /** What alice gets of the messages that bob sends her; bob gets those that go astray. */
    private static List<String> received(String faults) throws InterruptedException {
        FaultPlan plan = FaultPlan.parse(faults, 7);
        try (NaiveRouter router = NaiveRouter.start(0, 2, SECRET, plan);
                WebSocketClient alice = open(router, "alice");
                WebSocketClient bob = open(router, "bob")) {
            for (String data : SENT) {
                bob.send("{\"type\":\"publish\",\"to\":\"user:alice\",\"data\":\"" + data + "\"}");
            }
            assertThat((long) untilPong(bob).size()).isEqualTo(plan.count(Fault.MISDELIVER));
            long expected =
                    MESSAGES - plan.count(Fault.DROP) + plan.count(Fault.DUPLICATE) - plan.count(Fault.MISDELIVER);
            List<String> received = new ArrayList<>();
            while (received.size() < expected) {
                received.add(alice.read().path("data").asText());
            }
            assertThat(untilPong(alice)).isEmpty();
            return received;
        }
    }

    /** The data of all messages that have been written so far. */
    private static List<String> untilPong(WebSocketClient client) {
        client.send("{\"type\":\"ping\",\"id\":\"p\"}");
        List<String> received = new ArrayList<>();
        for (JsonNode push = client.read(); !push.path("type").asText().equals("pong"); push = client.read()) {
            received.add(push.path("data").asText());
        }
        return received;
    }

    private static WebSocketClient open(NaiveRouter router, String user) {
        return WebSocketClient.open(TestSocket.open(router.port()), handshake(token(user, SECRET)));
    }

    private static Handshake handshake(String token) {
        return new Handshake("127.0.0.1").bearer(token);
    }

    private static String token(String user, String secret) {
        return new TokenMinter(secret.getBytes(UTF_8), JwtAlgorithm.HS256, null, null, InstantSource.system())
                .mint(user, Duration.ofMinutes(1), Grants.NONE);
    }
}
