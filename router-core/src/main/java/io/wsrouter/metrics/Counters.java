package io.wsrouter.metrics;

/** The counts of one shard. Written by its loop alone, as plain adds. */
public final class Counters {

    private final long[] values = new long[Metric.values().length];

    /** Adds one. */
    public void increment(Metric metric) {
        values[metric.ordinal()]++;
    }

    /** Adds {@code count}, which is not negative. */
    public void add(Metric metric, long count) {
        values[metric.ordinal()] += count;
    }

    /** The count so far. */
    public long get(Metric metric) {
        return values[metric.ordinal()];
    }
}
