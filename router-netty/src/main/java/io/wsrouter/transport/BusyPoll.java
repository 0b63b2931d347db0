package io.wsrouter.transport;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/**
 * Has a loop that runs out of work look for more for a while before it sleeps. Work that comes meanwhile, from a socket or from
 * another loop, finds the loop awake: no wake-up to pay for, by the one who sends it or by the one who waits. The price is a
 * processor that is busy while it polls. Belongs to the loop.
 */
final class BusyPoll implements SelectStrategy {

    private static final int NOTHING = 0;

    private final long pollNanos;
    private boolean isIdle;
    private long idleSinceNanos;

    /** Polls for {@code pollNanos} since the last work. */
    BusyPoll(long pollNanos) {
        this.pollNanos = pollNanos;
    }

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        int ready = selectNow.get();
        if (ready > 0 || hasTasks) {
            isIdle = false;
            return ready;
        }
        long nowNanos = System.nanoTime();
        if (!isIdle) {
            isIdle = true;
            idleSinceNanos = nowNanos;
        }
        if (nowNanos - idleSinceNanos < pollNanos) {
            Thread.onSpinWait();
            return NOTHING;
        }
        isIdle = false;
        return SELECT;
    }
}
