package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.address.Address;
import io.wsrouter.metrics.Metric;
import io.wsrouter.routing.OnTheWay;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.Shard;
import io.wsrouter.server.BlockedLoop;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A client is not read while what it publishes cannot be passed on, and loses nothing by it. */
final class ReadPauseTest {

    private static final String[] LIMITS = {
        "loops=2",
        "degradation.enabled=false", // a blocked loop is its business as well
        "limits.messages-per-second=unlimited",
        "limits.messages-per-second-per-user=unlimited",
        "limits.queued-bytes-per-connection=1GiB",
        "limits.queued-messages-per-connection=1000000"
    };
    private static final int MESSAGES = 6_000;
    private static final int BYTES = 4_000;
    private static final int SHARE = 128;

    @Test
    void shouldStopReadingAFloodAndDeliverAllOfItInOrder() throws Exception {
        try (TestServer server = TestServer.start(LIMITS)) {
            WebSocketClient receiver = server.connect("bob");
            String name = BlockedLoop.userBeside(server, "bob");
            WebSocketClient flooder = server.connect(name, TestServer.ALL);
            WebSocketClient witness = server.connect(name);
            Shard shard = server.router().router().homeShard(Address.user(name));
            CompletableFuture<?> flood;
            BlockedLoop blocked = BlockedLoop.of(server, "bob");
            try {
                flood = CompletableFuture.runAsync(() -> flood(flooder, MESSAGES));
                await().until(() -> count(shard, Metric.READS_PAUSED) == 1);

                assertThat(witness.publish("user:" + name, "1")
                                .path("delivered")
                                .asInt())
                        .isEqualTo(2);
                assertThat(count(shard, Metric.PUBLISHED)).isBetween(2L, SHARE + 1L);
                assertThat(flood).isNotDone();
            } finally {
                blocked.release();
            }

            for (int i = 0; i < MESSAGES; i++) {
                assertThat(receiver.read().path("data").asText()).isEqualTo(payload(i));
            }
            flood.get(TestSocket.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(flooder.await("message").path("data").asInt()).isEqualTo(1);
            flooder.assertNothingElseCame();
        }
    }

    @Test
    void shouldReadTheCloseFrameBehindAFlood() throws Exception {
        try (TestServer server = TestServer.start(LIMITS)) {
            WebSocketClient receiver = server.connect("bob");
            String name = BlockedLoop.userBeside(server, "bob");
            WebSocketClient flooder = server.connect(name, TestServer.ALL);
            Shard shard = server.router().router().homeShard(Address.user(name));
            BlockedLoop blocked = BlockedLoop.of(server, "bob");
            try {
                flood(flooder, 2 * SHARE);
                flooder.send(Frame.close(1000, ""));
                await().until(() -> count(shard, Metric.READS_PAUSED) == 1);
            } finally {
                blocked.release();
            }

            assertThat(flooder.awaitClose().closeCode()).isEqualTo(1000);
            for (int i = 0; i < 2 * SHARE; i++) {
                assertThat(receiver.read().path("data").asText()).isEqualTo(payload(i));
            }
        }
    }

    /** A user's connections beyond the eighth have their sockets on any loop. */
    @Test
    void shouldStopReadingAFloodToABlockedHomeOnAnotherLoop() throws Exception {
        try (TestServer server = TestServer.start(LIMITS)) {
            List<WebSocketClient> clients =
                    Stream.generate(() -> server.connect("bob")).limit(16).toList();
            String name = BlockedLoop.userBeside(server, "bob");
            WebSocketClient witness = server.connect(name);
            Router router = server.router().router();
            Shard home = router.homeShard(Address.user("bob"));
            Shard beside = router.homeShard(Address.user(name));
            BlockedLoop blocked = BlockedLoop.of(server, "bob");
            try {
                for (WebSocketClient client : clients) {
                    CompletableFuture.runAsync(() -> flood(client, "connection:" + client.id(), 300));
                }
                await().until(() -> OnTheWay.publishes(beside, home) >= 64);
                assertThat(witness.publish("user:" + name, "1")
                                .path("delivered")
                                .asInt())
                        .isEqualTo(1);
                assertThat(OnTheWay.publishes(beside, home)).isLessThanOrEqualTo(64 * (clients.size() - 8));
            } finally {
                blocked.release();
            }
            for (WebSocketClient client : clients) {
                for (int i = 0; i < 300; i++) {
                    JsonNode push = client.read();
                    assertThat(push.path("data").asText()).as("%s", push).isEqualTo(payload(i));
                }
                client.assertNothingElseCame();
            }
        }
    }

    private static void flood(WebSocketClient client, int messages) {
        flood(client, "user:bob", messages);
    }

    private static void flood(WebSocketClient client, String to, int messages) {
        for (int i = 0; i < messages; ) {
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            for (int end = Math.min(messages, i + 16); i < end; i++) {
                frames.writeBytes(
                        Frame.text("{\"type\":\"publish\",\"to\":\"" + to + "\",\"data\":\"" + payload(i) + "\"}")
                                .masked());
            }
            client.socket().send(frames.toByteArray());
        }
    }

    private static String payload(int number) {
        return number + "x".repeat(BYTES);
    }

    /** What the shard has counted by now; its loop answers. */
    private static long count(Shard shard, Metric metric) throws Exception {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        shard.loop().execute(() -> answer.complete(shard.counters().get(metric)));
        return answer.get(TestSocket.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
