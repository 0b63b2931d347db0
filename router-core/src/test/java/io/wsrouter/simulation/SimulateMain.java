package io.wsrouter.simulation;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The command behind {@code scripts/simulate}. */
public final class SimulateMain {

    private static final long SHRINK_SECONDS = 60;

    private final PrintStream out;
    private final Coverage coverage = new Coverage();
    private long steps;

    private SimulateMain(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs seeds one after the other, and ends with 1 at the first that breaks a promise, or when a rare thing never
     * happened in a set of them.
     *
     * @param args the first seed, the steps of each, the nodes, how many seeds, and whether rare things must happen
     */
    public static void main(String[] args) {
        long seed = Long.parseLong(args[0]);
        long steps = Long.parseLong(args[1]);
        int nodes = Integer.parseInt(args[2]);
        long seeds = Long.parseLong(args[3]);
        boolean mustCover = Boolean.parseBoolean(args[4]);
        System.exit(new SimulateMain(System.out).run(seed, steps, nodes, seeds, mustCover) ? 0 : 1);
    }

    private boolean run(long firstSeed, long stepsOfEach, int nodes, long seeds, boolean mustCover) {
        long startNanos = System.nanoTime();
        for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
            Trace trace = Trace.ofScript(World.of(seed, nodes), stepsOfEach, coverage);
            steps += trace.steps();
            if (trace.violation() != null) {
                out.println("seed " + seed + " breaks a promise after " + trace.steps() + " steps, the "
                        + (seed - firstSeed + 1) + ". seed and " + steps + " steps in all");
                explain(trace);
                return false;
            }
        }
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        out.printf(
                Locale.ROOT,
                "%d seeds, %,d steps, %.1f s, %,.0f steps a second, no violation%n",
                seeds,
                steps,
                seconds,
                steps / seconds);
        out.print(coverage);
        List<Rare> missing = coverage.missing(nodes);
        missing.forEach(rare -> out.println("never happened: " + rare.word()));
        return missing.isEmpty() || !mustCover;
    }

    private void explain(Trace trace) {
        out.println("in " + trace.world());
        Shrinker shrinker = new Shrinker(System.nanoTime() + TimeUnit.SECONDS.toNanos(SHRINK_SECONDS));
        Trace shrunk = shrinker.shrink(trace);
        out.println("of its " + trace.actions().size() + " actions these "
                + shrunk.actions().size() + " are enough (" + shrinker.tries() + " tries):");
        shrunk.actions().forEach(action -> out.println("  " + action));
        Story story = Story.told();
        Trace.ofActions(trace.world(), shrunk.actions(), story);
        out.println("which is this story:");
        story.lines().forEach(line -> out.println("  " + line));
        out.println("broken: " + shrunk.violation().getMessage());
        if (shrunk.violation().getCause() != null) {
            shrunk.violation().getCause().printStackTrace(out);
        }
    }
}
