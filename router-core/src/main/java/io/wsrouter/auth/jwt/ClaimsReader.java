package io.wsrouter.auth.jwt;

import io.wsrouter.address.Address;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a principal of the claims of a token (RFC 7519 section 4.1) whose signature has been verified. Any thread.
 */
final class ClaimsReader {

    static final int MAX_SKEW_SECONDS = 30;

    /** 9999-12-31T23:59:59Z; a later time is milliseconds by mistake, or an attempt at an overflow. */
    static final long MAX_EPOCH_SECONDS = 253_402_300_799L;

    private final JwtRules rules;
    private final InstantSource clock;
    private final KnownGrants knownGrants = new KnownGrants();

    ClaimsReader(JwtRules rules, InstantSource clock) {
        this.rules = rules;
        this.clock = clock;
    }

    /** Reads claims in the order exp, nbf, iss, aud, sub, router, and throws the first failure. */
    Principal read(byte[] payload) {
        Map<String, @Nullable Object> claims = StrictJson.readObject(payload);
        long expiresAt = readExpiry(claims);
        requireReached(claims.containsKey("nbf") ? epochSeconds(claims.get("nbf")) : 0);
        if (rules.issuer() != null && !rules.issuer().equals(claims.get("iss"))) {
            throw new AuthenticationException(AuthFailure.ISSUER_MISMATCH);
        }
        if (rules.audience() != null && !isOrHolds(claims.get("aud"), rules.audience())) {
            throw new AuthenticationException(AuthFailure.AUDIENCE_MISMATCH);
        }
        Address user = readSubject(claims.get("sub"));
        Grants grants =
                claims.containsKey(GrantsClaim.NAME) ? GrantsClaim.read(claims.get(GrantsClaim.NAME)) : Grants.NONE;
        return new Principal(user, knownGrants.shared(grants), expiresAt);
    }

    /** RFC 7519 section 4.1.4: the current time must be before exp. */
    private long readExpiry(Map<String, @Nullable Object> claims) {
        Object claim = claims.get("exp");
        if (claim == null) {
            throw new AuthenticationException(AuthFailure.EXPIRY_MISSING);
        }
        long expiresAt = epochSeconds(claim);
        if (clock.millis() >= (expiresAt + MAX_SKEW_SECONDS) * 1000) {
            throw new AuthenticationException(AuthFailure.TOKEN_EXPIRED);
        }
        return expiresAt;
    }

    /** RFC 7519 section 4.1.5: the current time must be nbf or after. */
    private void requireReached(long notBefore) {
        if (clock.millis() < (notBefore - MAX_SKEW_SECONDS) * 1000) {
            throw new AuthenticationException(AuthFailure.TOKEN_NOT_YET_VALID);
        }
    }

    private static Address readSubject(@Nullable Object claim) {
        if (claim == null) {
            throw new AuthenticationException(AuthFailure.SUBJECT_MISSING);
        }
        if (claim instanceof String userId) {
            try {
                return Address.user(userId);
            } catch (IllegalArgumentException e) {
                // Its message holds the id; the failure below does not.
            }
        }
        throw new AuthenticationException(AuthFailure.SUBJECT_INVALID);
    }

    private static boolean isOrHolds(@Nullable Object claim, String audience) {
        if (claim instanceof List<?> audiences) {
            return audiences.stream().allMatch(String.class::isInstance) && audiences.contains(audience);
        }
        return audience.equals(claim);
    }

    private static long epochSeconds(@Nullable Object claim) {
        if (claim instanceof Long seconds && seconds >= 0 && seconds <= MAX_EPOCH_SECONDS) {
            return seconds;
        }
        throw new AuthenticationException(AuthFailure.TOKEN_MALFORMED);
    }
}
