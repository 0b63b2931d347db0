package io.wsrouter.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.routing.Seeds;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A life of the router under each of some seeds, with everything that can happen in it. {@code scripts/simulate} runs more,
 * and tells the story of the one that fails.
 */
final class SimulationTest {

    private static final long STEPS = 20_000;
    private static final int FIXED_SEEDS = 40;
    private static final int FRESH_SEEDS = 15;

    @Test
    void shouldKeepEveryPromiseUnderFixedSeedsAndSeeEveryRareThing() {
        Coverage coverage = new Coverage();

        LongStream.range(0, FIXED_SEEDS).forEach(seed -> assertKeepsEveryPromise(seed, coverage));

        assertThat(coverage.missing(1)).isEmpty();
    }

    @Test
    void shouldKeepEveryPromiseUnderFreshSeeds() {
        Coverage coverage = new Coverage();

        LongStream.generate(Seeds::next).limit(FRESH_SEEDS).forEach(seed -> assertKeepsEveryPromise(seed, coverage));
    }

    /** What is found out once has to be found out again. */
    @Test
    void shouldDoTheSameUnderTheSameSeed() {
        World world = World.of(Seeds.next(), 1);
        Trace first = Trace.ofScript(world, 5_000, new Coverage());
        Trace second = Trace.ofScript(world, 5_000, new Coverage());
        Story story = Story.told();
        Trace third = Trace.ofActions(world, first.actions(), story);

        assertThat(second.actions()).isEqualTo(first.actions()).isNotEmpty();
        assertThat(second.steps()).isEqualTo(first.steps());
        assertThat(third.steps()).isEqualTo(first.steps());
        assertThat(tell(world, first.actions())).isEqualTo(story.lines()).isNotEmpty();
    }

    private static List<String> tell(World world, List<Action> actions) {
        Story story = Story.told();
        Trace.ofActions(world, actions, story);
        return story.lines();
    }

    private static void assertKeepsEveryPromise(long seed, Coverage coverage) {
        Violation violation = Trace.ofScript(World.of(seed, 1), STEPS, coverage).violation();
        if (violation != null) {
            throw new AssertionError(
                    "scripts/simulate --seed " + seed + " --steps " + STEPS + " tells the story", violation);
        }
    }
}
