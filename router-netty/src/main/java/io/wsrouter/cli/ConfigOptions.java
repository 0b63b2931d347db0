package io.wsrouter.cli;

import io.wsrouter.config.ConfigSources;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where the configuration comes from. */
final class ConfigOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A YAML file. Environment variables WSROUTER_... override it, --set overrides both.")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One key, for example public.port=8443.")
    private List<String> assignments = List.of();

    ConfigOptions() {}

    ConfigSources sources() {
        ConfigSources sources = ConfigSources.of().environment(System.getenv());
        if (file != null) {
            sources = sources.file(file);
        }
        for (String assignment : assignments) {
            sources = sources.set(assignment);
        }
        return sources;
    }
}
