package io.wsrouter.bench.load;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which messages of each source a receiver has had: the next number expected, and the gaps before it. Exact, and small
 * unless messages are lost in many places. Belongs to one loop.
 */
final class Sequences {

    /** How a message has come. */
    enum Arrival {
        IN_ORDER,
        /** It is new, but a later one came before it. */
        REORDERED,
        DUPLICATED
    }

    private final int[] next;
    private final @Nullable Gaps[] gaps;

    Sequences(int sources) {
        next = new int[sources];
        gaps = new Gaps[sources];
    }

    /** Notes message {@code sequence}, counted from 0, of a source. */
    Arrival onMessage(int source, int sequence) {
        int expected = next[source];
        if (sequence == expected) {
            next[source]++;
            return Arrival.IN_ORDER;
        }
        if (sequence > expected) {
            gapsOf(source).add(expected, sequence);
            next[source] = sequence + 1;
            return Arrival.IN_ORDER;
        }
        Gaps missing = gaps[source];
        return missing != null && missing.fill(sequence) ? Arrival.REORDERED : Arrival.DUPLICATED;
    }

    private Gaps gapsOf(int source) {
        Gaps missing = gaps[source];
        if (missing == null) {
            missing = new Gaps();
            gaps[source] = missing;
        }
        return missing;
    }

    /** Ranges of numbers that have not come, in order. */
    private static final class Gaps {

        private int[] from = new int[4];
        private int[] to = new int[4];
        private int count;

        /** Adds a range after all others. */
        void add(int first, int end) {
            insert(count, first, end);
        }

        /** Takes a number out; false when it is in no range. */
        boolean fill(int number) {
            int at = Arrays.binarySearch(from, 0, count, number);
            int gap = at >= 0 ? at : -at - 2;
            if (gap < 0 || number >= to[gap]) {
                return false;
            }
            int end = to[gap];
            to[gap] = number;
            if (number + 1 < end) {
                insert(gap + 1, number + 1, end);
            }
            if (from[gap] == number) {
                remove(gap);
            }
            return true;
        }

        private void insert(int at, int first, int end) {
            if (count == from.length) {
                from = Arrays.copyOf(from, 2 * count);
                to = Arrays.copyOf(to, 2 * count);
            }
            System.arraycopy(from, at, from, at + 1, count - at);
            System.arraycopy(to, at, to, at + 1, count - at);
            from[at] = first;
            to[at] = end;
            count++;
        }

        private void remove(int at) {
            count--;
            System.arraycopy(from, at + 1, from, at, count - at);
            System.arraycopy(to, at + 1, to, at, count - at);
        }
    }
}
