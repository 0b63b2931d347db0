package io.wsrouter.routing;

/** The port to the thread that a shard runs on: an event loop in production, turned by hand in tests. */
public interface ShardLoop {

    /** Whether the caller runs on this loop. Any thread. */
    boolean isCurrent();

    /**
     * Runs {@code task} on this loop after everything that was handed over before. Any thread.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the loop has ended
     */
    void execute(Runnable task);

    /** A monotonic clock, in nanoseconds. */
    long nanoTime();

    /** The wall clock, in milliseconds since the epoch. Only for showing to people and for token expiry. */
    long epochMillis();
}
