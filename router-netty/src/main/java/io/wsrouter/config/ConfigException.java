package io.wsrouter.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. The message has a line for each error. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // an immutable list of serializable records
    private final List<ConfigError> errors;

    /**
     * The configuration cannot be used.
     *
     * @param errors why; not empty
     */
    public ConfigException(List<ConfigError> errors) {
        super(errors.stream().map(ConfigError::toString).collect(Collectors.joining("\n")));
        this.errors = List.copyOf(errors);
    }

    /** Every error found, at most 100; never empty. */
    public List<ConfigError> errors() {
        return errors;
    }
}
