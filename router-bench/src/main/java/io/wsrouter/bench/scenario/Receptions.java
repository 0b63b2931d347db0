package io.wsrouter.bench.scenario;

import java.util.Arrays;

/** How often each message of each publisher came to the readers of one loop. Belongs to it, or to any thread after its end. */
final class Receptions {

    private static final int FIRST_ROOM = 1_024;

    private final short[][] counts;

    /** None yet, of so many publishers. */
    Receptions(int publishers) {
        counts = new short[publishers][FIRST_ROOM];
    }

    void count(int publisher, int index) {
        short[] ofPublisher = counts[publisher];
        if (index >= ofPublisher.length) {
            ofPublisher = Arrays.copyOf(ofPublisher, Math.max(index + 1, 2 * ofPublisher.length));
            counts[publisher] = ofPublisher;
        }
        ofPublisher[index]++;
    }

    int of(int publisher, int index) {
        return index < counts[publisher].length ? counts[publisher][index] : 0;
    }
}
