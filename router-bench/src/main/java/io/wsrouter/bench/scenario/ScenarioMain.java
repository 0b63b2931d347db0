package io.wsrouter.bench.scenario;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Runs a scenario. Exit codes: 0 it passed, 1 a check failed or time ran out, 2 a usage error. */
@Command(
        name = "scenario",
        description = "Loads a router in a process of its own and checks what it did.",
        mixinStandardHelpOptions = true,
        subcommands = {
            MillionScenario.class,
            StormScenario.class,
            StalledScenario.class,
            SlowScenario.class,
            FloodScenario.class,
            HandshakesScenario.class,
            CrossUserScenario.class,
            IsolationScenario.class,
            AuditScenario.class
        })
public final class ScenarioMain {

    private ScenarioMain() {}

    /** Runs the scenario that the first argument names and exits with its code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ScenarioMain()).execute(args));
    }
}
