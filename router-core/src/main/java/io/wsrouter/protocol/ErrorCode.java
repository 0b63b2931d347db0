package io.wsrouter.protocol;

import java.util.Locale;

/** Why one command was refused. The connection stays; a {@link CloseReason} is what ends one. */
public enum ErrorCode {
    /** Not valid JSON, or not a command of this protocol. Ten within ten seconds close the connection. */
    BAD_REQUEST(false),
    /** The principal has no grant for this. */
    FORBIDDEN(false),
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
