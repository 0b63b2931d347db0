package io.wsrouter.auth;

/**
 * Says that a client was not let in, and why. Cheap: it has no stack trace and no cause. Its message is made of the
 * {@link AuthFailure} alone, never of anything that the client sent.
 */
public final class AuthenticationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final AuthFailure failure;

    /** Makes an exception for {@code failure}. */
    public AuthenticationException(AuthFailure failure) {
        super(failure.word() + ": " + failure.explanation(), null, false, false);
        this.failure = failure;
    }

    /** Why. */
    public AuthFailure failure() {
        return failure;
    }
}
