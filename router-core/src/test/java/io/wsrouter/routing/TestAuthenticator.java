package io.wsrouter.routing;

import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.JwtAuthenticator;
import io.wsrouter.auth.jwt.JwtRules;
import io.wsrouter.auth.jwt.KeyRing;
import io.wsrouter.auth.jwt.TestTokens;
import io.wsrouter.auth.jwt.TokenMinter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Judges real tokens by a virtual clock, at once or when the test says, as a busy pool of verifiers would. */
public final class TestAuthenticator implements Authenticator {

    private final Authenticator judge;
    private final TokenMinter minter;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean isHolding;
    private boolean isBroken;

    TestAuthenticator(VirtualClock clock) {
        InstantSource instants = () -> Instant.ofEpochMilli(clock.epochMillis());
        KeyRing ring = KeyRing.ofHmacSecret(TestTokens.SECRET);
        judge = new JwtAuthenticator(JwtRules.NONE, () -> ring, Runnable::run, instants);
        minter = new TokenMinter(TestTokens.SECRET, JwtAlgorithm.HS256, null, null, instants);
    }

    /** A good token. */
    public String token(Principal principal) {
        return token(principal.user().name(), Duration.ofHours(1), principal.grants());
    }

    /** A good token. */
    public String token(String user, Duration ttl, Grants grants) {
        return minter.mint(user, ttl, grants);
    }

    /** Lets tokens wait for {@link #judgesWaiting}. */
    public void holds() {
        isHolding = true;
    }

    /** Throws from now on, which no authenticator should. */
    public void breaks() {
        isBroken = true;
    }

    /** Judges the tokens that wait, and returns how many there were. */
    public int judgesWaiting() {
        int judged = 0;
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
            judged++;
        }
        return judged;
    }

    @Override
    public CompletionStage<Principal> authenticate(Credentials credentials) {
        if (isBroken) {
            throw new IllegalStateException("broken");
        }
        if (!isHolding) {
            return judge.authenticate(credentials);
        }
        CompletableFuture<Principal> answer = new CompletableFuture<>();
        waiting.add(() -> judge.authenticate(credentials).whenComplete((principal, failure) -> {
            if (failure == null) {
                answer.complete(principal);
            } else {
                answer.completeExceptionally(failure);
            }
        }));
        return answer.minimalCompletionStage();
    }
}
