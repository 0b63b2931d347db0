package io.wsrouter.config;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with the configuration.
 *
 * @param key the key, or the environment variable that is none; empty when the file itself is at fault,
 *     {@code (hidden)} when a secret may have slipped into its place
 * @param source where it was given: {@code file:line}, the name of an environment variable, {@code --set}
 * @param value what was given, {@code (hidden)} for secrets; null when the error is not about a value
 * @param problem what is wrong, or what was expected
 * @param nearest the known key that was probably meant, or null
 */
public record ConfigError(
        String key,
        String source,
        @Nullable String value,
        String problem,
        @Nullable String nearest) implements Serializable {

    private static final long serialVersionUID = 1;

    /** The error in one line. */
    @Override
    public String toString() {
        return what() + (nearest == null ? "" : "; did you mean " + nearest + "?");
    }

    private String what() {
        if (key.isEmpty()) {
            return source + ": " + problem;
        }
        if (value == null) {
            return Quoted.name(key) + ": " + problem + " in " + source;
        }
        String shown = value.equals(Secret.HIDDEN) ? value : Quoted.startOf(value);
        return Quoted.name(key) + ": " + shown + " in " + source + ": " + problem;
    }
}
