package io.wsrouter.seed;

import static io.wsrouter.seed.Receipts.assertDelivered;
import static io.wsrouter.seed.Receipts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What is wrong is refused by name or repaired; no way of recovering makes an id that nobody was given valid. */
final class RoutingFailureRecoveryTest {

    private static final String USER = "recovery_test_user";

    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void shouldRefuseAnIdThatIsNobodysAndReachTheUserThroughTheOneTable() {
        WebSocketClient backEnd = server.connect("back-end", TestServer.mayPublish("user:" + USER));
        WebSocketClient lost = server.connect(USER);
        Event event = Event.named("agent_started", "connection:" + lost.id());
        lost.closePolitely();
        WebSocketClient client = server.connect(USER);

        assertThat(client.id()).isNotEqualTo(lost.id());
        assertRefused(event.publishedBy(backEnd), "no_route");
        assertRefused(event.to("connection:mismatched_" + client.id()).publishedBy(backEnd), "forbidden");
        assertRefused(
                event.to("connection:recovery_" + client.id() + "_1757371237").publishedBy(backEnd), "forbidden");
        String current = server.ask("GET", "/v1/users/" + USER, "")
                .json()
                .at("/connections/0/connection")
                .asText();
        assertThat(current).isEqualTo(client.id());
        Event resolved = event.to("connection:" + current).claimedFor(USER);
        assertDelivered(resolved.publishedBy(backEnd), 1);
        Event toTheUser = event.to("user:" + USER);
        assertDelivered(toTheUser.publishedBy(backEnd), 1);

        resolved.assertReceivedBy(client, "back-end");
        toTheUser.assertReceivedBy(client, "back-end");
        client.assertNothingElseCame();
    }
}
