package io.wsrouter.connection;

import static io.wsrouter.protocol.Priority.CRITICAL;
import static io.wsrouter.protocol.Priority.HIGH;
import static io.wsrouter.protocol.Priority.LOW;
import static io.wsrouter.protocol.Priority.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.connection.QueueListener.Drop;
import io.wsrouter.connection.TestQueues.Socket;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.TestMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class BacklogTest {

    private static final int MANY = 1_000;

    // ---- order

    @Test
    void shouldGiveTheHighestClassFirstAndKeepTheOrderWithinIt() {
        Socket socket = TestQueues.of(MANY, MANY, SlowConsumerPolicy.DISCONNECT).opensSocket();
        for (Priority priority : List.of(NORMAL, LOW, CRITICAL, HIGH)) {
            socket.add(priority, priority.word() + 1);
        }
        for (Priority priority : Priority.values()) {
            socket.add(priority, priority.word() + 2);
        }

        assertThat(socket.drained())
                .containsExactly("critical1", "critical2", "high1", "high2", "normal1", "normal2", "low1", "low2");
        assertThat(socket.backlog.bytes()).isZero();
        assertThat(socket.backlog.isForgettable()).isTrue();
    }

    // ---- who goes for whom

    static Stream<Arguments> pairsOfClasses() {
        return Stream.of(Priority.values())
                .flatMap(waiting -> Stream.of(Priority.values()).map(arriving -> Arguments.of(waiting, arriving)));
    }

    @ParameterizedTest
    @MethodSource("pairsOfClasses")
    void shouldDisplaceLowerClassesOnlyUnderEveryPolicy(Priority waiting, Priority arriving) {
        for (SlowConsumerPolicy policy : SlowConsumerPolicy.values()) {
            TestQueues queues = TestQueues.of(MANY, 2, policy);
            Socket socket = queues.opensSocket();
            socket.add(waiting, "older");
            socket.add(waiting, "newer");

            WriteResult result = socket.add(arriving, "arriving");

            if (waiting.compareTo(arriving) < 0) {
                assertThat(result).isEqualTo(WriteResult.ACCEPTED);
                assertThat(queues.told).as("%s", policy).containsExactly("newer slow_consumer");
                assertThat(socket.drained()).containsExactly("arriving", "older");
                assertThat(queues.loop(0).drops).isEqualTo(Map.of(Drop.DISPLACED, 1));
            } else if (waiting == arriving && policy.evictsItsOwnClass()) {
                assertThat(result).isEqualTo(WriteResult.ACCEPTED);
                assertThat(queues.told).as("%s", policy).containsExactly("older superseded");
                assertThat(socket.drained()).containsExactly("newer", "arriving");
                assertThat(queues.loop(0).drops).isEqualTo(Map.of(Drop.SUPERSEDED, 1));
            } else {
                assertThat(result)
                        .isEqualTo(
                                policy == SlowConsumerPolicy.DISCONNECT
                                        ? WriteResult.SLOW_CONSUMER
                                        : WriteResult.DROPPED);
                assertThat(queues.told).as("%s", policy).isEmpty();
                assertThat(socket.drained()).containsExactly("older", "newer");
                assertThat(queues.loop(0).drops).isEqualTo(Map.of(Drop.REFUSED, 1));
            }
        }
    }

    @Test
    void shouldDisplaceTheLowestClassFirst() {
        TestQueues queues = TestQueues.of(40, MANY, SlowConsumerPolicy.DISCONNECT);
        Socket socket = queues.opensSocket();
        socket.add(HIGH, "high");
        socket.add(NORMAL, "normal");
        socket.add(LOW, "low1");
        socket.add(LOW, "low2");

        assertThat(socket.add(CRITICAL, "critical", null, 30)).isEqualTo(WriteResult.ACCEPTED);

        assertThat(queues.told).containsExactly("low2 slow_consumer", "low1 slow_consumer", "normal slow_consumer");
        assertThat(socket.drained()).containsExactly("critical", "high");
    }

    @ParameterizedTest
    @EnumSource
    void shouldDisplaceNobodyForAMessageThatFindsNoRoomAllTheSame(SlowConsumerPolicy policy) {
        TestQueues queues = TestQueues.of(30, MANY, policy);
        Socket socket = queues.opensSocket();
        socket.add(LOW, "low");
        socket.add(CRITICAL, "critical1");
        socket.add(CRITICAL, "critical2");

        assertThat(socket.add(NORMAL, "large", null, 20)).isNotEqualTo(WriteResult.ACCEPTED);

        assertThat(queues.told).isEmpty();
        assertThat(socket.drained()).containsExactly("critical1", "critical2", "low");
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeAMessageThatIsTooLargeWhenNothingElseWaits(SlowConsumerPolicy policy) {
        Socket socket = TestQueues.of(30, MANY, policy).opensSocket();

        assertThat(socket.add(NORMAL, "huge", null, 300)).isEqualTo(WriteResult.ACCEPTED);
        assertThat(socket.add(LOW, "small")).isNotEqualTo(WriteResult.ACCEPTED);

        assertThat(socket.drained()).containsExactly("huge");
    }

    @Test
    void shouldCountAFlushThatIsUnderWay() {
        Socket socket = TestQueues.of(30, 3, SlowConsumerPolicy.DROP_NEWEST).opensSocket();
        socket.backlog.onFlushBegun(15, 2, 0);

        assertThat(socket.add(NORMAL, "first")).isEqualTo(WriteResult.ACCEPTED);
        assertThat(socket.add(CRITICAL, "next")).isEqualTo(WriteResult.ACCEPTED);
        assertThat(socket.drained()).containsExactly("next");

        assertThat(socket.add(NORMAL, "too large", null, 16)).isEqualTo(WriteResult.DROPPED);
        socket.backlog.onFlushEnded();
        assertThat(socket.add(NORMAL, "not any more", null, 16)).isEqualTo(WriteResult.ACCEPTED);
    }

    // ---- the last value of each event

    @Test
    void shouldKeepTheLastValueOfEachEventInSendOrder() {
        TestQueues queues = TestQueues.of(MANY, MANY, SlowConsumerPolicy.CONFLATE);
        Socket socket = queues.opensSocket();
        socket.add(NORMAL, "price1", "price", 20);
        socket.add(NORMAL, "plain1");
        socket.add(NORMAL, "state1", "state", 20);
        socket.add(NORMAL, "price2", "price", 20);
        socket.add(NORMAL, "plain2");

        assertThat(queues.told).containsExactly("price1 superseded");
        assertThat(socket.drained()).containsExactly("plain1", "state1", "price2", "plain2");
    }

    @Test
    void shouldConflateWithinOneAddressOnly() {
        TestQueues queues = TestQueues.of(MANY, MANY, SlowConsumerPolicy.CONFLATE);
        Socket socket = queues.opensSocket();
        for (String topic : List.of("topic:a", "topic:b")) {
            socket.add(TestMessages.of(Address.parse(topic), NORMAL, topic, "price", 20, Message.NO_DEADLINE));
        }

        assertThat(socket.drained()).containsExactly("topic:a", "topic:b");
    }

    @ParameterizedTest
    @MethodSource("pairsOfClasses")
    void shouldConflateWithTheSameOrALowerClass(Priority waiting, Priority arriving) {
        TestQueues queues = TestQueues.of(MANY, MANY, SlowConsumerPolicy.CONFLATE);
        Socket socket = queues.opensSocket();
        socket.add(waiting, "old", "price", 20);

        socket.add(arriving, "new", "price", 20);

        assertThat(socket.drained())
                .isEqualTo(waiting.compareTo(arriving) <= 0 ? List.of("new") : List.of("old", "new"));
    }

    @Test
    void shouldConflateWithEveryLowerClass() {
        TestQueues queues = TestQueues.of(MANY, MANY, SlowConsumerPolicy.CONFLATE);
        Socket socket = queues.opensSocket();
        socket.add(HIGH, "high", "price", 20);
        socket.add(NORMAL, "normal", "price", 20);
        socket.add(LOW, "low", "price", 20);

        socket.add(CRITICAL, "critical", "price", 20);

        assertThat(queues.told).containsExactlyInAnyOrder("high superseded", "normal superseded", "low superseded");
        assertThat(socket.drained()).containsExactly("critical");
    }

    @Test
    void shouldKeepTheOldValueWhenTheNewOneFindsNoRoom() {
        Socket socket = TestQueues.of(40, MANY, SlowConsumerPolicy.CONFLATE).opensSocket();
        socket.add(CRITICAL, "critical", null, 20);
        socket.add(NORMAL, "old", "price", 20);

        assertThat(socket.add(NORMAL, "new", "price", 30)).isEqualTo(WriteResult.DROPPED);

        assertThat(socket.drained()).containsExactly("critical", "old");
    }

    @ParameterizedTest
    @EnumSource(names = "CONFLATE", mode = EnumSource.Mode.EXCLUDE)
    void shouldNotConflateUnderAnotherPolicy(SlowConsumerPolicy policy) {
        Socket socket = TestQueues.of(MANY, MANY, policy).opensSocket();
        socket.add(NORMAL, "old", "price", 20);
        socket.add(NORMAL, "new", "price", 20);

        assertThat(socket.drained()).containsExactly("old", "new");
    }

    // ---- time

    @Test
    void shouldRefuseAtTheEndOfItsTimeWhatStillWaits() {
        TestQueues queues = TestQueues.of(MANY, MANY, SlowConsumerPolicy.DISCONNECT);
        Socket socket = queues.opensSocket();
        queues.nowNanos = Long.MAX_VALUE - 5;
        long overflown = queues.nowNanos + 10;
        socket.add(TestMessages.of(TestQueues.ALICE, NORMAL, "short", null, 10, queues.nowNanos + 1));
        socket.add(TestMessages.of(TestQueues.ALICE, NORMAL, "long", null, 10, overflown));
        socket.add(NORMAL, "for ever");
        queues.nowNanos += 1;

        assertThat(socket.drained()).containsExactly("long", "for ever");
        assertThat(queues.told).containsExactly("short expired");
        assertThat(socket.backlog.takeUntoldDrops()).isEqualTo(1);
    }

    @Test
    void shouldTakeBackWhatIsRecalledAndTellNobody() {
        TestQueues queues = TestQueues.of(MANY, MANY, SlowConsumerPolicy.DISCONNECT);
        Socket socket = queues.opensSocket();
        Delivery recalled = queues.listening("recalled");
        socket.add(LOW, "first");
        socket.backlog.add(
                TestMessages.of(TestQueues.ALICE, LOW, "second", null, 10, Message.NO_DEADLINE), recalled, 0);
        socket.add(LOW, "third");

        assertThat(socket.backlog.recall(recalled)).isTrue();
        assertThat(socket.backlog.recall(recalled)).isFalse();

        assertThat(socket.drained()).containsExactly("first", "third");
        assertThat(queues.told).isEmpty();
        assertThat(queues.loop(0).drops).isEqualTo(Map.of(Drop.RECALLED, 1));
    }

    // ---- control

    @ParameterizedTest
    @EnumSource
    void shouldDisplaceAnyMessageForAControlFrame(SlowConsumerPolicy policy) {
        TestQueues queues = TestQueues.of(30, MANY, policy);
        Socket socket = queues.opensSocket();
        socket.add(CRITICAL, "critical");
        socket.add(NORMAL, "normal1");
        socket.add(NORMAL, "normal2");

        assertThat(socket.backlog.addControl(15)).isTrue();

        assertThat(queues.told).containsExactly("normal2 slow_consumer", "normal1 slow_consumer");
        assertThat(socket.drained()).containsExactly("critical");
        assertThat(socket.backlog.bytes()).isEqualTo(15);
    }

    @Test
    void shouldRefuseControlFramesThatAreTooMany() {
        Socket socket = TestQueues.of(30, MANY, SlowConsumerPolicy.DROP_OLDEST).opensSocket();

        assertThat(socket.backlog.addControl(30)).isTrue();
        assertThat(socket.backlog.addControl(1)).isFalse();
        socket.backlog.onControlTaken();
        assertThat(socket.backlog.addControl(1)).isTrue();
    }

    // ---- telling

    @Test
    void shouldLetARefusalCauseAnotherWithoutEndOfTheStack() {
        TestQueues queues = TestQueues.of(Long.MAX_VALUE, 100_000, SlowConsumerPolicy.DROP_NEWEST);
        Socket socket = queues.opensSocket();
        List<String> told = new ArrayList<>();
        class Insisting implements Delivery {
            @Override
            public void onDelivered() {}

            @Override
            public void onRefused(Outcome outcome) {
                told.add(outcome.word());
                socket.add(CRITICAL, "again");
            }
        }
        for (int i = 0; i < 100_000; i++) {
            Message message = TestMessages.of(TestQueues.ALICE, LOW, "low", null, 10, Message.NO_DEADLINE);
            socket.backlog.add(message, new Insisting(), 0);
        }

        socket.add(CRITICAL, "first");

        assertThat(told).hasSize(100_000);
        assertThat(socket.drained()).hasSize(100_000).containsOnly("first", "again");
    }

    @Test
    void shouldTellTheOthersWhenOneFails() {
        TestQueues queues = TestQueues.of(MANY, MANY, SlowConsumerPolicy.DROP_NEWEST);
        Socket socket = queues.opensSocket();
        Message message = TestMessages.of(TestQueues.ALICE, LOW, "broken", null, 10, Message.NO_DEADLINE);
        socket.backlog.add(
                message,
                new Delivery() {
                    @Override
                    public void onDelivered() {}

                    @Override
                    public void onRefused(Outcome outcome) {
                        throw new IllegalStateException("broken");
                    }
                },
                0);
        socket.add(LOW, "other");

        socket.backlog.close(Drop.CLOSED);

        assertThat(queues.told).containsExactly("other closed");
        assertThat(queues.loop(0).faults).hasSize(1);
    }

    // ---- what an operator sees

    @Test
    void shouldDescribeWhatWaitsAndWhatWasMissed() {
        TestQueues queues = TestQueues.of(MANY, 2, SlowConsumerPolicy.DROP_NEWEST);
        Socket socket = queues.opensSocket();
        assertThat(socket.backlog.describe(0)).isEqualTo(QueueState.EMPTY);
        socket.add(HIGH, "high");
        queues.nowNanos = 5;
        socket.add(LOW, "low");
        socket.add(LOW, "low");
        socket.add(CRITICAL, "critical");

        assertThat(socket.backlog.describe(7)).isEqualTo(new QueueState(20, 7, Map.of(LOW, 2)));
        assertThat(socket.backlog.takeUntoldDrops()).isEqualTo(2);
        assertThat(socket.backlog.takeUntoldDrops()).isZero();
        assertThat(socket.drained()).containsExactly("critical", "high");
        assertThat(socket.backlog.isForgettable()).isFalse();
        assertThat(socket.backlog.describe(7)).isEqualTo(new QueueState(0, 0, Map.of(LOW, 2)));
    }

    // ---- the end

    @Test
    void shouldRefuseEverythingWhenItCloses() {
        TestQueues queues = TestQueues.of(MANY, MANY, SlowConsumerPolicy.DROP_OLDEST);
        Socket socket = queues.opensSocket();
        socket.add(LOW, "low");
        socket.add(HIGH, "high");
        socket.backlog.addControl(7);

        socket.backlog.close(Drop.CUT_OFF);

        assertThat(queues.told).containsExactlyInAnyOrder("low slow_consumer", "high slow_consumer");
        assertThat(socket.add(HIGH, "late")).isEqualTo(WriteResult.SLOW_CONSUMER);
        assertThat(socket.backlog.addControl(1)).isFalse();
        assertThat(queues.loop(0).budget.usedBytes()).isZero();
    }
}
