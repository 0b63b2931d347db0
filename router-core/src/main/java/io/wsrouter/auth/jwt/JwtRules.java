package io.wsrouter.auth.jwt;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the operator demands of a token beyond a good signature and an {@code exp}. Immutable, any thread.
 *
 * @param algorithms the allowed algorithms; empty means what the configured keys allow
 * @param issuer what {@code iss} must equal, or null when it does not matter
 * @param audience what {@code aud} must be or hold, or null when it does not matter
 */
public record JwtRules(
        Set<JwtAlgorithm> algorithms,
        @Nullable String issuer,
        @Nullable String audience) {

    /** No further demands. */
    public static final JwtRules NONE = new JwtRules(Set.of(), null, null);

    /**
     * Copies the set.
     *
     * @throws IllegalArgumentException when {@code issuer} or {@code audience} is empty
     */
    public JwtRules {
        algorithms = Set.copyOf(algorithms);
        requireNotEmpty("issuer", issuer);
        requireNotEmpty("audience", audience);
    }

    boolean allows(JwtAlgorithm algorithm) {
        return algorithms.isEmpty() || algorithms.contains(algorithm);
    }

    static void requireNotEmpty(String name, @Nullable String value) {
        if (value != null && value.isEmpty()) {
            throw new IllegalArgumentException(name + " \"\" (expected some text, or none at all)");
        }
    }
}
