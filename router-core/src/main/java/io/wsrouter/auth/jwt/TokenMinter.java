package io.wsrouter.auth.jwt;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.MacAlgorithm;
import io.wsrouter.address.Address;
import io.wsrouter.auth.Grants;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Makes tokens that are signed with an HMAC secret, for the command line and tests. Immutable, any thread. */
public final class TokenMinter {

    private final SecretKey secret;
    private final MacAlgorithm algorithm;
    private final @Nullable String issuer;
    private final @Nullable String audience;
    private final InstantSource clock;

    /**
     * Makes a minter.
     *
     * @param secret the bytes that the router verifies with; copied
     * @param algorithm HS256, HS384 (at least 48 bytes) or HS512 (at least 64 bytes)
     * @param issuer the {@code iss} of the tokens, or null for none
     * @param audience the {@code aud} of the tokens, or null for none
     * @param clock tells the time of issue
     * @throws IllegalArgumentException when the algorithm is another one, or the secret too short for it
     */
    public TokenMinter(
            byte[] secret,
            JwtAlgorithm algorithm,
            @Nullable String issuer,
            @Nullable String audience,
            InstantSource clock) {
        this.algorithm = switch (algorithm) {
            case HS256 -> Jwts.SIG.HS256;
            case HS384 -> Jwts.SIG.HS384;
            case HS512 -> Jwts.SIG.HS512;
            default ->
                throw new IllegalArgumentException(
                        "algorithm " + algorithm + " (expected HS256, HS384 or HS512: a secret signs nothing else)");
        };
        if (!KeyRing.ofHmacSecret(secret).algorithms().contains(algorithm)) {
            throw new IllegalArgumentException("the HMAC secret has " + secret.length + " bytes (expected at least "
                    + this.algorithm.getKeyBitLength() / Byte.SIZE + " for " + algorithm + ")");
        }
        JwtRules.requireNotEmpty("issuer", issuer);
        JwtRules.requireNotEmpty("audience", audience);
        this.secret = new SecretKeySpec(secret, "HmacSHA256");
        this.issuer = issuer;
        this.audience = audience;
        this.clock = clock;
    }

    /**
     * Mints a token.
     *
     * @param userId the {@code sub}
     * @param ttl how long it lasts, in whole seconds (a fraction is dropped)
     * @param grants what it allows beyond the user's own address
     * @throws IllegalArgumentException naming what was wrong and what was expected
     */
    public String mint(String userId, Duration ttl, Grants grants) {
        Address user = Address.user(userId);
        long now = clock.instant().getEpochSecond();
        long ttlSeconds = ttl.toSeconds();
        if (ttlSeconds < 1 || ttlSeconds > ClaimsReader.MAX_EPOCH_SECONDS - now) {
            throw new IllegalArgumentException(
                    "ttl " + ttl + " (expected at least 1 s, and an end before the year 10000)");
        }
        JwtBuilder token =
                Jwts.builder().subject(user.name()).issuedAt(date(now)).expiration(date(now + ttlSeconds));
        if (issuer != null) {
            token.issuer(issuer);
        }
        if (audience != null) {
            token.audience().add(audience);
        }
        if (!grants.equals(Grants.NONE)) {
            token.claim(GrantsClaim.NAME, GrantsClaim.write(grants));
        }
        String text = token.signWith(secret, algorithm).compact();
        if (text.length() > CompactToken.MAX_LENGTH) {
            throw new IllegalArgumentException("a token of " + text.length() + " bytes (expected at most "
                    + CompactToken.MAX_LENGTH + ": give it fewer or shorter grants)");
        }
        return text;
    }

    private static Date date(long epochSeconds) {
        return Date.from(Instant.ofEpochSecond(epochSeconds));
    }
}
