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

    /**
     * Runs {@code task} on this loop after everything that waits now, sockets that are ready among it. {@link #execute} goes
     * before the sockets, so that a task which runs on and on by it keeps them waiting. Runs on the loop.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the loop has ended
     */
    default void executeNextTurn(Runnable task) {
        execute(task); // no sockets
    }

    /**
     * Runs {@code task} on this loop after what was handed over before, and before the turn's bytes go to sockets: what other
     * loops wait for must not wait for those. Runs on the loop.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the loop has ended
     */
    default void executeAtTurnEnd(Runnable task) {
        execute(task); // no sockets
    }

    /**
     * Runs {@code task} on this loop when so much time has passed, or a little later. Runs on the loop.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the loop has ended
     */
    void executeAfter(Runnable task, long delayNanos);

    /** A monotonic clock, in nanoseconds. */
    long nanoTime();

    /** The wall clock, in milliseconds since the epoch. Only for showing to people and for token expiry. */
    long epochMillis();
}
