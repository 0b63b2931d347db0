package io.wsrouter.bench.load;

import io.wsrouter.bench.report.ReportCommand;
import io.wsrouter.bench.scenario.ScenarioException;
import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of the load harness. Exit codes: 0 all holds, 1 something was found, 2 it could not be run. */
@Command(
        name = "scripts/bench",
        description = "Loads a WebSocket server and checks every message.",
        mixinStandardHelpOptions = true,
        subcommands = {LoadCommand.class, VerifyCommand.class, ReportCommand.class})
public final class LoadMain {

    static final int FOUND = 1;
    private static final int NOT_RUN = 2;

    private LoadMain() {}

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new LoadMain());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(explain(failure));
            return NOT_RUN;
        });
        return commandLine;
    }

    private static String explain(Exception failure) {
        boolean isOurs = failure instanceof PlanException
                || failure instanceof ScenarioException
                || failure instanceof IllegalArgumentException
                || failure instanceof IOException
                || failure instanceof UncheckedIOException;
        return isOurs && failure.getMessage() != null ? failure.getMessage() : failure.toString();
    }
}
