package io.wsrouter.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A configuration file in a test's directory, and what loading it says. */
final class RouterYaml {
    private final Path path;

    private RouterYaml(Path path) {
        this.path = path;
    }

    /** Writes {@code router.yaml} into the directory. */
    static RouterYaml in(Path directory, String yaml) {
        try {
            return new RouterYaml(Files.writeString(directory.resolve("router.yaml"), yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ConfigSources sources() {
        return ConfigSources.of().file(path);
    }

    RouterConfig load() {
        return RouterConfig.load(sources());
    }

    /** The lines of the message, the directory left out. */
    List<String> errors() {
        return errors(sources());
    }

    /** The lines of the message that loading the sources ends with, the directory of this file left out. */
    List<String> errors(ConfigSources sources) {
        return errorsOf(sources).stream()
                .map(line -> line.replace(path.getParent() + "/", ""))
                .toList();
    }

    /** The lines of the message that loading the sources ends with; none when it succeeds. */
    static List<String> errorsOf(ConfigSources sources) {
        try {
            RouterConfig.load(sources);
            return List.of();
        } catch (ConfigException e) {
            return String.valueOf(e.getMessage()).lines().toList();
        }
    }
}
