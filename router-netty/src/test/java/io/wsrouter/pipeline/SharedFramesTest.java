package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one turn of a loop writes to many sockets: frames that they share, frames of their own, and more than the turn's buffer holds. */
final class SharedFramesTest {

    private static final int LINES = 60;

    @ParameterizedTest
    @ValueSource(ints = {20, 2_000, 12_000})
    void shouldGiveEachSocketItsOwnFramesInOrder(int mostBytes) {
        long seed = System.nanoTime();
        RandomGenerator random = new SplittableRandom(seed);
        try (TestServer server = TestServer.start("loops=1")) {
            Map<String, WebSocketClient> clients = new LinkedHashMap<>();
            Map<String, List<String>> expected = new LinkedHashMap<>();
            for (String user : List.of("alice", "bob", "carol")) {
                WebSocketClient client = server.connect(user, TestServer.ALL);
                client.subscribe("topic:all");
                clients.put("user:" + user, client);
                expected.put("user:" + user, new ArrayList<>());
            }

            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < LINES; i++) {
                List<String> addresses = List.of("topic:all", "topic:all", "topic:all", "user:alice", "user:bob");
                String to = addresses.get(random.nextInt(addresses.size()));
                String data = "\"" + i + "x".repeat(random.nextInt(mostBytes)) + "\"";
                lines.append("{\"to\":\"" + to + "\",\"data\":" + data + "}\n");
                expected.forEach((address, messages) -> {
                    if (to.equals(address) || to.equals("topic:all")) {
                        messages.add(to + " " + data);
                    }
                });
            }
            String receipts = server.ask(
                            "POST",
                            "/v1/publish",
                            server.token("back-end", TestServer.ALL),
                            "application/x-ndjson",
                            lines.toString())
                    .body();

            assertThat(receipts.lines()).as("seed %d", seed).hasSize(LINES);
            assertReceived(clients, expected, seed);
        }
    }

    @Test
    void shouldGiveEachSocketItsOwnFramesOfOneBurst() {
        long seed = System.nanoTime();
        RandomGenerator random = new SplittableRandom(seed);
        try (TestServer server = TestServer.start("loops=1")) {
            Map<String, WebSocketClient> clients = new LinkedHashMap<>();
            Map<String, List<String>> expected = new LinkedHashMap<>();
            for (String address : List.of("user:alice", "user:bob", "user:carol")) {
                clients.put(address, server.connect(address.substring("user:".length()), TestServer.ALL));
                expected.put(address, new ArrayList<>());
            }
            WebSocketClient publisher = server.connect("dave", TestServer.ALL);

            ByteArrayOutputStream burst = new ByteArrayOutputStream();
            List<String> addresses = List.copyOf(clients.keySet());
            for (int i = 0; i < LINES; i++) {
                String to = addresses.get(i < addresses.size() ? i : random.nextInt(addresses.size()));
                String command = "{\"type\":\"publish\",\"to\":\"" + to + "\",\"data\":" + i + "}";
                burst.writeBytes(Frame.text(command).masked());
                expected.get(to).add(to + " " + i);
            }
            publisher.socket().send(burst.toByteArray());

            assertReceived(clients, expected, seed);
        }
    }

    private static void assertReceived(
            Map<String, WebSocketClient> clients, Map<String, List<String>> expected, long seed) {
        clients.forEach((address, client) -> {
            for (String message : expected.get(address)) {
                var read = client.read();
                assertThat(read.path("to").asText() + ' ' + read.path("data"))
                        .as("seed %d", seed)
                        .isEqualTo(message);
            }
            client.assertNothingElseCame();
        });
    }
}
