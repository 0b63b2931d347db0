package io.wsrouter.bench.peer;

import java.util.Locale;

/** What a router may do wrong to a message for one receiver. */
public enum Fault {
    /** It never comes. */
    DROP,
    /** It comes twice. */
    DUPLICATE,
    /** It comes after the next message of the same publisher to the same receiver. */
    SWAP,
    /** It comes to another user. */
    MISDELIVER,
    /** Its last letter or digit is another. */
    CORRUPT;

    /** The name in {@code --faults}. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
