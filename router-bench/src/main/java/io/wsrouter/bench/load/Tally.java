package io.wsrouter.bench.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What one loop counts of one group. Belongs to the loop. */
final class Tally {

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(300);
    private static final int DIGITS = 3;

    private final long[] counts = new long[Count.values().length];
    private final Map<String, Long> outcomes = new TreeMap<>();
    private final Map<String, Long> failures = new TreeMap<>();
    private final Histogram latency = histogram();
    private final Histogram handshakes = histogram();
    private final Histogram returns = histogram();
    private final Histogram sendLag = histogram();
    private Histogram sinceSample = histogram();

    /** By address of the group. */
    final int[] sentTo;

    final int[] receivedBy;
    final int[] refusedFor;
    final int[] uncertainFor;

    Tally(int targets) {
        sentTo = new int[targets];
        receivedBy = new int[targets];
        refusedFor = new int[targets];
        uncertainFor = new int[targets];
    }

    static Histogram histogram() {
        return new Histogram(LONGEST_NANOS, DIGITS);
    }

    void add(Count count) {
        counts[count.ordinal()]++;
    }

    void add(Count count, long number) {
        counts[count.ordinal()] += number;
    }

    long get(Count count) {
        return counts[count.ordinal()];
    }

    void onOutcome(String outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
    }

    /** Something did not go as it should; {@code what} is from a small set of words. */
    void onFailure(String what) {
        failures.merge(what, 1L, Long::sum);
    }

    void onLatency(long nanos, boolean isMeasured) {
        long bounded = bounded(nanos);
        sinceSample.recordValue(bounded);
        if (isMeasured) {
            latency.recordValue(bounded);
        }
    }

    void onHandshake(long nanos) {
        handshakes.recordValue(bounded(nanos));
    }

    /** A connection that was to come back at a time, or to come at all, is ready. */
    void onReturn(long nanos) {
        returns.recordValue(bounded(nanos));
    }

    void onSendLag(long nanos) {
        sendLag.recordValue(bounded(nanos));
    }

    private static long bounded(long nanos) {
        return Math.max(0, Math.min(nanos, LONGEST_NANOS));
    }

    long[] counts() {
        return counts;
    }

    Map<String, Long> outcomes() {
        return outcomes;
    }

    Map<String, Long> failures() {
        return failures;
    }

    Histogram latency() {
        return latency;
    }

    Histogram handshakes() {
        return handshakes;
    }

    Histogram returns() {
        return returns;
    }

    Histogram sendLag() {
        return sendLag;
    }

    /** The latencies since the last call. The caller owns them. */
    Histogram takeSinceSample() {
        Histogram taken = sinceSample;
        sinceSample = histogram();
        return taken;
    }
}
