package io.wsrouter.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.auth.Principal;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.Router;
import io.wsrouter.server.BlockedLoop;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.TestSocket.Response;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A back end that publishes to a loop that cannot keep up is told so at once. */
final class FullLoopTest {

    private static final Principal BACK_END =
            new Principal(Address.user("backend"), TestServer.ALL, Long.MAX_VALUE / 1000);

    @Test
    void shouldAnswer503WhenTooManyPublishesWaitForALoop() throws Exception {
        try (TestServer server = TestServer.start("loops=2", "degradation.enabled=false")) {
            List<TestSocket> sockets = List.of(server.openInternal(), server.openInternal()); // one on each loop
            sockets.forEach(socket -> {
                socket.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(socket.readResponse().status()).isEqualTo(200);
            });
            BlockedLoop blocked = BlockedLoop.of(server, "bob");
            try {
                fill(server.router().router());

                String token = server.token("operator", TestServer.ALL);
                Response answer = (Response) CompletableFuture.anyOf(sockets.stream()
                                .map(socket -> CompletableFuture.supplyAsync(() -> publish(socket, token)))
                                .toArray(CompletableFuture[]::new))
                        .get(TestSocket.PATIENCE.toSeconds(), TimeUnit.SECONDS);

                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.headers()).containsEntry("retry-after", "1");
                assertThat(answer.json().path("outcome").asText()).isEqualTo("overloaded");
            } finally {
                blocked.release();
            }
            assertThat(server.stats().path("credits_refused").asInt()).isPositive();
        }
    }

    /** Publishes until there is no more room. */
    private static void fill(Router router) {
        Command.Publish publish = new Command.Publish(null, Address.user("bob"), null, null, Priority.NORMAL, null);
        CompletableFuture<Receipt> answer;
        do {
            answer = router.publish(BACK_END, publish);
        } while (!answer.isDone());
        assertThat(answer.join()).isEqualTo(Receipt.refused(Outcome.OVERLOADED));
    }

    private static Response publish(TestSocket socket, String token) {
        String body = "{\"to\":\"user:bob\"}";
        socket.send("POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        return socket.readResponse();
    }
}
