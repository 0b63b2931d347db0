package io.wsrouter.bench.scenario;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the scenarios have in common: their options, a router that lives as long as they run, and a verdict. */
@Command(mixinStandardHelpOptions = true, showDefaultValues = true)
abstract class Scenario implements Callable<Integer> {

    @Option(names = "--scale", defaultValue = "1", paramLabel = "N", description = "Divides the numbers by N.")
    private int scale;

    @Option(names = "--seed", paramLabel = "SEED", description = "Repeats a run's choices; default: a new one.")
    private long seed = System.nanoTime();

    @Option(names = "--timeout", defaultValue = "300", paramLabel = "SECONDS", description = "Fails after so long.")
    private long timeoutSeconds;

    @Option(names = "--home", required = true, hidden = true)
    private Path home;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the options and the spec
    Scenario() {}

    /** Runs against a fresh router, and terminates it. */
    abstract void run(RouterProcess router, Verdict verdict, Deadline deadline) throws Exception;

    /** Flags for the router's JVM, separated by blanks. */
    String javaOptions() {
        return "";
    }

    /** Further {@code key=value} for the router's configuration. */
    List<String> settings() {
        return List.of();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Verdict verdict = new Verdict(spec.commandLine().getOut());
        Deadline deadline = Deadline.after(Duration.ofSeconds(timeoutSeconds));
        Path log = home.resolve("router-bench/target/scenario-" + spec.name() + ".log");
        verdict.say("%s: seed %d, scale 1/%d, java %s", spec.name(), seed, scale, Runtime.version());
        try (RouterProcess router =
                RouterProcess.start(home.resolve("scripts/router"), log, javaOptions(), settings(), deadline)) {
            run(router, verdict, deadline);
            verdict.none("errors in the router's log", router.errors());
            verdict.none("leaks in the router's log", router.leaks());
        } catch (ScenarioException e) {
            verdict.check(false, "%s", String.valueOf(e.getMessage()));
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ScenarioException(spec.name() + " broke", e);
        }
        verdict.say(verdict.violations() == 0 ? "passed" : "%d checks failed; see %s", verdict.violations(), log);
        return verdict.violations() == 0 ? 0 : 1;
    }

    final int scaled(int number) {
        return Math.max(1, number / scale);
    }

    final long seed() {
        return seed;
    }
}
