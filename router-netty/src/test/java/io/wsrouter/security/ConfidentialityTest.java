package io.wsrouter.security;

import static io.wsrouter.security.SignedTokens.CLAIMS;
import static io.wsrouter.security.SignedTokens.claims;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.server.Confidential;
import io.wsrouter.server.TestClasses;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Whatever any test of the run has made the router write holds no token, secret or payload. It runs behind all others, and
 * makes some noise of its own so that it tells something even when it runs alone.
 */
@Order(Integer.MAX_VALUE)
final class ConfidentialityTest {

    private static final String PAYLOAD = "\"a-payload-that-nobody-else-may-read\"";

    private static final int LEAST_SEARCHED = 3_000;
    private static final int LEAST_KEPT = 1_000;

    /** More classes than anybody asks for by name: the whole run. */
    private static final int MANY_CLASSES = 40;

    @Test
    void shouldKeepTokensAndPayloadsOutOfLogsMetricsAndErrors() {
        long searchedBefore = Confidential.searched();
        int keptBefore = Confidential.kept();
        try (TestServer server = TestServer.start("loops=1")) {
            String token = server.token("mallory");
            server.answerTo(server.handshake().bearer(token + "A"));
            server.answerTo(server.handshake().bearer(claims(CLAIMS).replaceFirst("[^.]+$", "A".repeat(43))));
            server.answerTo(server.handshake().target("/ws?access_token=" + token));
            server.answerTo(server.handshake().bearer(token).with("X-User-ID", "alice"));
            WebSocketClient mallory = server.connect("mallory");
            mallory.publish("user:alice", PAYLOAD);
            mallory.send("{\"type\":\"publish\",\"to\":1,\"event\":\"an-event-that-nobody-else-may-read\"}");
            mallory.publish("user:mallory", PAYLOAD);
            mallory.send("{\"type\":\"publish\",\"to\":1,\"data\":" + PAYLOAD + "}");
            mallory.send("{\"type\":\"publish\",\"to\":\"user:alice\",\"data\":" + PAYLOAD);
            mallory.await("error");
            mallory.await("error");
            server.ask("POST", "/v1/publish", "{\"to\":\"user:alice\",\"user\":\"bob\",\"data\":" + PAYLOAD + "}");
            server.ask("POST", "/v1/publish", "{\"to\":\"user:alice\",\"data\":" + PAYLOAD + PAYLOAD + "}");
            server.stats();
        }

        assertThat(Confidential.leaks()).isEmpty();
        assertThat(Confidential.searched() - searchedBefore).isGreaterThan(10);
        assertThat(Confidential.kept()).isGreaterThan(5);
        System.out.println(
                searchedBefore + " texts of " + TestClasses.begun() + " classes searched for " + keptBefore + " words");
        if (TestClasses.begun() > MANY_CLASSES) {
            assertThat(searchedBefore).isGreaterThan(LEAST_SEARCHED);
            assertThat(keptBefore).isGreaterThan(LEAST_KEPT);
        }
    }
}
