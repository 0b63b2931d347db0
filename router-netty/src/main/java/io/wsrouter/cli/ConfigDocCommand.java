package io.wsrouter.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints {@code docs/configuration.md}, for whoever adds a key. */
@Command(
        name = "config-doc",
        description = "Prints the documentation of every key, in Markdown.",
        hidden = true,
        mixinStandardHelpOptions = true)
final class ConfigDocCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    ConfigDocCommand() {}

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(ConfigurationPage.markdown());
        spec.commandLine().getOut().flush();
        return 0;
    }
}
