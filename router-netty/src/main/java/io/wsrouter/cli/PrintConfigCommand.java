package io.wsrouter.cli;

import io.wsrouter.config.EffectiveConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints every key with its value and where that came from, as YAML that can be loaded again; secrets are hidden. */
@Command(
        name = "print-config",
        description = "Prints every key with its value and where that came from, as YAML. Secrets are hidden.",
        mixinStandardHelpOptions = true)
final class PrintConfigCommand implements Callable<Integer> {

    @Mixin
    private ConfigOptions options;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the options and the spec
    PrintConfigCommand() {}

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .print(EffectiveConfig.load(options.sources()).toYaml());
        spec.commandLine().getOut().flush();
        return 0;
    }
}
