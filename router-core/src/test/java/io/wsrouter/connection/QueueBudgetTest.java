package io.wsrouter.connection;

import static io.wsrouter.protocol.Priority.CRITICAL;
import static io.wsrouter.protocol.Priority.LOW;
import static io.wsrouter.protocol.Priority.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.connection.TestQueues.Loop;
import io.wsrouter.connection.TestQueues.Socket;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.TestMessages;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class QueueBudgetTest {

    private static final int MESSAGE_BYTES = 1_000;
    private static final long EACH_BYTES = MESSAGE_BYTES + QueuedFrame.OVERHEAD_BYTES + Waiting.BYTES;
    private static final long NODE_BYTES = 1 << 20;

    private static TestQueues queues(int loops, SlowConsumerPolicy policy) {
        return new TestQueues(new QueueLimits(Long.MAX_VALUE, Integer.MAX_VALUE, NODE_BYTES, policy), loops);
    }

    // ---- what counts

    @Test
    void shouldCountAFrameOnceForAllThatWaitForIt() {
        TestQueues queues = queues(1, SlowConsumerPolicy.DISCONNECT);
        List<Socket> sockets = Stream.generate(queues::opensSocket).limit(100).toList();
        Message borrowed = TestMessages.borrowed(TestQueues.ALICE, NORMAL, "x".repeat(999));

        sockets.forEach(socket -> socket.add(borrowed));
        assertThat(queues.loop(0).budget.usedBytes())
                .isEqualTo(1_000 + QueuedFrame.OVERHEAD_BYTES + 100 * Waiting.BYTES);

        TestMessages.becomes(borrowed, "y".repeat(1_999));
        sockets.forEach(socket -> socket.add(borrowed));
        assertThat(queues.node().usedBytes()).isEqualTo(3_000 + 2 * QueuedFrame.OVERHEAD_BYTES + 200 * Waiting.BYTES);

        for (Socket socket : sockets) {
            assertThat(queues.node().usedBytes()).isGreaterThan(3_000);
            assertThat(socket.backlog.bytes()).isEqualTo(3_000);
            assertThat(socket.drained()).containsExactly("x".repeat(999), "y".repeat(1_999));
        }
        assertThat(queues.node().usedBytes()).isZero();
    }

    @Test
    void shouldCountControlAndWhatTheKernelHasLeft() {
        TestQueues queues = queues(1, SlowConsumerPolicy.DISCONNECT);
        Socket socket = queues.opensSocket();

        socket.backlog.onFlushBegun(300, 3, 0);
        socket.backlog.addControl(20);
        assertThat(queues.node().usedBytes()).isEqualTo(320);

        socket.backlog.onFlushEnded();
        assertThat(queues.node().usedBytes()).isEqualTo(20);
        socket.backlog.onControlTaken();
        assertThat(queues.node().usedBytes()).isZero();
    }

    // ---- who sheds

    @Test
    void shouldLetTheLargestShedAndNoneOfItsNeighbours() {
        TestQueues queues = queues(1, SlowConsumerPolicy.DROP_OLDEST);
        Loop loop = queues.loop(0);
        List<Socket> small = Stream.generate(loop::opensSocket).limit(10).toList();
        small.forEach(socket -> socket.add(LOW, "small", null, MESSAGE_BYTES));
        Socket large = loop.opensSocket();
        large.add(CRITICAL, "critical", null, MESSAGE_BYTES);
        int added = 0;
        while (loop.sheds == 0) {
            large.add(NORMAL, "n" + added++, null, MESSAGE_BYTES);
        }

        assertThat(added * EACH_BYTES).isBetween(NODE_BYTES * 2 / 3, NODE_BYTES);
        int kept = (int) (large.backlog.bytes() / MESSAGE_BYTES);
        assertThat(kept).isBetween(added / 2 - 1, added / 2 + 1);
        List<String> drained = large.drained();
        assertThat(drained.get(0)).isEqualTo("critical");
        assertThat(drained.get(1)).as("the oldest have gone").isEqualTo("n" + (added - kept + 1));
        assertThat(queues.told).hasSize(added - kept + 1).allMatch(told -> told.endsWith(" slow_consumer"));
        assertThat(small).allMatch(socket -> socket.drained().equals(List.of("small")));
    }

    @Test
    void shouldCutOffTheLargestUnderDisconnect() {
        TestQueues queues = queues(1, SlowConsumerPolicy.DISCONNECT);
        Loop loop = queues.loop(0);
        Socket small = loop.opensSocket();
        small.add(LOW, "small", null, MESSAGE_BYTES);
        Socket large = loop.opensSocket();
        int accepted = 0;
        while (!large.isCutOff) {
            accepted += large.add(NORMAL, "n", null, MESSAGE_BYTES) == WriteResult.ACCEPTED ? 1 : 0;
        }

        assertThat(large.backlog.bytes()).isZero();
        assertThat(large.add(CRITICAL, "late")).isEqualTo(WriteResult.SLOW_CONSUMER);
        assertThat(queues.told).hasSize(accepted).containsOnly("n slow_consumer");
        assertThat(small.isCutOff).isFalse();
        assertThat(small.drained()).containsExactly("small");
        assertThat(queues.node().usedBytes()).isZero();
    }

    @Test
    void shouldCutOffWhoHasNoMessageThatCouldGo() {
        TestQueues queues = queues(1, SlowConsumerPolicy.DROP_OLDEST);
        Socket socket = queues.opensSocket();
        socket.backlog.onFlushBegun(1_000, 1, 0);

        while (!socket.isCutOff) {
            socket.backlog.addControl(1_000);
        }

        assertThat(queues.loop(0).sheds).isEqualTo(1);
        assertThat(queues.node().usedBytes()).isZero();
    }

    @Test
    void shouldHaveTheLargestOfAnotherLoopShed() {
        TestQueues queues = queues(2, SlowConsumerPolicy.DROP_OLDEST);
        Socket large = queues.loop(0).opensSocket();
        long most = 0;
        while (queues.loop(0).sheds == 0) {
            most = large.backlog.bytes();
            large.add(NORMAL, "large", null, MESSAGE_BYTES);
        }
        while (large.backlog.bytes() < most * 9 / 10) {
            large.add(NORMAL, "large", null, MESSAGE_BYTES);
        }
        queues.told.clear();
        long before = large.backlog.bytes();
        Socket small = queues.loop(1).opensSocket();
        Socket smaller = queues.loop(1).opensSocket();
        smaller.add(NORMAL, "smaller");
        int added = 0;
        while (small.backlog.bytes() < before / 2) {
            assertThat(small.add(NORMAL, "small", null, MESSAGE_BYTES)).isEqualTo(WriteResult.ACCEPTED);
            added++;
            queues.runUntilIdle();
            assertThat(queues.loop(1).sheds).isZero();
        }

        assertThat(queues.told).isNotEmpty().containsOnly("large slow_consumer");
        assertThat(large.backlog.bytes()).isLessThan(before);
        assertThat(small.drained()).hasSize(added);
        assertThat(smaller.drained()).containsExactly("smaller");
    }

    @Test
    void shouldShedItsOwnLargestWhenTheOtherLoopDoesNotAnswer() {
        TestQueues queues = queues(2, SlowConsumerPolicy.DROP_OLDEST);
        Socket large = queues.loop(0).opensSocket();
        while (queues.loop(0).sheds < 3) {
            large.add(NORMAL, "large", null, MESSAGE_BYTES);
        }
        Socket small = queues.loop(1).opensSocket();
        while (queues.loop(1).sheds == 0) {
            small.add(NORMAL, "small", null, MESSAGE_BYTES);
            assertThat(queues.node().usedBytes()).isLessThanOrEqualTo(NODE_BYTES * 7 / 8);
        }

        assertThat(small.backlog.bytes()).isLessThan(large.backlog.bytes());
    }

    // ---- slices

    @Test
    void shouldGiveBackWhatItDoesNotUse() {
        TestQueues queues = queues(4, SlowConsumerPolicy.DROP_OLDEST);
        for (Loop loop : queues.loops()) {
            Socket socket = loop.opensSocket();
            while (loop.sheds == 0) {
                socket.add(NORMAL, "n", null, MESSAGE_BYTES);
            }
            assertThat(queues.node().usedBytes()).isGreaterThan(NODE_BYTES / 4);
            socket.backlog.close(QueueListener.Drop.CLOSED);
            assertThat(queues.node().usedBytes()).isZero();
        }
    }
}
