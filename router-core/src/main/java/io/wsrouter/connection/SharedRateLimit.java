package io.wsrouter.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A {@link RateLimit} that any thread may take from and give back to. For what happens once a connection, not once a message.
 *
 * <p>Source: the generic cell rate algorithm, ITU-T I.371 annex A, as a virtual scheduling algorithm.
 */
public final class SharedRateLimit {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final long intervalNanos;
    private final AtomicLong nextNanos;

    /**
     * A full bucket.
     *
     * @param perSecond how many are allowed a second, at least 1; {@link Integer#MAX_VALUE} allows all
     * @param nowNanos the present time of a monotonic clock
     */
    public SharedRateLimit(int perSecond, long nowNanos) {
        this.intervalNanos = perSecond == Integer.MAX_VALUE ? 0 : SECOND_NANOS / perSecond;
        this.nextNanos = new AtomicLong(nowNanos - SECOND_NANOS);
    }

    /** Takes one when there is one. */
    public boolean tryAcquire(long nowNanos) {
        if (intervalNanos == 0) {
            return true;
        }
        while (true) {
            long next = nextNanos.get();
            if (isBeyondBurst(next, nowNanos)) {
                return false;
            }
            if (nextNanos.compareAndSet(next, later(next, nowNanos) + intervalNanos)) {
                return true;
            }
        }
    }

    /** Takes one even when there is none; the debt is never more than a second's worth. */
    public void acquire(long nowNanos) {
        nextNanos.updateAndGet(next -> {
            long taken = later(next, nowNanos) + intervalNanos;
            return taken - nowNanos > SECOND_NANOS ? nowNanos + SECOND_NANOS : taken;
        });
    }

    /** Gives back one that was taken. */
    public void giveBack() {
        nextNanos.addAndGet(-intervalNanos);
    }

    /** Whether {@link #tryAcquire} would refuse. */
    public boolean isExhausted(long nowNanos) {
        return intervalNanos > 0 && isBeyondBurst(nextNanos.get(), nowNanos);
    }

    /** Whether all that was taken has come back, so that a new limit would say the same. */
    public boolean isFull(long nowNanos) {
        return nextNanos.get() - nowNanos <= 0;
    }

    private boolean isBeyondBurst(long next, long nowNanos) {
        return next - nowNanos > SECOND_NANOS - intervalNanos;
    }

    private static long later(long next, long nowNanos) {
        return next - nowNanos > 0 ? next : nowNanos;
    }
}
