package io.wsrouter.cli;

import io.wsrouter.server.StartCheck;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says everything that is wrong with the configuration; exits 2 when the router would not start with it. */
@Command(
        name = "check-config",
        description = "Checks the configuration and the files it names, all errors at once. Opens no port.",
        mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {

    private static final int REFUSED = 2;

    @Mixin
    private ConfigOptions options;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the options and the spec
    CheckConfigCommand() {}

    @Override
    public Integer call() {
        StartCheck check = StartCheck.of(options.sources());
        PrintWriter err = spec.commandLine().getErr();
        check.errors().forEach(error -> err.println("error: " + error));
        check.warnings().forEach(warning -> err.println("warning: " + warning));
        if (!check.errors().isEmpty()) {
            return REFUSED;
        }
        spec.commandLine().getOut().println("ok");
        return 0;
    }
}
