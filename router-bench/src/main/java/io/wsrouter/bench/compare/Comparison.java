package io.wsrouter.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs the tests: one server at a time, all of them in each round, each in a process that is new in each round. */
final class Comparison {

    private static final double WARMUP_OF_A_TEST = 0.8;

    private final Loader loader;
    private final List<Trial> trials;
    private final double seconds;
    private final double warmupSeconds;
    private final @Nullable Processors processors;
    private final Path logs;
    private final Consumer<Run> listener;

    /**
     * A comparison.
     *
     * @param seconds of load that count in each test
     * @param warmupSeconds of load on a new server that do not, where it needs them
     * @param processors of the servers, or null for all
     * @param logs directory for the servers' output
     * @param listener hears of each run when it is over
     */
    Comparison(
            Loader loader,
            List<Trial> trials,
            double seconds,
            double warmupSeconds,
            @Nullable Processors processors,
            Path logs,
            Consumer<Run> listener) {
        this.loader = loader;
        this.trials = trials;
        this.seconds = seconds;
        this.warmupSeconds = warmupSeconds;
        this.processors = processors;
        this.logs = logs;
        this.listener = listener;
    }

    void run(List<Contender> contenders, int rounds) throws IOException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            for (Contender contender : contenders) {
                run(contender, round);
            }
        }
    }

    private void run(Contender contender, int round) throws IOException, InterruptedException {
        List<Trial> left = new ArrayList<>(trials);
        try (ServerProcess server =
                ServerProcess.start(contender, processors, logs.resolve("compare-" + contender.row() + ".log"))) {
            warmUp(contender, server);
            while (!left.isEmpty()) {
                listener.accept(run(contender, server, left.remove(0), round));
            }
        } catch (CompareException e) {
            left.forEach(trial ->
                    listener.accept(Run.failed(contender.row(), trial, round, String.valueOf(e.getMessage()))));
        }
    }

    private Run run(Contender contender, ServerProcess server, Trial trial, int round)
            throws IOException, InterruptedException {
        try {
            return loader.load(contender, server, trial, round, WARMUP_OF_A_TEST, seconds);
        } catch (CompareException e) {
            return Run.failed(contender.row(), trial, round, String.valueOf(e.getMessage()));
        }
    }

    /** What a JVM has to have seen before its figures count; none of it does. */
    private void warmUp(Contender contender, ServerProcess server) throws IOException, InterruptedException {
        if (!contender.needsWarmup() || warmupSeconds == 0) {
            return;
        }
        loader.load(contender, server, Trial.UNI1K, 0, 0, warmupSeconds);
        loader.load(contender, server, Trial.FAN1K, 0, 0, warmupSeconds / 2);
        if (trials.contains(Trial.CONNECT)) {
            loader.load(contender, server, Trial.CONNECT, 0, 0, 0);
        }
    }
}
