package io.wsrouter.auth.jwt;

import io.jsonwebtoken.ClaimJwtException;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.Header;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.MalformedJwtException;
import io.jsonwebtoken.UnsupportedJwtException;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Principal;
import java.security.Key;
import java.time.InstantSource;
import java.util.Date;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens, cheapest first: size and shape, the header's algorithm, its key, the signature, then the claims
 * {@code exp}, {@code nbf}, {@code iss}, {@code aud}, {@code sub} and {@code router}. The first that is refused is the answer.
 *
 * <p>HMAC and RSA are verified on the calling thread. EC, Edwards curves and RSA keys of more than 4096 bits cost
 * milliseconds on the JDK's own providers and go to the executor; when that rejects a task, the answer is
 * {@link AuthFailure#AUTHENTICATOR_BUSY}. Immutable, any thread.
 */
public final class JwtAuthenticator implements Authenticator {

    private final JwtRules rules;
    private final KeySource keySource;
    private final Executor verifiers;
    private final ClaimsReader claimsReader;
    private final JwtParser parser;

    /**
     * Makes an authenticator.
     *
     * @param rules what is demanded of a token
     * @param keySource the keys, asked anew for each token
     * @param verifiers runs expensive verifications; bounded, and runs or rejects every task
     * @param clock the wall clock that {@code exp} and {@code nbf} are compared with
     */
    public JwtAuthenticator(JwtRules rules, KeySource keySource, Executor verifiers, InstantSource clock) {
        this.rules = rules;
        this.keySource = keySource;
        this.verifiers = verifiers;
        this.claimsReader = new ClaimsReader(rules, clock);
        this.parser = Jwts.parser()
                .json(new JwtJsonReader())
                .keyLocator(this::locate)
                .clock(() -> Date.from(clock.instant()))
                .clockSkewSeconds(ClaimsReader.MAX_SKEW_SECONDS)
                .build();
    }

    @Override
    public CompletionStage<Principal> authenticate(Credentials credentials) {
        try {
            CompactToken token = CompactToken.parse(credentials.token());
            VerificationKey key = select(token.algorithm(), token.keyId());
            return key.isExpensive() ? verifyElsewhere(token) : CompletableFuture.completedStage(verify(token));
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private CompletionStage<Principal> verifyElsewhere(CompactToken token) {
        CompletableFuture<Principal> result = new CompletableFuture<>();
        try {
            verifiers.execute(() -> completeVerified(result, token));
        } catch (RejectedExecutionException e) {
            throw new AuthenticationException(AuthFailure.AUTHENTICATOR_BUSY);
        }
        return result.minimalCompletionStage();
    }

    private void completeVerified(CompletableFuture<Principal> result, CompactToken token) {
        try {
            result.complete(verify(token));
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    /*
     * JJWT verifies the signature before it looks at a claim, and a bad one is the answer at once. Whatever else JJWT
     * objects to is refused as well, but the claims reader goes first: it knows a more exact reason, since it tells apart
     * what JJWT repairs (a date in a string, a fraction, an overflow) or rejects as a whole.
     */
    private Principal verify(CompactToken token) {
        AuthFailure objection = objectionOfJjwt(token.text());
        Principal principal = claimsReader.read(token.payload());
        if (objection != null) {
            throw new AuthenticationException(objection);
        }
        return principal;
    }

    private @Nullable AuthFailure objectionOfJjwt(String token) {
        try {
            parser.parseSignedClaims(token);
            return null;
        } catch (AuthenticationException e) {
            throw e;
        } catch (ClaimJwtException e) {
            return e instanceof ExpiredJwtException ? AuthFailure.TOKEN_EXPIRED : AuthFailure.TOKEN_NOT_YET_VALID;
        } catch (MalformedJwtException | UnsupportedJwtException e) {
            return AuthFailure.TOKEN_MALFORMED;
        } catch (RuntimeException e) {
            throw new AuthenticationException(AuthFailure.BAD_SIGNATURE);
        }
    }

    /** The key of a token as JJWT reads its header; chosen and limited just as before the token went to JJWT. */
    private Key locate(Header header) {
        JwtAlgorithm algorithm = JwtAlgorithm.find(header.getAlgorithm());
        if (algorithm == null) {
            throw new AuthenticationException(AuthFailure.ALGORITHM_NOT_ALLOWED);
        }
        return select(algorithm, header.get("kid") instanceof String keyId ? keyId : null)
                .key();
    }

    private VerificationKey select(JwtAlgorithm algorithm, @Nullable String keyId) {
        if (!rules.allows(algorithm)) {
            throw new AuthenticationException(AuthFailure.ALGORITHM_NOT_ALLOWED);
        }
        return keySource.keys().select(algorithm, keyId);
    }
}
