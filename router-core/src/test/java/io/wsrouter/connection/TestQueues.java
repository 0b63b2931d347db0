package io.wsrouter.connection;

import io.wsrouter.address.Address;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.TestMessages;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The queues of a node whose loops are turned by hand, and what was told of their messages. */
final class TestQueues {

    static final Address ALICE = Address.user("alice");

    /** What happens on one loop. */
    final class Loop implements QueueListener {

        private final Queue<Runnable> tasks = new ArrayDeque<>();
        final Map<Drop, Integer> drops = new EnumMap<>(Drop.class);
        final List<Throwable> faults = new ArrayList<>();
        final QueueBudget budget = node.open(tasks::add, this);
        int sheds;

        Socket opensSocket() {
            return new Socket(this);
        }

        void turns() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }

        boolean hasWork() {
            return !tasks.isEmpty();
        }

        @Override
        public void onDropped(Priority priority, Drop drop) {
            drops.merge(drop, 1, Integer::sum);
        }

        @Override
        public void onShed() {
            sheds++;
        }

        @Override
        public void onFault(Throwable cause) {
            faults.add(cause);
        }
    }

    /** One connection's backlog, and who waits for its messages. */
    final class Socket implements Backlog.Owner {

        final Loop loop;
        final Backlog backlog;
        boolean isCutOff;

        private Socket(Loop loop) {
            this.loop = loop;
            this.backlog = loop.budget.open(this);
        }

        @Override
        public void onCutOff() {
            isCutOff = true;
        }

        WriteResult add(Priority priority, String name) {
            return add(priority, name, null, 10);
        }

        WriteResult add(Priority priority, String name, @Nullable String event, int lengthBytes) {
            return add(TestMessages.of(ALICE, priority, name, event, lengthBytes, Message.NO_DEADLINE));
        }

        WriteResult add(Message message) {
            return backlog.add(message, listening(TestMessages.nameOf(message)), nowNanos);
        }

        /** Takes everything out, and returns the names in order. */
        List<String> drained() {
            List<String> names = new ArrayList<>();
            for (Waiting next = backlog.poll(nowNanos); next != null; next = backlog.poll(nowNanos)) {
                names.add(TestMessages.nameOf(next.message()));
            }
            backlog.tellRefused();
            return names;
        }
    }

    private final NodeQueue node;
    private final List<Loop> loops;
    final List<String> told = new ArrayList<>();
    long nowNanos;

    TestQueues(QueueLimits limits, int count) {
        node = new NodeQueue(limits, count);
        loops = IntStream.range(0, count).mapToObj(i -> new Loop()).toList();
    }

    /** One loop, and a node with plenty of room. */
    static TestQueues of(long bytes, int messages, SlowConsumerPolicy policy) {
        return new TestQueues(new QueueLimits(bytes, messages, 1 << 30, policy), 1);
    }

    NodeQueue node() {
        return node;
    }

    Loop loop(int index) {
        return loops.get(index);
    }

    List<Loop> loops() {
        return loops;
    }

    Socket opensSocket() {
        return loop(0).opensSocket();
    }

    /** Turns the loops until none has work. */
    void runUntilIdle() {
        while (loops.stream().anyMatch(Loop::hasWork)) {
            loops.forEach(Loop::turns);
        }
    }

    Delivery listening(String name) {
        return new Delivery() {
            @Override
            public void onDelivered() {
                told.add(name + " delivered");
            }

            @Override
            public void onRefused(Outcome outcome) {
                told.add(name + ' ' + outcome.word());
            }

            @Override
            public void onSuperseded() {
                told.add(name + " superseded");
            }
        };
    }
}
