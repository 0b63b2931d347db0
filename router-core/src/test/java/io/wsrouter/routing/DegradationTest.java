package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The node's level under signals that the tests make up, on a clock of theirs. */
final class DegradationTest {

    private static final Duration RECOVERY = Duration.ofSeconds(5);
    private static final long SAMPLE_NANOS = Duration.ofMillis(250).toNanos();

    private final Degradation degradation = new Degradation(RECOVERY);
    private final VirtualClock clock = new VirtualClock(Seeds.next());

    @ParameterizedTest
    @CsvSource({
        "LOOP_LAG, 99, NORMAL",
        "LOOP_LAG, 100, ELEVATED",
        "LOOP_LAG, 499, ELEVATED",
        "LOOP_LAG, 500, SEVERE",
        "LOOP_LAG, 1999, SEVERE",
        "LOOP_LAG, 2000, CRITICAL",
        "LOOP_LAG, 100000, CRITICAL",
        "HEAP, 89.9, NORMAL",
        "HEAP, 90, ELEVATED",
        "HEAP, 94, SEVERE",
        "HEAP, 97, CRITICAL",
        "DIRECT_MEMORY, 79.9, NORMAL",
        "DIRECT_MEMORY, 80, ELEVATED",
        "DIRECT_MEMORY, 90, SEVERE",
        "DIRECT_MEMORY, 96, CRITICAL",
        "QUEUED_BYTES, 59.9, NORMAL",
        "QUEUED_BYTES, 60, ELEVATED",
        "QUEUED_BYTES, 1000, ELEVATED",
        "FAILURE_RATE, 24.9, NORMAL",
        "FAILURE_RATE, 25, ELEVATED",
        "FAILURE_RATE, 100, ELEVATED"
    })
    void shouldRiseAtOnceToWhatASignalCallsFor(Signal signal, double reading, Level level) {
        LevelChange change = sample(signal, reading);

        assertThat(degradation.level()).isEqualTo(level);
        assertThat(change)
                .isEqualTo(
                        level == Level.NORMAL
                                ? null
                                : new LevelChange(Level.NORMAL, level, signal, reading, signal.threshold(level)));
        assertThat(degradation.cause()).isEqualTo(level == Level.NORMAL ? null : signal);
    }

    @Test
    void shouldRiseFurtherAtOnceAndNameWhatCallsForIt() {
        sample(Signal.QUEUED_BYTES, 80);
        LevelChange change = sample(Map.of(Signal.QUEUED_BYTES, 80.0, Signal.HEAP, 98.0));

        assertThat(change).isEqualTo(new LevelChange(Level.ELEVATED, Level.CRITICAL, Signal.HEAP, 98, 97));
        assertThat(degradation.cause()).isEqualTo(Signal.HEAP);
    }

    @Test
    void shouldFallByOneForEachRecoveryTime() {
        sample(Signal.LOOP_LAG, 5_000);

        assertThat(fall(Level.CRITICAL))
                .isEqualTo(new LevelChange(Level.CRITICAL, Level.SEVERE, Signal.LOOP_LAG, 0, 1_800));
        assertThat(fall(Level.SEVERE))
                .isEqualTo(new LevelChange(Level.SEVERE, Level.ELEVATED, Signal.LOOP_LAG, 0, 450));
        assertThat(fall(Level.ELEVATED))
                .isEqualTo(new LevelChange(Level.ELEVATED, Level.NORMAL, Signal.LOOP_LAG, 0, 90));
        assertThat(degradation.cause()).isNull();
        assertThat(sample(Map.of())).isNull();
    }

    /** Samples no pressure and expects {@code from} to last exactly as long as recovery takes. */
    private @Nullable LevelChange fall(Level from) {
        long calmSince = clock.nanoTime() + (degradation.level() == Level.CRITICAL ? SAMPLE_NANOS : 0);
        LevelChange change = null;
        while (change == null) {
            assertThat(degradation.level()).isEqualTo(from);
            change = sample(Map.of());
        }
        assertThat(clock.nanoTime() - calmSince).isEqualTo(RECOVERY.toNanos());
        return change;
    }

    @ParameterizedTest
    @EnumSource(Signal.class)
    void shouldStayWhileAReadingIsBetweenTheTwoThresholds(Signal signal) {
        double upper = signal.threshold(Level.ELEVATED);
        double lower = signal.lowerThreshold(Level.ELEVATED);
        assertThat(lower).isLessThan(upper);
        sample(signal, upper);

        for (int i = 0; i < 1_000; i++) {
            assertThat(sample(signal, lower)).isNull();
        }
        assertThat(degradation.level()).isEqualTo(Level.ELEVATED);
        assertThat(degradation.cause()).isEqualTo(signal);
    }

    @Test
    void shouldBeginToWaitAnewWhenASignalRisesAgain() {
        sample(Signal.HEAP, 91);
        for (int i = 0; i < 19; i++) {
            assertThat(sample(Map.of())).isNull();
        }
        assertThat(sample(Signal.QUEUED_BYTES, 55)).isNull();

        for (int i = 0; i < 20; i++) {
            assertThat(sample(Map.of())).as("sample %d of calm", i).isNull();
        }
        assertThat(sample(Map.of()))
                .isEqualTo(new LevelChange(Level.ELEVATED, Level.NORMAL, Signal.QUEUED_BYTES, 0, 54));
    }

    @Test
    void shouldHoldTheLowerLevelForWhatIsTooLittleForTheHigherOne() {
        sample(Signal.LOOP_LAG, 600);

        List<LevelChange> changes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            LevelChange change = sample(Signal.LOOP_LAG, 95);
            if (change != null) {
                changes.add(change);
            }
        }

        assertThat(changes).containsExactly(new LevelChange(Level.SEVERE, Level.ELEVATED, Signal.LOOP_LAG, 95, 450));
    }

    @Test
    void shouldChangeOnceUnderASignalThatFlaps() {
        int changes = 0;
        for (int i = 0; i < 10_000; i++) {
            changes += sample(Signal.LOOP_LAG, i % 2 == 0 ? 150 : 0) == null ? 0 : 1;
        }

        assertThat(changes).isOne();
        assertThat(degradation.level()).isEqualTo(Level.ELEVATED);
    }

    @Test
    void shouldNeverChangeFasterThanItRecovers() {
        long seed = Seeds.next();
        SplittableRandom random = new SplittableRandom(seed);
        long lastFallNanos = clock.nanoTime() - RECOVERY.toNanos();
        for (int i = 0; i < 100_000; i++) {
            Level before = degradation.level();
            Map<Signal, Double> readings = new EnumMap<>(Signal.class);
            for (Signal signal : Signal.values()) {
                double upTo = random.nextInt(100) == 0
                        ? 1.5 * signal.threshold(Level.ELEVATED)
                        : signal.lowerThreshold(Level.ELEVATED);
                readings.put(signal, random.nextDouble(upTo));
            }
            LevelChange change = sample(readings);
            if (change == null) {
                assertThat(degradation.level()).as("seed %d", seed).isEqualTo(before);
            } else {
                assertThat(List.of(change.from(), change.to()))
                        .as("seed %d", seed)
                        .isEqualTo(List.of(before, degradation.level()));
                if (!change.isRise()) {
                    assertThat(change.to()).as("seed %d", seed).isEqualTo(before.lower());
                    assertThat(clock.nanoTime() - lastFallNanos)
                            .as("seed %d", seed)
                            .isGreaterThanOrEqualTo(RECOVERY.toNanos());
                    lastFallNanos = clock.nanoTime();
                }
            }
        }
    }

    private @Nullable LevelChange sample(Signal signal, double reading) {
        return sample(Map.of(signal, reading));
    }

    private @Nullable LevelChange sample(Map<Signal, Double> readings) {
        clock.advance(Duration.ofNanos(SAMPLE_NANOS));
        return degradation.onPressure(new Pressure(readings), clock.nanoTime());
    }
}
