package io.wsrouter.routing;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Where random tests begin. Each seed is new, unless the system property {@value #PROPERTY} gives one to replay; with
 * {@link SeedWatcher} a test that fails says which it had.
 */
public final class Seeds {

    /** The property that fixes the seed of every random test. */
    public static final String PROPERTY = "wsrouter.test.seed";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ThreadLocal<List<Long>> GIVEN = ThreadLocal.withInitial(ArrayList::new);

    private Seeds() {}

    /** A seed for one run. */
    public static long next() {
        Long fixed = Long.getLong(PROPERTY);
        long seed = fixed == null ? RANDOM.nextLong() >>> 20 : fixed;
        GIVEN.get().add(seed);
        return seed;
    }

    /** The seeds that this thread has asked for since it last asked this. */
    static List<Long> takeGiven() {
        List<Long> given = GIVEN.get();
        GIVEN.remove();
        return given;
    }
}
