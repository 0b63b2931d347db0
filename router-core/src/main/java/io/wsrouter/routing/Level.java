package io.wsrouter.routing;

import io.wsrouter.protocol.Priority;
import java.util.Locale;

/** How hard pressed the node is, and what it refuses while that lasts, lowest first; {@code docs/degradation.md} has the table. */
public enum Level {
    /** Nothing is refused. */
    NORMAL,
    /** Publishes of low priority are refused. */
    ELEVATED,
    /** New handshakes are refused, too. */
    SEVERE,
    /** Publishes of normal priority are refused, too, and the node is not ready. */
    CRITICAL;

    private static final Level[] LEVELS = values();

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The stable word, for example {@code elevated}. */
    public String word() {
        return word;
    }

    /** Whether publishes of {@code priority} are answered {@code overloaded}. Those of high and critical priority never are. */
    public boolean sheds(Priority priority) {
        return switch (this) {
            case NORMAL -> false;
            case ELEVATED, SEVERE -> priority == Priority.LOW;
            case CRITICAL -> priority == Priority.LOW || priority == Priority.NORMAL;
        };
    }

    /** Whether new handshakes are answered 503. */
    public boolean refusesHandshakes() {
        return isAtLeast(SEVERE);
    }

    /** Whether the node may be given work by whoever asks if it is ready. */
    public boolean isReady() {
        return this != CRITICAL;
    }

    boolean isAtLeast(Level other) {
        return compareTo(other) >= 0;
    }

    /** The next lower one; {@link #NORMAL} is its own. */
    Level lower() {
        return LEVELS[Math.max(0, ordinal() - 1)];
    }
}
