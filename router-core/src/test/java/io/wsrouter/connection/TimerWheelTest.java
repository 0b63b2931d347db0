package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.routing.SeedWatcher;
import io.wsrouter.routing.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedWatcher.class)
final class TimerWheelTest {

    private static final long TICK = TimerWheel.TICK_NANOS;
    private static final long TURN = 512 * TICK;
    private static final int ALL = Integer.MAX_VALUE;

    private static final class TestTimer extends TimerWheel.Timer {

        private final List<Long> firedAt = new ArrayList<>();
        private LongConsumer callback = now -> {};

        @Override
        protected void onExpired(long nowNanos) {
            assertThat(isScheduled()).as("set while it fires").isFalse();
            firedAt.add(nowNanos);
            callback.accept(nowNanos);
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, TICK - 1, TICK, TICK + 1, 7 * TICK + 3, 511 * TICK, TURN - 1, TURN, TURN + 1, 3 * TURN + 5})
    void shouldFireNeverEarlyAndAtMostATickLate(long deadline) {
        TimerWheel wheel = new TimerWheel(0);
        TestTimer timer = new TestTimer();
        wheel.schedule(timer, deadline);

        wheel.advance(deadline - 1, ALL);
        assertThat(timer.firedAt).as("at its deadline at the earliest").isEmpty();
        assertThat(timer.isScheduled()).isTrue();

        long firstTick = Math.max(TICK, (deadline + TICK - 1) / TICK * TICK);
        wheel.advance(firstTick, ALL);
        assertThat(timer.firedAt).containsExactly(firstTick);
        assertThat(timer.isScheduled()).isFalse();

        wheel.advance(deadline + 10 * TURN, ALL);
        assertThat(timer.firedAt).as("once").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, -TURN, Long.MIN_VALUE, Long.MAX_VALUE - TICK, Long.MAX_VALUE})
    void shouldNotMindWhereAMonotonicClockStands(long start) {
        TimerWheel wheel = new TimerWheel(start);
        TestTimer timer = new TestTimer();
        wheel.schedule(timer, start + 5 * TICK);

        wheel.advance(start + 5 * TICK - 1, ALL);
        assertThat(timer.firedAt).isEmpty();
        wheel.advance(start + 5 * TICK, ALL);
        assertThat(timer.firedAt).containsExactly(start + 5 * TICK);
    }

    @Test
    void shouldTickAsFastAsItIsAskedTo() {
        TimerWheel wheel = new TimerWheel(7, 10);
        TestTimer timer = new TestTimer();
        wheel.schedule(timer, 30);
        assertThat(wheel.nanosToNextTick(7)).isEqualTo(10);
        assertThat(wheel.nanosToNextTick(24)).isEqualTo(3);

        wheel.advance(36, ALL);
        assertThat(timer.firedAt).isEmpty();
        wheel.advance(37, ALL);

        assertThat(timer.firedAt).containsExactly(37L);
    }

    @Test
    void shouldSkipTheTimeInWhichNothingWasSet() {
        TimerWheel wheel = new TimerWheel(0);
        wheel.skipTo(Long.MAX_VALUE / 2);
        TestTimer timer = new TestTimer();
        wheel.schedule(timer, Long.MAX_VALUE / 2 + TICK);

        wheel.advance(Long.MAX_VALUE / 2 + 2 * TICK, ALL);

        assertThat(timer.firedAt).hasSize(1);
    }

    @Test
    void shouldFireWhatIsLongOverdueInTheNextTick() {
        TimerWheel wheel = new TimerWheel(0);
        wheel.advance(100 * TICK, ALL);
        TestTimer timer = new TestTimer();

        wheel.schedule(timer, 3);
        wheel.advance(100 * TICK + TICK - 1, ALL);
        assertThat(timer.firedAt).isEmpty();
        wheel.advance(101 * TICK, ALL);

        assertThat(timer.firedAt).hasSize(1);
    }

    @Test
    void shouldFireEverythingThatCameDueDuringALongPause() {
        TimerWheel wheel = new TimerWheel(0);
        List<TestTimer> timers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            TestTimer timer = new TestTimer();
            timers.add(timer);
            wheel.schedule(timer, i * TICK);
        }

        wheel.advance(Duration.ofDays(30).toNanos(), ALL);

        assertThat(timers).allSatisfy(timer -> assertThat(timer.firedAt).hasSize(1));
    }

    @Test
    void shouldNotFireWhatIsCancelled() {
        TimerWheel wheel = new TimerWheel(0);
        TestTimer timer = new TestTimer();
        timer.cancel();
        wheel.schedule(timer, TICK);
        timer.cancel();
        timer.cancel();

        wheel.advance(TURN, ALL);

        assertThat(timer.isScheduled()).isFalse();
        assertThat(timer.firedAt).isEmpty();
    }

    @Test
    void shouldMoveATimerThatIsSetAgain() {
        TimerWheel wheel = new TimerWheel(0);
        TestTimer later = new TestTimer();
        TestTimer sooner = new TestTimer();
        wheel.schedule(later, 2 * TICK);
        wheel.schedule(sooner, 90 * TICK);
        wheel.schedule(later, 50 * TICK);
        wheel.schedule(sooner, 2 * TICK);

        wheel.advance(10 * TICK, ALL);
        assertThat(later.firedAt).isEmpty();
        assertThat(sooner.firedAt).hasSize(1);

        wheel.advance(100 * TICK, ALL);
        assertThat(later.firedAt).hasSize(1);
        assertThat(sooner.firedAt).hasSize(1);
    }

    @Test
    void shouldLetACallbackSetItsTimerAgain() {
        TimerWheel wheel = new TimerWheel(0);
        TestTimer heartbeat = new TestTimer();
        heartbeat.callback = now -> wheel.schedule(heartbeat, now + 10 * TICK);
        wheel.schedule(heartbeat, 0);
        for (long tick = 1; tick <= 1_000; tick++) {
            wheel.advance(tick * TICK, ALL);
        }

        assertThat(heartbeat.firedAt).hasSize(1_000 / 10);
    }

    @Test
    void shouldNotTurnForEverWhenACallbackSetsAPastDeadline() {
        TimerWheel wheel = new TimerWheel(0);
        TestTimer stubborn = new TestTimer();
        stubborn.callback = now -> {
            if (stubborn.firedAt.size() < 1_000) {
                wheel.schedule(stubborn, now - TURN);
            }
        };
        wheel.schedule(stubborn, 0);

        wheel.advance(TICK, ALL);
        assertThat(stubborn.firedAt).as("once in a tick").hasSize(1);

        wheel.advance(5 * TICK, ALL);
        assertThat(stubborn.firedAt).hasSize(5);
    }

    @Test
    void shouldLetACallbackCancelOthersOfItsTick() {
        TimerWheel wheel = new TimerWheel(0);
        List<TestTimer> timers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            TestTimer timer = new TestTimer();
            timers.add(timer);
            wheel.schedule(timer, TICK);
        }
        timers.get(2).callback = now -> {
            timers.get(1).cancel();
            timers.get(3).cancel();
            timers.get(5).cancel();
        };

        wheel.advance(10 * TICK, ALL);

        assertThat(timers.stream().map(timer -> timer.firedAt.size())).containsExactly(1, 1, 1, 0, 1, 0);
    }

    @Test
    void shouldLetACallbackMoveOthersOfItsTick() {
        TimerWheel wheel = new TimerWheel(0);
        TestTimer first = new TestTimer();
        TestTimer moved = new TestTimer();
        TestTimer last = new TestTimer();
        first.callback = now -> wheel.schedule(moved, now + 3 * TICK);
        wheel.schedule(first, TICK);
        wheel.schedule(moved, TICK);
        wheel.schedule(last, TICK);

        wheel.advance(2 * TICK, ALL);
        assertThat(moved.firedAt).isEmpty();
        assertThat(last.firedAt).hasSize(1);

        wheel.advance(9 * TICK, ALL);
        assertThat(moved.firedAt).hasSize(1);
        assertThat(first.firedAt).hasSize(1);
    }

    @Test
    void shouldFireManyWithOneDeadlineInSlices() {
        TimerWheel wheel = new TimerWheel(0);
        AtomicInteger fired = new AtomicInteger();
        for (int i = 0; i < 100_000; i++) {
            TestTimer timer = new TestTimer();
            timer.callback = now -> fired.incrementAndGet();
            wheel.schedule(timer, 5 * TICK);
        }

        for (int slice = 1; slice < 100; slice++) {
            assertThat(wheel.advance(6 * TICK, 1_000)).as("all has fired").isFalse();
            assertThat(fired).hasValue(slice * 1_000);
        }
        assertThat(wheel.advance(6 * TICK, 1_000)).isTrue();
        assertThat(fired).hasValue(100_000);
    }

    /** Those that wait for a later turn are passed over once a turn, not once for each timer that fires. */
    @Test
    @Timeout(10)
    void shouldNotLookAgainAtFarTimersForEachThatFires() {
        TimerWheel wheel = new TimerWheel(0);
        AtomicInteger fired = new AtomicInteger();
        for (int i = 0; i < 100_000; i++) {
            wheel.schedule(new TestTimer(), TURN + 5 * TICK);
        }
        for (int i = 0; i < 100_000; i++) {
            TestTimer timer = new TestTimer();
            timer.callback = now -> fired.incrementAndGet();
            wheel.schedule(timer, 5 * TICK);
        }

        while (!wheel.advance(6 * TICK, 1_000)) {
            assertThat(fired.get() % 1_000).isZero();
        }

        assertThat(fired).hasValue(100_000);
    }

    @Test
    void shouldGoOnAfterACallbackThatThrows() {
        TimerWheel wheel = new TimerWheel(0);
        TestTimer broken = new TestTimer();
        TestTimer next = new TestTimer();
        broken.callback = now -> {
            throw new IllegalStateException("broken");
        };
        wheel.schedule(broken, TICK);
        wheel.schedule(next, TICK);

        try {
            wheel.advance(5 * TICK, ALL);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("broken");
        }
        wheel.advance(5 * TICK, ALL);

        assertThat(broken.firedAt).hasSize(1);
        assertThat(next.firedAt).hasSize(1);
    }

    @Test
    void shouldAgreeWithAListOfDeadlinesAfterAnyOperations() {
        long seed = Seeds.next();
        Random random = new Random(seed);
        long now = random.nextLong();
        TimerWheel wheel = new TimerWheel(now);
        List<TestTimer> timers = new ArrayList<>();
        Map<TestTimer, Long> deadlines = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            TestTimer timer = new TestTimer();
            timers.add(timer);
            timer.callback = firedAt -> {
                Long deadline = deadlines.remove(timer);
                assertThat(deadline).as("it was set, seed %d", seed).isNotNull();
                assertThat(firedAt - deadline).as("not early, seed %d", seed).isPositive();
                TestTimer other = timers.get(random.nextInt(timers.size()));
                switch (random.nextInt(6)) {
                    case 0 -> schedule(wheel, deadlines, timer, firedAt, random);
                    case 1 -> schedule(wheel, deadlines, other, firedAt, random);
                    case 2 -> {
                        other.cancel();
                        deadlines.remove(other);
                    }
                    default -> {}
                }
            };
        }
        for (int step = 0; step < 30_000; step++) {
            TestTimer timer = timers.get(random.nextInt(timers.size()));
            switch (random.nextInt(4)) {
                case 0, 1 -> schedule(wheel, deadlines, timer, now, random);
                case 2 -> {
                    timer.cancel();
                    deadlines.remove(timer);
                }
                default -> {
                    now += random.nextInt(50) == 0 ? random.nextLong(3 * TURN) : random.nextLong(3 * TICK);
                    advanceInSlices(wheel, now, random);
                    for (Map.Entry<TestTimer, Long> waiting : deadlines.entrySet()) {
                        assertThat(now - waiting.getValue())
                                .as("at most a tick late, seed %d", seed)
                                .isLessThan(2 * TICK);
                    }
                }
            }
            assertThat(timer.isScheduled()).as("seed %d", seed).isEqualTo(deadlines.containsKey(timer));
        }
    }

    private static void advanceInSlices(TimerWheel wheel, long now, Random random) {
        int budget = 1 + random.nextInt(20);
        for (int slices = 0; !wheel.advance(now, budget); slices++) {
            assertThat(slices).as("it comes to an end").isLessThan(100_000);
        }
    }

    private static void schedule(
            TimerWheel wheel, Map<TestTimer, Long> deadlines, TestTimer timer, long now, Random random) {
        long deadline = now + (random.nextInt(10) == 0 ? random.nextLong(3 * TURN) : random.nextLong(20 * TICK));
        wheel.schedule(timer, deadline);
        deadlines.put(timer, deadline);
    }
}
