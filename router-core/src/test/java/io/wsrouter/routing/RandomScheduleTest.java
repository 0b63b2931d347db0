package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything at once, in random order. {@code -Dwsrouter.test.schedules} sets how many lives are tried,
 * {@code -Dwsrouter.test.actions} how long each is, and {@code -Dwsrouter.test.seed} replays one.
 */
@ExtendWith(SeedWatcher.class)
final class RandomScheduleTest {

    private static final int SCHEDULES = Integer.getInteger("wsrouter.test.schedules", 100);
    private static final int ACTIONS = Integer.getInteger("wsrouter.test.actions", 3_000);

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldKeepEveryPromiseInAnyOrderOfSteps(long seed) {
        try {
            new RandomSchedule(seed).run(ACTIONS);
        } catch (AssertionError e) {
            throw new AssertionError("replay with -D" + Seeds.PROPERTY + "=" + seed, e);
        }
    }

    @Test
    void shouldTakeTheSameStepsFromTheSameSeed() {
        long seed = Seeds.next();
        RandomSchedule first = new RandomSchedule(seed);
        RandomSchedule second = new RandomSchedule(seed);

        first.run(1_000);
        second.run(1_000);

        assertThat(second.history()).isEqualTo(first.history()).hasSizeGreaterThan(10);
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong(Seeds.PROPERTY) == null ? SCHEDULES : 1)
                .map(i -> Seeds.next());
    }
}
