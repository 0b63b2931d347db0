package io.wsrouter.pipeline;

import io.wsrouter.connection.RateLimit;

/** The node's rate of verified handshakes, an equal share for each loop, which alone touches its own. */
final class HandshakeRates {

    private final RateLimit[] shares;

    HandshakeRates(int perSecond, int loops) {
        int share = perSecond == Integer.MAX_VALUE ? perSecond : Math.max(1, perSecond / loops);
        shares = new RateLimit[loops];
        for (int i = 0; i < loops; i++) {
            shares[i] = new RateLimit(share, System.nanoTime());
        }
    }

    /** Whether the loop of this index may let one more in. Runs on that loop. */
    boolean tryAcquire(int loop, long nowNanos) {
        return shares[loop].tryAcquire(nowNanos);
    }
}
