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
}
