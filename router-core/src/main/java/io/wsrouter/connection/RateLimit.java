package io.wsrouter.connection;

/**
 * A token bucket that refills evenly and holds one second's worth, kept as one time stamp. Belongs to one loop.
 *
 * <p>Source: the generic cell rate algorithm, ITU-T I.371 annex A, as a virtual scheduling algorithm.
 */
public final class RateLimit {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final long intervalNanos;
    private long nextNanos;

    /**
     * A full bucket.
     *
     * @param perSecond how many are allowed a second, at least 1; more than one a nanosecond, such as
     *     {@link Integer#MAX_VALUE}, allows all
     * @param nowNanos the present time of a monotonic clock
     */
    public RateLimit(int perSecond, long nowNanos) {
        this.intervalNanos = SECOND_NANOS / perSecond;
        this.nextNanos = nowNanos - SECOND_NANOS;
    }

    /** Takes one when there is one. */
    public boolean tryAcquire(long nowNanos) {
        if (intervalNanos == 0) {
            return true;
        }
        if (nextNanos - nowNanos > SECOND_NANOS - intervalNanos) {
            return false;
        }
        nextNanos = (nextNanos - nowNanos > 0 ? nextNanos : nowNanos) + intervalNanos;
        return true;
    }
}
