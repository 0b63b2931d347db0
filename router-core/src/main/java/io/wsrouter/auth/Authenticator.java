package io.wsrouter.auth;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Turns credentials into a principal. The only way by which a client gets an identity. */
public interface Authenticator {

    /**
     * Verifies {@code credentials}. Any thread may call; the call neither blocks nor throws.
     *
     * <p>The stage may be complete on return, or be completed by another thread. It completes with the principal, or
     * exceptionally with an {@link AuthenticationException} (inside a {@code CompletionException} where a dependent stage
     * passes it on, as {@code CompletionStage} says). Any other exception is a bug, never a verdict.
     */
    CompletionStage<Principal> authenticate(Credentials credentials);

    /** Has {@code authenticator} verify, and makes a failed stage of what it throws, although it should not. */
    static CompletionStage<Principal> ask(Authenticator authenticator, Credentials credentials) {
        try {
            return Objects.requireNonNull(authenticator.authenticate(credentials), "no stage");
        } catch (Throwable e) {
            return CompletableFuture.failedStage(e);
        }
    }
}
