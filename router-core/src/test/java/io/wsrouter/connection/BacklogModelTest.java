package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.connection.TestQueues.Socket;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.TestMessages;
import io.wsrouter.routing.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random operations, compared with a list that is searched from end to end, and a node whose account has to come out even. */
final class BacklogModelTest {

    private static final int OPERATIONS = 20_000;
    private static final long MOST_BYTES = 200;
    private static final int MOST_MESSAGES = 12;

    private record Known(String name, Message message) {

        Priority priority() {
            return message.priority();
        }

        boolean isOfTheEventOf(Message other) {
            return message.hasEvent()
                    && message.to().equals(other.to())
                    && Arrays.equals(message.event(), other.event());
        }
    }

    /** The same rules, the simplest way. Messages are in the order of their arrival. */
    private static final class Model {

        private final SlowConsumerPolicy policy;
        private final List<Known> waiting = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private long control;

        Model(SlowConsumerPolicy policy) {
            this.policy = policy;
        }

        WriteResult add(Known arriving) {
            List<Known> thatStay = waiting.stream()
                    .filter(known -> known.priority().compareTo(arriving.priority()) > 0
                            || (known.priority() == arriving.priority() && !isOwnClassEvicted()))
                    .toList();
            if (!fits(thatStay, arriving.message().lengthBytes(), 1)) {
                return policy == SlowConsumerPolicy.DISCONNECT ? WriteResult.SLOW_CONSUMER : WriteResult.DROPPED;
            }
            if (policy == SlowConsumerPolicy.CONFLATE && arriving.message().hasEvent()) {
                List.copyOf(waiting).stream()
                        .filter(known -> known.priority().compareTo(arriving.priority()) <= 0)
                        .filter(known -> known.isOfTheEventOf(arriving.message()))
                        .forEach(known -> refuse(known, " superseded"));
            }
            while (!fits(waiting, arriving.message().lengthBytes(), 1)) {
                Known lower = lowestNewestBelow(arriving.priority().ordinal());
                if (lower != null) {
                    refuse(lower, " slow_consumer");
                } else {
                    refuse(
                            waiting.stream()
                                    .filter(known -> known.priority() == arriving.priority())
                                    .findFirst()
                                    .orElseThrow(),
                            " superseded");
                }
            }
            waiting.add(arriving);
            return WriteResult.ACCEPTED;
        }

        boolean addControl(int bytes) {
            while (!fits(waiting, bytes, 0)) {
                Known lower = lowestNewestBelow(Priority.values().length);
                if (lower == null) {
                    return false;
                }
                refuse(lower, " slow_consumer");
            }
            control += bytes;
            return true;
        }

        String poll() {
            Known next = waiting.stream()
                    .max(Comparator.comparing(Known::priority)
                            .thenComparing(Comparator.<Known>comparingInt(waiting::indexOf)
                                    .reversed()))
                    .orElse(null);
            waiting.remove(next);
            return next == null ? "nothing" : next.name();
        }

        private Known lowestNewestBelow(int place) {
            return waiting.stream()
                    .filter(known -> known.priority().ordinal() < place)
                    .min(Comparator.comparing(Known::priority)
                            .thenComparing(Comparator.<Known>comparingInt(waiting::indexOf)
                                    .reversed()))
                    .orElse(null);
        }

        private void refuse(Known known, String what) {
            waiting.remove(known);
            told.add(known.name() + what);
        }

        private boolean isOwnClassEvicted() {
            return policy == SlowConsumerPolicy.DROP_OLDEST || policy == SlowConsumerPolicy.CONFLATE;
        }

        private boolean fits(List<Known> others, int bytes, int messages) {
            long used = control + bytesOf(others);
            return (used == 0 || used + bytes <= MOST_BYTES) && others.size() + messages <= MOST_MESSAGES;
        }

        long bytes() {
            return control + bytesOf(waiting);
        }

        private static long bytesOf(List<Known> messages) {
            return messages.stream()
                    .mapToLong(known -> known.message().lengthBytes())
                    .sum();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldDoAsTheModelDoes(SlowConsumerPolicy policy) {
        long seed = Seeds.next();
        SplittableRandom random = new SplittableRandom(seed);
        TestQueues queues = TestQueues.of(MOST_BYTES, MOST_MESSAGES, policy);
        Socket socket = queues.opensSocket();
        Model model = new Model(policy);
        for (int i = 0; i < OPERATIONS; i++) {
            switch (random.nextInt(8)) {
                case 0 -> {
                    int bytes = 1 + random.nextInt(40);
                    assertThat(socket.backlog.addControl(bytes))
                            .as("seed %d", seed)
                            .isEqualTo(model.addControl(bytes));
                }
                case 1 -> {
                    socket.backlog.onControlTaken();
                    model.control = 0;
                }
                case 2 -> {
                    Waiting next = socket.backlog.poll(0);
                    assertThat(next == null ? "nothing" : TestMessages.nameOf(next.message()))
                            .as("seed %d", seed)
                            .isEqualTo(model.poll());
                }
                default -> {
                    Known arriving = arriving(random, i);
                    assertThat(socket.add(arriving.message()))
                            .as("seed %d", seed)
                            .isEqualTo(model.add(arriving));
                }
            }
            assertThat(socket.backlog.bytes()).as("seed %d", seed).isEqualTo(model.bytes());
        }
        assertThat(queues.told).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(model.told);
        socket.backlog.close(QueueListener.Drop.CLOSED);
        assertThat(queues.node().usedBytes()).as("seed %d", seed).isZero();
    }

    private static Known arriving(SplittableRandom random, int number) {
        String event = random.nextBoolean() ? "event" + random.nextInt(3) : null;
        Address to = random.nextInt(4) == 0 ? Address.parse("topic:news") : TestQueues.ALICE;
        Priority priority = Priority.values()[random.nextInt(4)];
        int bytes = 20 + random.nextInt(random.nextInt(50) == 0 ? 400 : 20);
        Message message = TestMessages.of(to, priority, "m" + number, event, bytes, Message.NO_DEADLINE);
        return new Known("m" + number, message);
    }

    /** Three loops that run in any order, many sockets, frames shared or not: the node is never over its share. */
    @ParameterizedTest
    @EnumSource
    void shouldStayWithinTheBudgetAndAnswerForEveryMessage(SlowConsumerPolicy policy) {
        long seed = Seeds.next();
        SplittableRandom random = new SplittableRandom(seed);
        long nodeBytes = 40_000;
        TestQueues queues = new TestQueues(new QueueLimits(10_000, 100, nodeBytes, policy), 3);
        List<Socket> sockets = new ArrayList<>();
        queues.loops()
                .forEach(loop -> Stream.generate(loop::opensSocket).limit(6).forEach(sockets::add));
        Map<String, Integer> accepted = new HashMap<>();
        Map<String, Integer> taken = new HashMap<>();
        for (int i = 0; i < OPERATIONS; i++) {
            int index = random.nextInt(sockets.size());
            Socket socket = sockets.get(index);
            int what = random.nextInt(20);
            if (what == 0) {
                socket.loop.turns();
            } else if (what == 1) {
                socket.backlog.addControl(1 + random.nextInt(50));
            } else if (what == 2) {
                socket.backlog.onControlTaken();
            } else if (what == 3) {
                socket.backlog.onFlushEnded();
                socket.backlog.onFlushBegun(1 + random.nextInt(500), 1, i);
            } else if (what == 4) {
                socket.backlog.onFlushEnded();
            } else if (what == 5) {
                socket.drained().forEach(name -> taken.merge(name, 1, Integer::sum));
            } else {
                Message message = TestMessages.of(
                        TestQueues.ALICE,
                        Priority.values()[random.nextInt(4)],
                        "m" + i,
                        random.nextBoolean() ? "event" + random.nextInt(3) : null,
                        20 + random.nextInt(1_000),
                        Message.NO_DEADLINE);
                for (Socket receiver : random.nextBoolean() ? List.of(socket) : sockets) {
                    if (receiver.loop == socket.loop && receiver.add(message) == WriteResult.ACCEPTED) {
                        accepted.merge("m" + i, 1, Integer::sum);
                    }
                }
            }
            if (socket.isCutOff) {
                sockets.set(index, socket.loop.opensSocket());
            }
            assertThat(queues.node().usedBytes()).as("seed %d", seed).isLessThanOrEqualTo(nodeBytes * 7 / 8);
        }
        assertThat(queues.loops().stream().mapToInt(loop -> loop.sheds).sum())
                .as("seed %d", seed)
                .isPositive();
        for (Socket socket : sockets) {
            socket.drained().forEach(name -> taken.merge(name, 1, Integer::sum));
            socket.backlog.onControlTaken();
            socket.backlog.onFlushEnded();
        }
        queues.told.forEach(told -> taken.merge(told.substring(0, told.indexOf(' ')), 1, Integer::sum));
        assertThat(taken)
                .as("each accepted message is taken or refused, seed %d", seed)
                .isEqualTo(accepted);
        assertThat(queues.node().usedBytes()).as("seed %d", seed).isZero();
        queues.loops()
                .forEach(loop -> assertThat(loop.faults).as("seed %d", seed).isEmpty());
    }
}
