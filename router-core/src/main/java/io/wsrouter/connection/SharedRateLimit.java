package io.wsrouter.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A {@link RateLimit} that any thread may take from. For what happens once a connection, not once a message.
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
     * @param perSecond how many are allowed a second, at least 1; more than one a nanosecond, such as
     *     {@link Integer#MAX_VALUE}, allows all
     * @param nowNanos the present time of a monotonic clock
     */
    public SharedRateLimit(int perSecond, long nowNanos) {
        this.intervalNanos = SECOND_NANOS / perSecond;
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

    /** Takes one even when there is none, unless a second's worth or more is owed. */
    public void acquire(long nowNanos) {
        nextNanos.updateAndGet(next -> {
            long taken = later(next, nowNanos) + intervalNanos;
            return taken - nowNanos > SECOND_NANOS ? later(next, nowNanos + SECOND_NANOS) : taken;
        });
    }

    /** Takes one even when there is none. The debt has no bound; the caller has one on what is under way. */
    public void owe(long nowNanos) {
        nextNanos.updateAndGet(next -> later(next, nowNanos) + intervalNanos);
    }

    /** Whether {@link #tryAcquire} would refuse. */
    public boolean isExhausted(long nowNanos) {
        return isBeyondBurst(nextNanos.get(), nowNanos);
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
