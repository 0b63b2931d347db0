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
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens, cheapest first: size and shape, the header's algorithm, its key, the signature, then the claims
 * {@code exp}, {@code nbf}, {@code iss}, {@code aud}, {@code sub} and {@code router}. The first that is refused is the answer.
 *
 * <p>What costs less than an event loop should give is verified on the calling thread: HMAC, RSA, and with a faster
 * {@link SignatureProvider} P-256 and Ed25519. The rest goes to the executor; when that rejects a task, the answer is
 * {@link AuthFailure#AUTHENTICATOR_BUSY}.
 *
 * <p>A token that no key fits may have newer keys looked for, and waits for that; at most {@value #MOST_WAITING} wait at a
 * time. Where that look is put off, as junk may have used up what there is of them, the answer is
 * {@link AuthFailure#KEYS_UNAVAILABLE}: it may be the issuer's newest key. Any thread.
 */
public final class JwtAuthenticator implements Authenticator {

    private static final int MOST_WAITING = 2048;

    /** The first may have begun before the token came, and so have missed its key; the second cannot. */
    private static final int MOST_LOOKS = 2;

    private final JwtRules rules;
    private final KeySource keySource;
    private final SignatureProvider signatures;
    private final Executor verifiers;
    private final ClaimsReader claimsReader;
    private final JwtParser jdkParser;
    private final JwtParser fastParser;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Makes an authenticator that verifies with the JDK alone. */
    public JwtAuthenticator(JwtRules rules, KeySource keySource, Executor verifiers, InstantSource clock) {
        this(rules, keySource, SignatureProvider.JDK, verifiers, clock);
    }

    /**
     * Makes an authenticator.
     *
     * @param rules what is demanded of a token
     * @param keySource the keys, asked anew for each token
     * @param signatures what verifies
     * @param verifiers runs expensive verifications; bounded, and runs or rejects every task
     * @param clock the wall clock that {@code exp} and {@code nbf} are compared with
     */
    public JwtAuthenticator(
            JwtRules rules,
            KeySource keySource,
            SignatureProvider signatures,
            Executor verifiers,
            InstantSource clock) {
        this.rules = rules;
        this.keySource = keySource;
        this.signatures = signatures;
        this.verifiers = verifiers;
        this.claimsReader = new ClaimsReader(rules, clock);
        this.jdkParser = parser(SignatureProvider.JDK, clock);
        this.fastParser = parser(signatures, clock);
    }

    private JwtParser parser(SignatureProvider provider, InstantSource clock) {
        return provider.addTo(Jwts.parser()
                        .json(new JwtJsonReader())
                        .keyLocator(this::locate)
                        .clock(() -> Date.from(clock.instant()))
                        .clockSkewSeconds(ClaimsReader.MAX_SKEW_SECONDS))
                .build();
    }

    @Override
    public CompletionStage<Principal> authenticate(Credentials credentials) {
        try {
            CompactToken token = CompactToken.parse(credentials.token());
            requireAllowed(token.algorithm());
            return judge(token, MOST_LOOKS);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private CompletionStage<Principal> judge(CompactToken token, int looksLeft) {
        VerificationKey key;
        try {
            key = keySource.keys().select(token.algorithm(), token.keyId());
        } catch (AuthenticationException e) {
            return looksLeft > 0 ? waitForKeys(token, looksLeft, e) : CompletableFuture.failedStage(withoutKey(e));
        }
        return signatures.isExpensive(key, token.algorithm())
                ? verifyElsewhere(token)
                : CompletableFuture.completedStage(verify(token));
    }

    private CompletionStage<Principal> waitForKeys(CompactToken token, int looksLeft, AuthenticationException failure) {
        CompletionStage<Boolean> look = keySource.lookAgain();
        if (look == null) {
            return CompletableFuture.failedStage(
                    keySource.mayLookLater()
                            ? new AuthenticationException(AuthFailure.KEYS_UNAVAILABLE)
                            : withoutKey(failure));
        }
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return CompletableFuture.failedStage(new AuthenticationException(AuthFailure.AUTHENTICATOR_BUSY));
        }
        return look.thenCompose(isFresh -> {
            waiting.decrementAndGet();
            return judge(token, isFresh ? 0 : looksLeft - 1);
        });
    }

    /** While keys are still to come, the token is not at fault. */
    private AuthenticationException withoutKey(AuthenticationException failure) {
        return keySource.isComplete() ? failure : new AuthenticationException(AuthFailure.KEYS_UNAVAILABLE);
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
        AuthFailure objection = objectionOfJjwt(token);
        Principal principal = claimsReader.read(token.payload());
        if (objection != null) {
            throw new AuthenticationException(objection);
        }
        return principal;
    }

    private @Nullable AuthFailure objectionOfJjwt(CompactToken token) {
        try {
            VerificationKey key = keySource.keys().select(token.algorithm(), token.keyId());
            JwtParser parser = signatures.verifies(key, token.algorithm()) ? fastParser : jdkParser;
            parser.parseSignedClaims(token.text());
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
        requireAllowed(algorithm);
        return keySource
                .keys()
                .select(algorithm, header.get("kid") instanceof String keyId ? keyId : null)
                .key();
    }

    private void requireAllowed(JwtAlgorithm algorithm) {
        if (!rules.allows(algorithm)) {
            throw new AuthenticationException(AuthFailure.ALGORITHM_NOT_ALLOWED);
        }
    }
}
