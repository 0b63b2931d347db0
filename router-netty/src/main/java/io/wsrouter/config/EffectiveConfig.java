package io.wsrouter.config;

import java.util.List;

/**
 * A loaded configuration together with where each value came from.
 *
 * @param config the configuration
 * @param values each key in the order of {@link RouterConfig#keys()}
 */
public record EffectiveConfig(RouterConfig config, List<ConfigValue> values) {
    /**
     * Loads, merges and checks the sources.
     *
     * @throws ConfigException when anything at all is wrong, with every error found
     */
    public static EffectiveConfig load(ConfigSources sources) {
        return new ConfigLoader().load(sources);
    }

    /**
     * The value of one key.
     *
     * @throws IllegalArgumentException when there is no such key
     */
    public ConfigValue value(String path) {
        return values.stream()
                .filter(value -> value.key().path().equals(path))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException(path + " (expected a key)"));
    }

    /** The values as YAML that can be loaded again, each line with where its value came from; secrets hidden. */
    public String toYaml() {
        return ConfigYaml.of(values);
    }
}
