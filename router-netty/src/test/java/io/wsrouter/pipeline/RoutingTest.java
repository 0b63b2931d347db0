package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestJson;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets what, and what the publisher is told. */
final class RoutingTest {

    @AutoClose
    private final TestServer server = TestServer.start("loops=3");

    @Test
    void shouldWelcomeFirstAndInFull() {
        long before = Instant.now().getEpochSecond();

        WebSocketClient alice = server.connect("alice");

        JsonNode welcome = alice.welcome();
        assertThat(fieldNames(welcome))
                .containsExactly("type", "connection", "user", "node", "heartbeat", "maxMessageBytes", "expires");
        assertThat(alice.id()).matches("ws_alice_[0-9]{10}_[0-9a-f]{8}");
        assertThat(welcome.path("user").asText()).isEqualTo("alice");
        assertThat(welcome.path("node").asText()).isEqualTo("n1");
        assertThat(welcome.path("heartbeat").asInt()).isEqualTo(25);
        assertThat(welcome.path("maxMessageBytes").asInt()).isEqualTo(65536);
        assertThat(welcome.path("expires").asLong()).isBetween(before + 600, before + 630);
    }

    @Test
    void shouldDeliverToEveryConnectionOfAUserAndToNobodyElse() {
        List<WebSocketClient> alices =
                Stream.generate(() -> server.connect("alice")).limit(3).toList();
        WebSocketClient bob = server.connect("bob", TestServer.mayPublish("user:alice"));
        WebSocketClient carol = server.connect("carol");

        JsonNode receipt = bob.publish("user:alice", "{\"n\":1}");

        assertReceipt(receipt, "delivered", 3, 3);
        for (WebSocketClient alice : alices) {
            JsonNode message = alice.read();
            assertThat(fieldNames(message)).containsExactly("type", "to", "from", "at", "data");
            assertThat(message.path("type").asText()).isEqualTo("message");
            assertThat(message.path("to").asText()).isEqualTo("user:alice");
            assertThat(message.path("from").asText()).isEqualTo("user:bob");
            assertThat(message.path("at").asLong()).isCloseTo(System.currentTimeMillis(), within(60_000L));
            assertThat(message.path("data").toString()).isEqualTo("{\"n\":1}");
            alice.assertNothingElseCame();
        }
        bob.assertNothingElseCame();
        carol.assertNothingElseCame();
    }

    @Test
    void shouldDeliverToOneConnection() {
        WebSocketClient first = server.connect("alice");
        WebSocketClient second = server.connect("alice");

        assertReceipt(first.publish("connection:" + second.id(), "1"), "delivered", 1, 1);

        assertThat(second.read().path("to").asText()).isEqualTo("connection:" + second.id());
        second.assertNothingElseCame();
        first.assertNothingElseCame();
    }

    @Test
    void shouldDeliverToTheSubscribersOfATopic() {
        WebSocketClient publisher = server.connect("publisher", TestServer.ALL);
        assertReceipt(publisher.publish("topic:chat.1", "0"), "no_route", 0, 0);
        List<WebSocketClient> subscribers =
                Stream.of("a", "b", "c", "d", "e", "f").map(this::subscriber).toList();
        WebSocketClient other = server.connect("other", TestServer.maySubscribe("topic:*"));
        other.subscribe("topic:chat.2");

        assertReceipt(publisher.publish("topic:chat.1", "1"), "delivered", 6, 6);

        for (WebSocketClient subscriber : subscribers) {
            assertThat(subscriber.read().path("data").asInt()).isEqualTo(1);
            subscriber.assertNothingElseCame();
        }
        other.assertNothingElseCame();

        subscribers.get(0).send("{\"type\":\"unsubscribe\",\"id\":\"u\",\"to\":\"topic:chat.1\"}");
        assertThat(subscribers.get(0).read().toString()).isEqualTo("{\"type\":\"ok\",\"id\":\"u\"}");
        subscribers.get(1).closePolitely();
        assertReceipt(publisher.publish("topic:chat.1", "2"), "delivered", 4, 4);
        subscribers.get(0).assertNothingElseCame();
    }

    @Test
    void shouldCountTwoSubscriptionsToOneTopicOnce() {
        WebSocketClient alice = server.connect("alice", TestServer.ALL);
        alice.subscribe("topic:chat.1");
        alice.subscribe("topic:chat.1");

        alice.send("{\"type\":\"publish\",\"to\":\"topic:chat.1\",\"data\":1}");

        assertThat(alice.read().path("data").asInt()).isEqualTo(1);
        alice.assertNothingElseCame();
    }

    @Test
    void shouldRefuseWhatIsNotGranted() {
        WebSocketClient alice = server.connect("alice");
        WebSocketClient bob = server.connect("bob");

        assertReceipt(alice.publish("user:bob", "1"), "forbidden", 0, 0);
        assertReceipt(alice.publish("user:nobody", "1"), "forbidden", 0, 0);
        assertReceipt(alice.publish("topic:chat.1", "1"), "forbidden", 0, 0);
        assertReceipt(alice.publish("connection:" + bob.id(), "1"), "forbidden", 0, 0);
        assertReceipt(alice.publish("connection:ws_bob_1757375098_6ead719c", "1"), "forbidden", 0, 0);
        bob.assertNothingElseCame();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "ws_alice", "ws_alice_1_ABCDEF01", "ws_alice_1757375098_6ead719c_", "ws__1_6ead719c"})
    void shouldForbidMalformedConnectionIds(String id) {
        assertReceipt(server.connect("alice", TestServer.ALL).publish("connection:" + id, "1"), "forbidden", 0, 0);
    }

    @Test
    void shouldSayThatThereIsNoRoute() {
        WebSocketClient alice = server.connect("alice", TestServer.mayPublish("*"));

        assertReceipt(alice.publish("user:nobody", "1"), "no_route", 0, 0);
        assertReceipt(alice.publish("topic:nothing", "1"), "no_route", 0, 0);
        assertReceipt(alice.publish("connection:ws_alice_1757375098_6ead719c", "1"), "no_route", 0, 0);

        WebSocketClient gone = server.connect("bob");
        gone.closePolitely();
        assertReceipt(alice.publish("connection:" + gone.id(), "1"), "no_route", 0, 0);
        assertReceipt(alice.publish("user:bob", "1"), "no_route", 0, 0);
    }

    @Test
    void shouldRefuseWhoeverIsMistakenAboutTheOwner() {
        WebSocketClient alice = server.connect("alice", TestServer.mayPublish("*"));
        WebSocketClient bob = server.connect("bob");

        assertThat(outcome(alice, "user:bob", "\"user\":\"carol\"")).isEqualTo("owner_mismatch");
        assertThat(outcome(alice, "connection:" + bob.id(), "\"user\":\"alice\""))
                .isEqualTo("owner_mismatch");
        assertThat(outcome(alice, "user:bob", "\"user\":\"BOB\"")).isEqualTo("owner_mismatch");
        assertThat(outcome(alice, "user:bob", "\"user\":\"\"")).isEqualTo("owner_mismatch");
        bob.assertNothingElseCame();

        assertThat(outcome(alice, "user:bob", "\"user\":\"bob\"")).isEqualTo("delivered");
        assertThat(outcome(alice, "connection:" + bob.id(), "\"user\":\"bob\"")).isEqualTo("delivered");
        assertThat(outcome(bob, "user:alice", "\"user\":\"bob\"")).isEqualTo("owner_mismatch");
    }

    @Test
    void shouldTellAPublisherWithoutIdsOfRefusalsAtMostOnceASecond() {
        WebSocketClient alice = server.connect("alice");
        for (int i = 0; i < 5; i++) {
            alice.send("{\"type\":\"publish\",\"to\":\"user:bob\",\"data\":1}");
        }
        alice.send("{\"type\":\"publish\",\"to\":\"user:alice\",\"data\":1}");

        assertThat(alice.read().toString())
                .isEqualTo("{\"type\":\"refused\",\"count\":1,\"outcomes\":{\"forbidden\":1}}");
        assertThat(alice.read().path("type").asText()).isEqualTo("message");
        assertThat(alice.read().toString())
                .isEqualTo("{\"type\":\"refused\",\"count\":4,\"outcomes\":{\"forbidden\":4}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"user:alice", "user:bob", "connection:ws_alice_1757375098_6ead719c", "connection:x", "topic:ops"
            })
    void shouldForbidSubscriptionsToAnythingButGrantedTopics(String address) {
        WebSocketClient alice = server.connect("alice", TestServer.maySubscribe("user:*", "topic:chat.*"));

        alice.send("{\"type\":\"subscribe\",\"id\":\"8\",\"to\":\"" + address + "\"}");

        JsonNode error = alice.read();
        assertThat(error.path("type").asText()).isEqualTo("error");
        assertThat(error.path("id").asText()).isEqualTo("8");
        assertThat(error.path("code").asText()).isEqualTo("forbidden");
        assertThat(error.path("retryable").asBoolean(true)).isFalse();
        assertThat(server.stats().path("topics").asInt()).isZero();
    }

    @Test
    void shouldAnswerPings() {
        WebSocketClient alice = server.connect("alice");

        alice.send("{\"type\":\"ping\",\"id\":\"11\"}");
        assertThat(alice.read().toString()).isEqualTo("{\"type\":\"pong\",\"id\":\"11\"}");
        alice.send("{\"type\":\"ping\"}");
        assertThat(alice.read().toString()).isEqualTo("{\"type\":\"pong\"}");
        alice.send("{\"type\":\"ping\",\"id\":\"\\\"},\\u0000\\ud83d\\ude00\"}");
        assertThat(alice.read().path("id").asText()).isEqualTo("\"},\0\ud83d\ude00");

        byte[] payload = new byte[125];
        Arrays.fill(payload, (byte) 0xFE);
        alice.send(Frame.of(Frame.PING, payload));
        Frame pong = alice.readFrame();
        assertThat(pong.opcode()).isEqualTo(Frame.PONG);
        assertThat(pong.payload()).isEqualTo(payload);
        alice.send(Frame.of(Frame.PONG, payload));
        alice.assertNothingElseCame();
    }

    @Test
    void shouldKeepTheOrderOfAnswers() {
        WebSocketClient alice = server.connect("alice", TestServer.ALL);
        StringBuilder expected = new StringBuilder();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            bytes.writeBytes(
                    Frame.text("{\"type\":\"ping\",\"id\":\"" + i + "\"}").masked());
            bytes.writeBytes(Frame.of(Frame.PING, new byte[] {(byte) i}).masked());
            expected.append(i).append(' ');
        }
        alice.socket().send(bytes.toByteArray());

        StringBuilder jsonPongs = new StringBuilder();
        StringBuilder pongs = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            Frame frame = alice.readFrame();
            if (frame.opcode() == Frame.PONG) {
                pongs.append(frame.payload()[0] & 0xFF).append(' ');
            } else {
                JsonNode push = TestJson.parse(frame.text());
                assertThat(push.path("type").asText()).isEqualTo("pong");
                jsonPongs.append(push.path("id").asText()).append(' ');
            }
        }
        assertThat(jsonPongs).hasToString(expected.toString());
        assertThat(pongs).hasToString(expected.toString());
    }

    @Test
    void shouldRouteToUsersWithUnusualNames() {
        String user = "t\u00e9am/o'neil:\ud83d\ude00_1_2<&";
        WebSocketClient client = server.connect(user);

        assertReceipt(client.publish("user:" + user, "1"), "delivered", 1, 1);

        assertThat(client.welcome().path("user").asText()).isEqualTo(user);
        assertReceipt(client.publish("connection:" + client.id(), "1"), "delivered", 1, 1);
        server.connect("someone");
        client.closePolitely();
    }

    @Test
    void shouldCloseAtTheExpiryOfTheToken() {
        WebSocketClient alice = WebSocketClient.open(
                server.open(), server.handshake().bearer(server.token("alice", Duration.ofSeconds(1))));

        Frame close = alice.awaitClose();

        assertThat(close.closeCode()).isEqualTo(4001);
        assertThat(close.closeReason()).isEqualTo("token_expired");
        assertThat(System.currentTimeMillis() / 1000)
                .isGreaterThanOrEqualTo(alice.welcome().path("expires").asLong());
        server.awaitNoResidue();
    }

    @Test
    void shouldLeaveNothingBehind() {
        for (String user : List.of("a", "b", "c", "d")) {
            WebSocketClient client = server.connect(user, TestServer.ALL);
            client.subscribe("topic:" + user);
            client.subscribe("topic:all");
            switch (user) {
                case "a" -> client.closePolitely();
                case "b" -> client.close();
                case "c" -> client.socket().reset();
                default -> client.socket().shutDownOutput();
            }
        }

        server.awaitNoResidue();
        assertThat(server.stats().path("connections_opened").asInt()).isEqualTo(4);
        assertThat(server.stats().path("connections_closed").asInt()).isEqualTo(4);
    }

    private WebSocketClient subscriber(String user) {
        WebSocketClient client = server.connect(user, TestServer.maySubscribe("topic:chat.*"));
        client.subscribe("topic:chat.1");
        return client;
    }

    private static String outcome(WebSocketClient from, String to, String claim) {
        from.send("{\"type\":\"publish\",\"id\":\"o\",\"to\":\"" + to + "\"," + claim + "}");
        return from.await("receipt").path("outcome").asText();
    }

    private static void assertReceipt(JsonNode receipt, String outcome, int matched, int delivered) {
        assertThat(receipt.path("outcome").asText()).as(receipt.toString()).isEqualTo(outcome);
        assertThat(receipt.path("matched").asInt()).isEqualTo(matched);
        assertThat(receipt.path("delivered").asInt()).isEqualTo(delivered);
        assertThat(receipt.path("queued").asInt(-1)).isZero();
        assertThat(receipt.path("refused").toString()).isEqualTo("{}");
    }

    private static List<String> fieldNames(JsonNode object) {
        return StreamSupport.stream(((Iterable<String>) object::fieldNames).spliterator(), false)
                .toList();
    }
}
