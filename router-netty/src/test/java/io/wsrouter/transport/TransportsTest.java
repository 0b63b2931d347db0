package io.wsrouter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.wsrouter.auth.Grants;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestJson;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same scenarios on every transport, with one loop and several: where a connection lives makes no difference. */
final class TransportsTest {

    /** For ten receivers fewer than may be on their way to sockets of another loop, however slow that is. */
    private static final int MESSAGES = 800;

    static Stream<Arguments> transports() {
        List<String> available = new ArrayList<>(List.of("nio"));
        if (Epoll.isAvailable()) {
            available.add("epoll");
        }
        if (IoUring.isAvailable()) {
            available.add("io_uring");
        }
        return available.stream().flatMap(name -> Stream.of(Arguments.of(name, 1), Arguments.of(name, 4)));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void shouldRouteTheSameEverywhere(String transport, int loops) {
        try (TestServer server = start(transport, loops, "limits.connections-per-user=unlimited")) {
            List<WebSocketClient> alices = connect(server, "alice", 20);
            List<WebSocketClient> bobs = connect(server, "bob", 3);
            alices.forEach(alice -> alice.subscribe("topic:chat"));
            bobs.get(0).subscribe("topic:chat");
            alices.get(19).subscribe("topic:other");

            for (WebSocketClient publisher : List.of(alices.get(0), alices.get(19), bobs.get(1))) {
                JsonNode toUser = publisher.publish("user:alice", "1");
                assertThat(toUser.path("outcome").asText()).isEqualTo("delivered");
                assertThat(toUser.path("delivered").asInt()).isEqualTo(20);
                for (WebSocketClient alice : alices) {
                    assertThat(publisher
                                    .publish("connection:" + alice.id(), "2")
                                    .path("delivered")
                                    .asInt())
                            .isEqualTo(1);
                }
                assertThat(publisher
                                .publish("topic:chat", "3")
                                .path("delivered")
                                .asInt())
                        .isEqualTo(21);
                assertThat(publisher.publish("user:nobody", "4").path("outcome").asText())
                        .isEqualTo("no_route");
                assertThat(publisher
                                .publish("topic:nothing", "4")
                                .path("outcome")
                                .asText())
                        .isEqualTo("no_route");
            }
            for (WebSocketClient alice : alices.subList(1, 19)) {
                for (int round = 0; round < 3; round++) {
                    assertThat(alice.read().path("to").asText()).isEqualTo("user:alice");
                    assertThat(alice.read().path("to").asText()).isEqualTo("connection:" + alice.id());
                    assertThat(alice.read().path("to").asText()).isEqualTo("topic:chat");
                }
                alice.assertNothingElseCame();
            }
            bobs.get(2).assertNothingElseCame();

            alices.get(5).closePolitely();
            alices.get(15).closePolitely();
            alices.get(6).socket().reset();
            alices.get(16).socket().reset();
            assertThat(server.ask("DELETE", "/v1/connections/" + alices.get(7).id(), "")
                            .status())
                    .isEqualTo(200);
            assertThat(server.ask("DELETE", "/v1/connections/" + alices.get(17).id(), "")
                            .status())
                    .isEqualTo(200);
            assertThat(alices.get(7).awaitClose().closeCode()).isEqualTo(4003);
            assertThat(alices.get(17).awaitClose().closeCode()).isEqualTo(4003);
            await().until(() -> server.stats().path("connections").asInt() == 17);
            assertThat(bobs.get(2).publish("topic:chat", "5").path("delivered").asInt())
                    .isEqualTo(15);
            assertThat(bobs.get(2).publish("user:alice", "5").path("delivered").asInt())
                    .isEqualTo(14);

            alices.get(18).send(Frame.of(Frame.BINARY, new byte[3]));
            assertThat(alices.get(18).awaitClose().closeCode()).isEqualTo(1003);
            Stream.concat(alices.stream(), bobs.stream()).forEach(WebSocketClient::close);
            server.awaitNoResidue();
            assertThat(server.stats().path("connections_opened").asInt()).isEqualTo(23);
            assertThat(server.stats().path("misdelivery_refused").asInt(-1)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void shouldKeepTheOrderOfManyMessages(String transport, int loops) throws InterruptedException {
        try (TestServer server = start(
                transport,
                loops,
                "limits.messages-per-second=unlimited",
                "limits.messages-per-second-per-user=unlimited",
                "limits.queued-messages-per-connection=20000",
                "limits.queued-bytes-per-connection=64MiB")) {
            List<WebSocketClient> receivers = connect(server, "alice", 10);
            WebSocketClient publisher = server.connect("bob", TestServer.ALL);
            List<String> disorder = Collections.synchronizedList(new ArrayList<>());
            List<Thread> readers = receivers.stream()
                    .map(receiver -> reader(receiver, disorder))
                    .toList();
            readers.forEach(Thread::start);

            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int i = 0; i < MESSAGES; i++) {
                bytes.writeBytes(Frame.text("{\"type\":\"publish\",\"to\":\"user:alice\",\"data\":" + i + "}")
                        .masked());
                if (bytes.size() > 20_000) {
                    publisher.socket().send(bytes.toByteArray());
                    bytes.reset();
                }
            }
            publisher.socket().send(bytes.toByteArray());

            for (Thread reader : readers) {
                reader.join(TestSocket.PATIENCE.toMillis());
                assertThat(reader.isAlive()).isFalse();
            }
            assertThat(disorder).isEmpty();
            publisher.assertNothingElseCame();
            assertThat(server.stats().path("delivered").asInt()).isEqualTo(MESSAGES * 10);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void shouldKeepTheOrderOfReceipts(String transport, int loops) {
        try (TestServer server = start(
                transport,
                loops,
                "limits.messages-per-second=unlimited",
                "limits.messages-per-second-per-user=unlimited")) {
            WebSocketClient publisher = server.connect("bob", TestServer.ALL);
            server.connect("alice");
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            IntStream.range(0, 500)
                    .forEach(i -> bytes.writeBytes(
                            Frame.text("{\"type\":\"publish\",\"id\":\"" + i + "\",\"to\":\"user:alice\",\"data\":1}")
                                    .masked()));

            publisher.socket().send(bytes.toByteArray());

            for (int i = 0; i < 500; i++) {
                JsonNode receipt = publisher.await("receipt");
                assertThat(receipt.path("id").asInt(-1)).isEqualTo(i);
                assertThat(receipt.path("outcome").asText()).isEqualTo("delivered");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void shouldCountReplacedConnectionsOnce(String transport, int loops) {
        try (TestServer server =
                start(transport, loops, "limits.connections-per-user=10", "connections-per-user-policy=replace")) {
            List<WebSocketClient> alices = connect(server, "alice", 15);

            for (WebSocketClient replaced : alices.subList(0, 5)) {
                assertThat(replaced.awaitClose().closeReason()).isEqualTo("replaced");
            }
            assertThat(alices.get(14)
                            .publish("user:alice", "1")
                            .path("delivered")
                            .asInt())
                    .isEqualTo(10);
            alices.forEach(WebSocketClient::close);
            server.awaitNoResidue();
        }
    }

    @Test
    void shouldTakeTheBestTransportByDefault() {
        try (TestServer server = TestServer.start("transport=auto")) {
            assertThat(server.router().transport())
                    .isEqualTo(Epoll.isAvailable() ? RouterConfig.Transport.EPOLL : RouterConfig.Transport.NIO);
        }
    }

    @Test
    void shouldKnowItsOwnLoopsOnly() {
        EventLoops loops = new EventLoops(2, RouterConfig.Transport.NIO, Duration.ZERO);
        EventLoops others = new EventLoops(1, RouterConfig.Transport.NIO, Duration.ZERO);
        try {
            assertThat(loops.indexOf(loops.loops().get(1).eventLoop())).isEqualTo(1);
            assertThatThrownBy(() -> loops.indexOf(others.loops().get(0).eventLoop()))
                    .isInstanceOf(IllegalArgumentException.class);
        } finally {
            loops.close();
            others.close();
        }
    }

    private static TestServer start(String transport, int loops, String... more) {
        return TestServer.start(Stream.concat(Stream.of("transport=" + transport, "loops=" + loops), Stream.of(more))
                .toArray(String[]::new));
    }

    private static List<WebSocketClient> connect(TestServer server, String user, int count) {
        Grants grants = TestServer.ALL;
        return Stream.generate(() -> server.connect(user, grants)).limit(count).toList();
    }

    private static Thread reader(WebSocketClient receiver, List<String> disorder) {
        return new Thread(() -> {
            for (int i = 0; i < MESSAGES; i++) {
                Frame frame = receiver.readFrame();
                if (frame == null || TestJson.parse(frame.text()).path("data").asInt(-1) != i) {
                    disorder.add("at " + i + ": " + (frame == null ? "the end" : frame.text()));
                    return;
                }
            }
        });
    }
}
