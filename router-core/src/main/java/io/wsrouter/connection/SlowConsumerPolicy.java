package io.wsrouter.connection;

import java.util.Locale;

/** What becomes of a connection and its messages when more waits for it than may, and nothing of a lower class is left to go. */
public enum SlowConsumerPolicy {
    /** The connection is closed. */
    DISCONNECT,
    /** The oldest of the same class goes for the new message. */
    DROP_OLDEST,
    /** The new message is refused. */
    DROP_NEWEST,
    /** A message with an event takes the place of the one that waits with the same event; otherwise as {@link #DROP_OLDEST}. */
    CONFLATE;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** Whether an older message of the same class may go for a newer one. */
    boolean evictsItsOwnClass() {
        return this == DROP_OLDEST || this == CONFLATE;
    }

    /** The word in configuration. */
    @Override
    public String toString() {
        return word;
    }
}
