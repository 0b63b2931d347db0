package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Handshakes by the thousand, from clients that speak, leave or vanish at every moment of one. */
final class ChurnTest {

    private static final int THREADS = 4;
    private static final int CLIENTS_PER_THREAD = 500;

    static Stream<String> transports() {
        return Stream.of(
                        Stream.of("nio"),
                        Epoll.isAvailable() ? Stream.of("epoll") : Stream.<String>empty(),
                        IoUring.isAvailable() ? Stream.of("io_uring") : Stream.<String>empty())
                .flatMap(names -> names);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void shouldLeaveNothingBehind(String transport) throws InterruptedException {
        long seed = System.nanoTime();
        try (TestServer server = TestServer.start(
                "transport=" + transport, "limits.connections-per-user=12", "heartbeat.interval=200ms")) {
            Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
            List<Thread> threads = IntStream.range(0, THREADS)
                    .mapToObj(i -> new Thread(() -> {
                        RandomGenerator random = new SplittableRandom(seed + i);
                        try {
                            for (int n = 0; n < CLIENTS_PER_THREAD; n++) {
                                live(server, random);
                            }
                        } catch (Throwable e) {
                            failures.add(e);
                        }
                    }))
                    .toList();
            threads.forEach(Thread::start);
            int audits = auditsUntil(server, () -> threads.stream().noneMatch(Thread::isAlive));
            for (Thread thread : threads) {
                thread.join(60_000);
            }

            assertThat(failures).as("seed %s", seed).isEmpty();
            assertThat(audits).as("audits meanwhile").isPositive();
            server.awaitNoResidue();
            assertThat(server.stats().path("connections_opened").asInt())
                    .isEqualTo(server.stats().path("connections_closed").asInt())
                    .isGreaterThan(CLIENTS_PER_THREAD);
            assertThat(server.stats().path("misdelivery_refused").asInt(-1)).isZero();
            assertThat(auditsUntil(server, () -> true)).isPositive();
        }
    }

    /** Audits one time after the other, which has to find nothing, and says how often. */
    private static int auditsUntil(TestServer server, BooleanSupplier isOver) {
        int audits = 0;
        do {
            JsonNode audit = server.ask("POST", "/v1/audit", "").json();
            assertThat(audit.path("clean").asBoolean()).as("%s", audit).isTrue();
            audits++;
        } while (!isOver.getAsBoolean());
        assertThat(server.stats().path("routing_drift").asInt(-1)).isZero();
        return audits;
    }

    private static void live(TestServer server, RandomGenerator random) {
        String user = "user" + random.nextInt(40);
        byte[] request =
                server.handshake().bearer(server.token(user, TestServer.ALL)).bytes();
        try (TestSocket socket = TestSocket.open(server.router().publicPort())) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    socket.send(Arrays.copyOf(request, random.nextInt(request.length)));
                    socket.reset();
                }
                case 1 -> socket.send(request);
                case 2 -> {
                    socket.send(request);
                    socket.reset();
                }
                case 3 -> {
                    socket.send(request);
                    socket.shutDownOutput();
                    socket.readToEnd();
                }
                default -> speak(server, socket, user, random);
            }
        }
    }

    /** Sends as soon as the 101 has come, before the welcome is read. */
    private static void speak(TestServer server, TestSocket socket, String user, RandomGenerator random) {
        socket.send(
                server.handshake().bearer(server.token(user, TestServer.ALL)).bytes());
        TestSocket.Response response = socket.readResponse();
        if (response.status() != 101) {
            assertThat(response.json().path("error").asText()).isEqualTo("too_many_connections_of_user");
            return;
        }
        socket.send(Frame.text("{\"type\":\"subscribe\",\"id\":\"s\",\"to\":\"topic:t" + random.nextInt(5) + "\"}")
                .masked());
        WebSocketClient client = WebSocketClient.afterTheResponse(socket);
        assertThat(client.await("ok").path("id").asText()).isEqualTo("s");
        socket.send(Frame.text("{\"type\":\"publish\",\"id\":\"p\",\"to\":\"user:" + user + "\",\"data\":1}")
                .masked());
        assertThat(client.await("receipt").path("outcome").asText()).isIn("delivered", "partial", "queued");
        switch (random.nextInt(3)) {
            case 0 -> client.closePolitely();
            case 1 -> socket.reset();
            default -> socket.send(Frame.close(1000, "").masked());
        }
    }
}
