package io.wsrouter.config;

import java.util.List;

/**
 * What is wrong with the sources, and what is left of them without that.
 *
 * @param sound the configuration, with the default in place of each value that is refused; what the sources say only
 *     when there are no errors
 * @param errors what keeps the configuration from being used, at most 100
 * @param warnings what an operator should look at
 */
public record Inspection(EffectiveConfig sound, List<ConfigError> errors, List<ConfigError> warnings) {
    /** Reads and judges the sources; throws nothing for what is wrong with them. */
    public static Inspection of(ConfigSources sources) {
        return new ConfigLoader().inspect(sources);
    }
}
