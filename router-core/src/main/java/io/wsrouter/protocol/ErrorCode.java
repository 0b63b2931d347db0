package io.wsrouter.protocol;

import java.util.Locale;

/** Why one command was refused. The connection stays; a {@link CloseReason} is what ends one. */
public enum ErrorCode {
    /** Not valid JSON, or not a command of this protocol. Ten within ten seconds close the connection. */
    BAD_REQUEST(false),
    /** A new token was not accepted; the reason is the word of the failure. The old token goes on. */
    UNAUTHENTICATED(false),
    /** The principal has no grant for this. */
    FORBIDDEN(false),
    /** Too many commands, or too many of a costly kind. */
    RATE_LIMITED(true),
    /** The router is at a limit of its own. */
    OVERLOADED(true),
    /** A limit of this connection is reached, for example its number of subscriptions. */
    LIMIT_EXCEEDED(false);

    private final String word = name().toLowerCase(Locale.ROOT);
    private final boolean isRetryable;

    ErrorCode(boolean isRetryable) {
        this.isRetryable = isRetryable;
    }

    /** The stable word on the wire, for example {@code bad_request}. */
    public String word() {
        return word;
    }

    /** Whether the same command may succeed later. */
    public boolean isRetryable() {
        return isRetryable;
    }
}
