package io.wsrouter.bench.load;

/** Does something at a steady rate, each time due at its own moment, whatever happened before. Belongs to its loop. */
final class Pacer {

    private static final int MOST_AT_ONCE = 256;
    private static final long HELD_NANOS = 1_000_000;

    /** What is done. */
    interface Action {

        /** It is due; false when it cannot be done now and has to be tried again. */
        boolean onDue(long dueNanos, long nowNanos);
    }

    private final LoadLoop loop;
    private final double intervalNanos;
    private final double firstNanos;
    private final long startNanos;
    private final long stopNanos;
    private final Action action;
    private long done;

    /**
     * Paces from one time to another.
     *
     * @param phase of the first one, in intervals from the start
     */
    Pacer(LoadLoop loop, double rate, double phase, long startNanos, long stopNanos, Action action) {
        this.loop = loop;
        this.intervalNanos = 1e9 / rate;
        this.firstNanos = (phase - Math.floor(phase)) * intervalNanos;
        this.startNanos = startNanos;
        this.stopNanos = stopNanos;
        this.action = action;
    }

    private long dueNanos() {
        return startNanos + (long) (firstNanos + done * intervalNanos);
    }

    /** Does what is due and comes back for the rest. */
    void run() {
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            long due = dueNanos();
            long now = System.nanoTime();
            if (due - stopNanos >= 0) {
                return;
            }
            if (due - now > 0) {
                loop.at(due, this::run);
                return;
            }
            if (!action.onDue(due, now)) {
                loop.at(now + HELD_NANOS, this::run);
                return;
            }
            done++;
        }
        loop.eventLoop().execute(this::run);
    }
}
