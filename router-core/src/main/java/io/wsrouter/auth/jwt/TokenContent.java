package io.wsrouter.auth.jwt;

import io.wsrouter.auth.AuthenticationException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a token says of itself, which may be forged: for diagnostics, never for a decision. It has no signature in it.
 * Immutable, any thread.
 *
 * @param algorithm the {@code alg} header
 * @param keyId the {@code kid} header, or null
 * @param signatureBytes the length of the signature
 * @param claims the claims as JSON values: String, Long, Double, Boolean, null, List and Map
 */
public record TokenContent(
        JwtAlgorithm algorithm, @Nullable String keyId, int signatureBytes, Map<String, @Nullable Object> claims) {

    /**
     * Reads a token without verifying it.
     *
     * @throws AuthenticationException when its size, shape, header or JSON is not that of a token
     */
    public static TokenContent unverified(String token) {
        CompactToken compact = CompactToken.parse(token);
        return new TokenContent(
                compact.algorithm(),
                compact.keyId(),
                compact.signatureBytes(),
                StrictJson.readObject(compact.payload()));
    }

    /** What is wrong with the {@code router} claim, down to the entry; null when nothing is, or it is absent. */
    public @Nullable String grantsProblem() {
        return claims.containsKey(GrantsClaim.NAME) ? GrantsClaim.problem(claims.get(GrantsClaim.NAME)) : null;
    }
}
