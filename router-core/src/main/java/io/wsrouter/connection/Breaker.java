package io.wsrouter.connection;

/**
 * Leaves a receiver alone that has failed several times in a row: it opens, and after its cool-down lets one attempt through,
 * the probe, whose failure doubles the next cool-down. A success is no business of it: who hears of one throws the breaker
 * away, so that a healthy receiver has none. Belongs to one loop. Source: Nygard, "Release It!", 2007.
 */
public final class Breaker {

    /** The number of an attempt that is no probe. */
    public static final long NO_PROBE = 0;

    private enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    private final int mostFailures;
    private final long longestCoolDownNanos;
    private State state = State.CLOSED;
    private int failures;
    private long coolDownNanos;
    private long coolNanos;
    private long probe = NO_PROBE;

    /** A closed breaker that opens at the failure number {@code mostFailures}. */
    public Breaker(int mostFailures, long coolDownNanos, long longestCoolDownNanos) {
        this.mostFailures = mostFailures;
        this.coolDownNanos = coolDownNanos;
        this.longestCoolDownNanos = longestCoolDownNanos;
    }

    /** Whether an attempt may be made now. */
    public boolean admits(long nowNanos) {
        return state == State.CLOSED || (state == State.OPEN && nowNanos - coolNanos >= 0);
    }

    /** Whether it refuses attempts, or has let through but its probe. */
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    /** Whether it waits for what becomes of its probe, rather than for a time. */
    public boolean isProbing() {
        return state == State.HALF_OPEN;
    }

    /** When the cool-down of an open breaker ends. */
    public long coolNanos() {
        return coolNanos;
    }

    /**
     * An attempt that it admits is being made.
     *
     * @param number of the attempt, if it is to be the probe: none other has it
     * @return the number, or {@link #NO_PROBE}
     */
    public long onAttempt(long number) {
        if (state == State.CLOSED) {
            return NO_PROBE;
        }
        state = State.HALF_OPEN;
        probe = number;
        return number;
    }

    /**
     * An attempt has failed; {@code attempt} is what {@link #onAttempt} has returned for it.
     *
     * @return whether that has opened it, for the first time
     */
    public boolean onFailure(long attempt, long nowNanos) {
        if (state == State.CLOSED && ++failures >= mostFailures) {
            open(nowNanos);
            return true;
        }
        if (state == State.HALF_OPEN && attempt == probe) {
            coolDownNanos = Math.min(2 * coolDownNanos, longestCoolDownNanos);
            open(nowNanos);
        }
        return false;
    }

    /** An attempt has ended in a way that says nothing of the receiver. After a probe the next attempt is another. */
    public void onUndecided(long attempt, long nowNanos) {
        if (state == State.HALF_OPEN && attempt == probe) {
            state = State.OPEN;
            coolNanos = nowNanos;
        }
    }

    private void open(long nowNanos) {
        state = State.OPEN;
        coolNanos = nowNanos + coolDownNanos;
    }
}
