package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.auth.Grants;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Clocks differ: a token lets in for thirty seconds after its end. */
final class TokenEndTest {

    private static final Duration SKEW = Duration.ofSeconds(30);

    @AutoClose
    private final TestServer server = TestServer.start("loops=2");

    @Test
    void shouldLetInAndServeWithinTheSkew() {
        WebSocketClient alice = connect(tokenThatEnded(Duration.ofSeconds(10)));

        assertThat(alice.welcome().path("expires").asLong())
                .isLessThan(Instant.now().getEpochSecond());
        assertThat(alice.publish("user:alice", "1").path("outcome").asText()).isEqualTo("delivered");
    }

    @Test
    void shouldCloseAtTheEndOfTheSkew() {
        WebSocketClient alice = connect(tokenThatEnded(SKEW.minusSeconds(3)));
        alice.assertNothingElseCame();

        Frame close = alice.awaitClose();

        assertThat(close.closeCode()).isEqualTo(4001);
        assertThat(close.closeReason()).isEqualTo("token_expired");
        assertThat(Instant.now().getEpochSecond())
                .isGreaterThanOrEqualTo(alice.welcome().path("expires").asLong() + SKEW.toSeconds());
        server.awaitNoResidue();
    }

    @Test
    void shouldRefuseBeyondTheSkew() {
        TestSocket.Response response = server.answerTo(server.handshake().bearer(tokenThatEnded(SKEW.plusSeconds(1))));

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.json().path("error").asText()).isEqualTo("token_expired");
    }

    /** A new token counts by the clock of its own day, not by that of the registration. */
    @Test
    void shouldGiveARefreshTheSameSkew() {
        WebSocketClient alice = server.connect("alice");
        alice.send("{\"type\":\"refresh\",\"id\":\"1\",\"token\":\"" + tokenThatEnded(SKEW.minusSeconds(3)) + "\"}");
        assertThat(alice.read().path("type").asText()).isEqualTo("ok");

        alice.assertNothingElseCame();
        assertThat(alice.awaitClose().closeCode()).isEqualTo(4001);
    }

    private WebSocketClient connect(String token) {
        return WebSocketClient.open(server.open(), server.handshake().bearer(token));
    }

    private static String tokenThatEnded(Duration ago) {
        Instant minted = Instant.now().minus(ago).minusSeconds(1);
        return TestServer.minter(() -> minted).mint("alice", Duration.ofSeconds(1), Grants.NONE);
    }
}
