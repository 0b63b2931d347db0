package io.wsrouter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.SelectStrategy;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BusyPollTest {

    private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONG_NANOS = TimeUnit.DAYS.toNanos(1);

    @Test
    void shouldPollWhileItMayAndThenSleep() throws Exception {
        assertThat(new BusyPoll(LONG_NANOS).calculateStrategy(() -> 0, false)).isZero();
        assertThat(new BusyPoll(0).calculateStrategy(() -> 0, false)).isEqualTo(SelectStrategy.SELECT);
    }

    @Test
    void shouldTakeUpWorkAtOnce() throws Exception {
        BusyPoll poll = new BusyPoll(LONG_NANOS);

        assertThat(poll.calculateStrategy(() -> 3, false)).isEqualTo(3);
        assertThat(poll.calculateStrategy(() -> 0, true)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void shouldKeepALoopWithoutWorkAwake(RouterConfig.Transport transport) throws Exception {
        EventLoops loops = new EventLoops(1, transport, Duration.ofDays(1));
        try {
            CompletableFuture<Long> thread = new CompletableFuture<>();
            loops.loops()
                    .get(0)
                    .execute(() -> thread.complete(Thread.currentThread().getId()));
            long id = thread.get(TestSocket.PATIENCE.toSeconds(), TimeUnit.SECONDS);

            await().until(() -> ManagementFactory.getThreadMXBean().getThreadCpuTime(id) > BUSY_NANOS);
        } finally {
            loops.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll"})
    void shouldServeAsWellWhenItPolls(String transport) {
        try (TestServer server = TestServer.start("loops=2", "transport=" + transport, "busy-poll=200us")) {
            WebSocketClient bob = server.connect("bob", TestServer.ALL);
            WebSocketClient alice = server.connect("alice");

            assertThat(bob.publish("user:alice", "1").path("outcome").asText()).isEqualTo("delivered");
            assertThat(alice.read().path("data").asInt()).isEqualTo(1);
        }
    }
}
