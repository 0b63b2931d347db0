package io.wsrouter.connection;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import java.util.random.RandomGenerator;

/**
 * Mints the ids of one shard's connections. Belongs to one loop.
 *
 * <p>The last part of an id is a bijection of a counter, so a process run does not repeat one for a user within 2^32
 * registrations on the shard, and all of a user's connections register on one shard. Where the counter starts and how the
 * bijection mixes are chosen at random.
 */
public final class ConnectionIdGenerator {

    private final int mask;
    private int counter;

    /** A generator that starts where {@code random} says. */
    public ConnectionIdGenerator(RandomGenerator random) {
        this.mask = random.nextInt();
        this.counter = random.nextInt();
    }

    /**
     * A new id.
     *
     * @param user the owner, a {@code user:} address
     * @param epochSeconds the present second, 0 to 999,999,999,999
     */
    public ConnectionId next(Address user, long epochSeconds) {
        return ConnectionId.of(user, epochSeconds, scramble(counter++) ^ mask);
    }

    /** A bijection of 32 bits: the finalizer of MurmurHash3, whose every step can be undone. */
    private static int scramble(int value) {
        int x = value;
        x ^= x >>> 16;
        x *= 0x85ebca6b;
        x ^= x >>> 13;
        x *= 0xc2b2ae35;
        return x ^ (x >>> 16);
    }
}
