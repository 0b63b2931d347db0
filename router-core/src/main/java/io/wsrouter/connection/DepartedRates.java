package io.wsrouter.connection;

import io.wsrouter.address.Address;
import org.agrona.collections.Object2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The rates of users whose last connection has gone, so that coming back does not fill them up. A rate is full after a
 * second and forgotten within two; at most {@value #MOST} are kept for each second, the latest ones. Belongs to one loop.
 */
public final class DepartedRates {

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int MOST = 16_384;

    private Object2ObjectHashMap<Address, RateLimit> recent = new Object2ObjectHashMap<>();
    private Object2ObjectHashMap<Address, RateLimit> older = new Object2ObjectHashMap<>();
    private long recentSinceNanos;

    /** Nobody has departed. */
    public DepartedRates(long nowNanos) {
        recentSinceNanos = nowNanos;
    }

    /** Keeps what a user has left of the rate. */
    public void keep(Address user, RateLimit rate, long nowNanos) {
        if (nowNanos - recentSinceNanos >= SECOND_NANOS || recent.size() >= MOST) {
            Object2ObjectHashMap<Address, RateLimit> forgotten = older;
            older = recent;
            recent = forgotten;
            recent.clear();
            recentSinceNanos = nowNanos;
        }
        recent.put(user, rate);
    }

    /** Gives back what a user who returns had left, or null when that is forgotten. */
    public @Nullable RateLimit take(Address user) {
        RateLimit latest = recent.remove(user);
        RateLimit earlier = older.remove(user);
        return latest == null ? earlier : latest;
    }

    /** How many rates are kept. */
    public int size() {
        return recent.size() + older.size();
    }
}
