package io.wsrouter.simulation;

import java.util.ArrayList;
import java.util.List;

/** How often each rare thing happened. */
final class Coverage {

    private final long[] counts = new long[Rare.values().length];

    void count(Rare rare) {
        counts[rare.ordinal()]++;
    }

    long of(Rare rare) {
        return counts[rare.ordinal()];
    }

    void add(Coverage other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    /** What never happened, and could have on so many nodes. */
    List<Rare> missing(int nodes) {
        List<Rare> missing = new ArrayList<>();
        for (Rare rare : Rare.values()) {
            if (of(rare) == 0 && (nodes > 1 || !rare.needsNodes())) {
                missing.add(rare);
            }
        }
        return missing;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Rare rare : Rare.values()) {
            text.append(String.format("%,12d  %-26s %s%n", of(rare), rare.word(), rare.sentence()));
        }
        return text.toString();
    }
}
