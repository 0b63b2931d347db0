package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
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
}
