package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands of connections that live on another loop than their user: a user's ninth connection may. */
final class FarCommandsTest {

    private static final int CONNECTIONS = 16;
    private static final int BURST = 40;

    static Stream<Transport> transports() {
        return Transport.available();
    }

    /** A burst comes in one read, so that the next command is read before the user's loop has seen the one before. */
    @ParameterizedTest
    @MethodSource("transports")
    void shouldCarryEveryCommandOfABurstByteForByte(Transport transport) {
        String name = transport.name().toLowerCase(Locale.ROOT);
        try (TestServer server = TestServer.start(
                "transport=" + name,
                "limits.messages-per-second=unlimited",
                "limits.messages-per-second-per-user=unlimited")) {
            List<WebSocketClient> clients = Stream.generate(() -> server.connect("alice"))
                    .limit(CONNECTIONS)
                    .toList();
            long hopsBefore = server.stats().path("hops").asLong();

            for (WebSocketClient client : clients) {
                ByteArrayOutputStream burst = new ByteArrayOutputStream();
                for (int i = 0; i < BURST; i++) {
                    burst.writeBytes(Frame.text("{\"type\":\"publish\",\"to\":\"connection:" + client.id()
                                    + "\",\"event\":\"" + i + "\",\"data\":" + data(client, i) + '}')
                            .masked());
                }
                client.socket().send(burst.toByteArray());
            }

            for (WebSocketClient client : clients) {
                assertThat(IntStream.range(0, BURST)
                                .mapToObj(i -> client.read())
                                .map(message -> message.path("event") + " " + message.path("data")))
                        .isEqualTo(IntStream.range(0, BURST)
                                .mapToObj(i -> "\"" + i + "\" " + data(client, i))
                                .toList());
                client.assertNothingElseCame();
            }
            assertThat(server.stats().path("hops").asLong() - hopsBefore)
                    .as("commands that came from another loop")
                    .isGreaterThanOrEqualTo(BURST);
        }
    }

    /** Longer and shorter ones in turn, and no two the same. */
    private static String data(WebSocketClient client, int number) {
        return "[\"" + client.id() + "\"," + number + ",\""
                + Character.toString('a' + number % 26).repeat(number % 7 * 5) + "\"]";
    }
}
