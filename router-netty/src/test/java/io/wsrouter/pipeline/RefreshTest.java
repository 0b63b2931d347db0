package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A new token on an open connection. */
final class RefreshTest {

    @AutoClose
    private final TestServer server = TestServer.start("loops=3");

    @Test
    void shouldStayBeyondTheEndOfTheOldToken() {
        WebSocketClient alice = connectFor(Duration.ofSeconds(2));
        long oldEnd = alice.welcome().path("expires").asLong();

        JsonNode ok = refresh(alice, server.token("alice"));
        assertThat(ok.path("type").asText()).isEqualTo("ok");
        assertThat(ok.path("id").asText()).isEqualTo("10");
        assertThat(ok.path("expires").asLong()).isGreaterThan(oldEnd + 500);

        WebSocketClient other = connectFor(Duration.ofSeconds(2));
        assertThat(other.awaitClose().closeCode()).isEqualTo(4001);
        alice.assertNothingElseCame();
    }

    @Test
    void shouldEndWithATokenThatEndsEarlier() {
        WebSocketClient alice = server.connect("alice");

        refresh(alice, server.token("alice", Duration.ofSeconds(1)));

        Frame close = alice.awaitClose();
        assertThat(close.closeCode()).isEqualTo(4001);
        assertThat(close.closeReason()).isEqualTo("token_expired");
        server.awaitNoResidue();
    }

    @Test
    void shouldEndSubscriptionsThatTheNewGrantsLackBeforeItSaysOk() {
        WebSocketClient publisher = server.connect("publisher", TestServer.ALL);
        WebSocketClient alice = server.connect("alice", TestServer.ALL);
        alice.subscribe("topic:chat.1");
        alice.subscribe("topic:ops");

        JsonNode first = refresh(alice, server.token("alice", TestServer.maySubscribe("topic:chat.*")));

        assertThat(first.toString())
                .isEqualTo("{\"type\":\"error\",\"code\":\"forbidden\","
                        + "\"reason\":\"user:alice may no longer subscribe to topic:ops\",\"retryable\":false}");
        assertThat(alice.read().path("type").asText()).isEqualTo("ok");
        assertThat(publisher.publish("topic:ops", "1").path("outcome").asText()).isEqualTo("no_route");
        assertThat(publisher.publish("topic:chat.1", "2").path("delivered").asInt())
                .isOne();
        assertThat(alice.read().path("data").asInt()).isEqualTo(2);
        assertThat(alice.publish("user:publisher", "3").path("outcome").asText())
                .isEqualTo("forbidden");
        publisher.assertNothingElseCame();
    }

    /** The ninth and further ones live on another loop than their user. */
    @Test
    void shouldRefreshEveryConnectionOfAUser() {
        List<WebSocketClient> alices = Stream.generate(() -> server.connect("alice", TestServer.ALL))
                .limit(16)
                .toList();
        for (WebSocketClient alice : alices) {
            alice.subscribe("topic:ops");
        }

        for (WebSocketClient alice : alices) {
            assertThat(refresh(alice, server.token("alice")).path("code").asText())
                    .isEqualTo("forbidden");
            assertThat(alice.read().path("type").asText()).isEqualTo("ok");
        }

        WebSocketClient publisher = server.connect("publisher", TestServer.ALL);
        assertThat(publisher.publish("topic:ops", "1").path("outcome").asText()).isEqualTo("no_route");
        assertThat(publisher.publish("user:alice", "1").path("delivered").asInt())
                .isEqualTo(16);
    }

    @Test
    void shouldRefuseATokenOfAnotherUserAndStayWhoItIs() {
        WebSocketClient bob = server.connect("bob");
        WebSocketClient alice = server.connect("alice");

        assertThat(refresh(alice, server.token("bob", TestServer.ALL)).toString())
                .isEqualTo("{\"type\":\"error\",\"id\":\"10\",\"code\":\"forbidden\","
                        + "\"reason\":\"identity_mismatch: " + AuthFailure.IDENTITY_MISMATCH.explanation()
                        + "\",\"retryable\":false}");

        assertThat(alice.publish("user:bob", "1").path("outcome").asText()).isEqualTo("forbidden");
        assertThat(bob.publish("user:bob", "2").path("matched").asInt()).isOne();
        alice.assertNothingElseCame();
        assertThat(server.stats().path("owner_mismatches").asInt()).isOne();
        assertThat(server.stats().path("refreshes_refused").asInt()).isOne();
    }

    @Test
    void shouldRefuseABadTokenAndGoOnWithTheOldOne() {
        WebSocketClient alice = server.connect("alice", TestServer.mayPublish("user:bob"));

        assertThat(refresh(alice, "no token").toString())
                .isEqualTo("{\"type\":\"error\",\"id\":\"10\",\"code\":\"unauthenticated\","
                        + "\"reason\":\"token_malformed: " + AuthFailure.TOKEN_MALFORMED.explanation()
                        + "\",\"retryable\":false}");
        assertThat(refresh(alice, server.token("alice")).path("code").asText())
                .as("a second one within a second")
                .isEqualTo("rate_limited");

        assertThat(alice.publish("user:bob", "1").path("outcome").asText()).isEqualTo("no_route");
    }

    private WebSocketClient connectFor(Duration ttl) {
        return WebSocketClient.open(server.open(), server.handshake().bearer(server.token("alice", ttl)));
    }

    /** The first answer. */
    private static JsonNode refresh(WebSocketClient client, String token) {
        client.send("{\"type\":\"refresh\",\"id\":\"10\",\"token\":\"" + token + "\"}");
        return client.read();
    }
}
