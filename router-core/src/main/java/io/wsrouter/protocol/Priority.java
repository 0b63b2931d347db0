package io.wsrouter.protocol;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The class of a message, lowest first. Order is kept within a class. */
public enum Priority {
    /** The first to give way. */
    LOW,
    /** The default. */
    NORMAL,
    /** Before normal. */
    HIGH,
    /** The last to give way. */
    CRITICAL;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word on the wire, for example {@code normal}. */
    public String word() {
        return word;
    }

    /** The priority that {@code word} names, or null when there is none. */
    public static @Nullable Priority ofWord(String word) {
        for (Priority priority : values()) {
            if (priority.word.equals(word)) {
                return priority;
            }
        }
        return null;
    }
}
