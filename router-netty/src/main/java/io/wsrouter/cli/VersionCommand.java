package io.wsrouter.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what this is and what it runs on. */
@Command(name = "version", description = "Prints the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    VersionCommand() {}

    @Override
    public Integer call() {
        for (String line : new RouterMain.Version().getVersion()) {
            spec.commandLine().getOut().println(line);
        }
        return 0;
    }
}
