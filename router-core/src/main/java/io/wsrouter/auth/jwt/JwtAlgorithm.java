package io.wsrouter.auth.jwt;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The signature algorithms that a token may use (RFC 7518 section 3, RFC 8037 section 3.1). There is no {@code none}.
 */
public enum JwtAlgorithm {
    /** HMAC with SHA-256 and a secret of at least 32 bytes. */
    HS256("HS256"),
    /** HMAC with SHA-384 and a secret of at least 48 bytes. */
    HS384("HS384"),
    /** HMAC with SHA-512 and a secret of at least 64 bytes. */
    HS512("HS512"),
    /** RSA PKCS#1 v1.5 with SHA-256. */
    RS256("RS256"),
    /** RSA PKCS#1 v1.5 with SHA-384. */
    RS384("RS384"),
    /** RSA PKCS#1 v1.5 with SHA-512. */
    RS512("RS512"),
    /** RSA PSS with SHA-256. */
    PS256("PS256"),
    /** RSA PSS with SHA-384. */
    PS384("PS384"),
    /** RSA PSS with SHA-512. */
    PS512("PS512"),
    /** ECDSA on P-256 with SHA-256. */
    ES256("ES256"),
    /** ECDSA on P-384 with SHA-384. */
    ES384("ES384"),
    /** ECDSA on P-521 with SHA-512. */
    ES512("ES512"),
    /** Ed25519 or Ed448. */
    EDDSA("EdDSA");

    static final Set<JwtAlgorithm> RSA_PKCS1 = Collections.unmodifiableSet(EnumSet.range(RS256, RS512));
    static final Set<JwtAlgorithm> RSA_PSS = Collections.unmodifiableSet(EnumSet.range(PS256, PS512));
    static final Set<JwtAlgorithm> RSA = Collections.unmodifiableSet(EnumSet.range(RS256, PS512));

    private static final Map<String, JwtAlgorithm> BY_ID =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(JwtAlgorithm::id, Function.identity()));

    private final String id;

    JwtAlgorithm(String id) {
        this.id = id;
    }

    /** The value of the {@code alg} header, case included. */
    public String id() {
        return id;
    }

    /**
     * The algorithm whose {@link #id()} is {@code id}, case included.
     *
     * @throws IllegalArgumentException naming the id and what was expected
     */
    public static JwtAlgorithm parse(String id) {
        JwtAlgorithm algorithm = find(id);
        if (algorithm == null) {
            throw new IllegalArgumentException("algorithm \"" + id + "\" (expected one of "
                    + Arrays.stream(values()).map(JwtAlgorithm::id).collect(Collectors.joining(", ")) + ")");
        }
        return algorithm;
    }

    static @Nullable JwtAlgorithm find(@Nullable String id) {
        return id == null ? null : BY_ID.get(id);
    }

    @Override
    public String toString() {
        return id;
    }
}
