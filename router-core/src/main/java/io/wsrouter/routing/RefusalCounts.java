package io.wsrouter.routing;

import io.wsrouter.protocol.Outcome;

/** How many receivers refused a message, by reason. Mostly none did, and then there is nothing but a shared zero. Belongs to one loop. */
final class RefusalCounts {

    private static final int[] NONE = new int[Outcome.values().length];

    private int[] counts = NONE;
    private int total;

    RefusalCounts() {}

    void add(Outcome outcome, int count) {
        if (counts == NONE) {
            counts = NONE.clone();
        }
        counts[outcome.ordinal()] += count;
        total += count;
    }

    void add(RefusalCounts other) {
        if (other.total > 0) {
            for (Outcome outcome : Outcome.values()) {
                add(outcome, other.counts[outcome.ordinal()]);
            }
        }
    }

    int total() {
        return total;
    }

    /** The counts by the ordinal of the outcome; borrowed, not to be written to. */
    int[] byOrdinal() {
        return counts;
    }
}
