package io.wsrouter.routing;

import io.wsrouter.protocol.Outcome;

/** How many receivers refused a message, by reason. Mostly none did, and then there is nothing but a shared zero. Belongs to one loop. */
final class RefusalCounts {

    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final int[] NONE = new int[OUTCOMES.length];
    private static final RefusalCounts NOBODY = new RefusalCounts();

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
            for (Outcome outcome : OUTCOMES) {
                add(outcome, other.counts[outcome.ordinal()]);
            }
        }
    }

    /** Begins again with none. */
    void clear() {
        counts = NONE;
        total = 0;
    }

    /** The same counts, for another loop. */
    RefusalCounts kept() {
        if (total == 0) {
            return NOBODY;
        }
        RefusalCounts kept = new RefusalCounts();
        kept.add(this);
        return kept;
    }

    int total() {
        return total;
    }

    /** The counts by the ordinal of the outcome; borrowed, not to be written to. */
    int[] byOrdinal() {
        return counts;
    }
}
