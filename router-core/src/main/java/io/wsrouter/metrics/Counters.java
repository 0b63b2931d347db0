package io.wsrouter.metrics;

import io.wsrouter.protocol.CloseReason;

/** The counts of one shard. Written by its loop alone, as plain adds. */
public final class Counters {

    private final long[] values = new long[Metric.values().length];
    private final long[] closed = new long[CloseReason.values().length];

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

    /** Adds one to {@link Metric#CONNECTIONS_CLOSED}, for this reason. */
    public void incrementClosed(CloseReason reason) {
        increment(Metric.CONNECTIONS_CLOSED);
        closed[reason.ordinal()]++;
    }

    /** How many of {@link Metric#CONNECTIONS_CLOSED} were closed for this reason. */
    public long closed(CloseReason reason) {
        return closed[reason.ordinal()];
    }
}
