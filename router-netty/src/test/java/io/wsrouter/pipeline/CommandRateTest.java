package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send too much. */
final class CommandRateTest {

    private static final String PING = "{\"type\":\"ping\"}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"subscribe\",\"id\":\"1\",\"to\":\"topic:x\"}",
                "{\"type\":\"subscribe\",\"id\":\"1\",\"to\":\"user:alice\"}",
                "{\"type\":\"unsubscribe\",\"id\":\"1\",\"to\":\"topic:x\"}",
                "{\"type\":\"refresh\",\"id\":\"1\",\"token\":\"x\"}",
                "{\"type\":\"ping\",\"id\":\"1\"}"
            })
    void shouldRefuseCommandsAboveTheRate(String command) {
        try (TestServer server = TestServer.start("limits.messages-per-second=2", "loops=2")) {
            WebSocketClient alice = server.connect("alice", TestServer.ALL);
            ByteArrayOutputStream segment = new ByteArrayOutputStream();
            segment.writeBytes(Frame.text(PING).masked());
            segment.writeBytes(Frame.text(PING).masked());
            segment.writeBytes(Frame.text(command).masked());
            alice.socket().send(segment.toByteArray());
            alice.await("pong");
            alice.await("pong");

            JsonNode error = alice.read();
            assertThat(error.path("type").asText()).isEqualTo("error");
            assertThat(error.path("id").asText()).isEqualTo("1");
            assertThat(error.path("code").asText()).isEqualTo("rate_limited");
            assertThat(error.path("retryable").asBoolean()).isTrue();
            assertThat(server.stats().path("subscribed").asInt(-1)).isZero();
        }
    }

    @Test
    void shouldCloseWhoKeepsSendingTooMuch() {
        try (TestServer server = TestServer.start("limits.messages-per-second=1", "loops=2")) {
            WebSocketClient flooder = server.connect("alice");
            WebSocketClient bob = server.connect("bob");
            AtomicReference<Frame> last = new AtomicReference<>();

            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        flooder.send(PING);
                        last.set(flooder.readFrame());
                        return last.get().opcode() == Frame.CLOSE;
                    });

            assertThat(last.get().closeCode()).isEqualTo(4009);
            assertThat(last.get().closeReason()).isEqualTo("rate_exceeded");
            assertThat(flooder.socket().readToEnd()).isEmpty();
            bob.assertNothingElseCame();
        }
    }

    @ParameterizedTest
    @MethodSource("smallFrames")
    void shouldCloseWhoFloodsWithFramesThatAreNoMessage(Frame frame) {
        try (TestServer server = TestServer.start("limits.messages-per-second=2", "loops=2")) {
            WebSocketClient flooder = server.connect("alice");
            ByteArrayOutputStream flood = new ByteArrayOutputStream();
            flood.writeBytes(Frame.fragment(Frame.TEXT, false, new byte[0]).masked());
            for (int i = 0; i < 1_000; i++) {
                flood.writeBytes(frame.masked());
            }
            flood.writeBytes(Frame.close(1000, "").masked());

            flooder.socket().send(flood.toByteArray());

            Frame last = flooder.readFrame();
            while (last.opcode() == Frame.PONG) {
                last = flooder.readFrame();
            }
            assertThat(last.closeCode()).isEqualTo(4009);
            assertThat(last.closeReason()).isEqualTo("rate_exceeded");
        }
    }

    static List<Frame> smallFrames() {
        return List.of(
                Frame.of(Frame.PING, new byte[0]),
                Frame.of(Frame.PONG, new byte[0]),
                Frame.fragment(Frame.CONTINUATION, false, new byte[0]),
                Frame.fragment(Frame.CONTINUATION, false, new byte[] {'x'}));
    }
}
