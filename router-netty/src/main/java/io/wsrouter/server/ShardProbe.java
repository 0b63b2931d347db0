package io.wsrouter.server;

import io.wsrouter.routing.ReceiverCounts;
import io.wsrouter.routing.Shard;
import java.util.concurrent.RejectedExecutionException;

/**
 * Asks a shard's loop, by a task that waits there like any other, how long that takes and how the shard's receivers do. One
 * thread asks; the loop answers.
 */
final class ShardProbe {

    private final Shard shard;
    private final Runnable question = this::onAsked;

    // the asking thread's own
    private long askedNanos;
    private long lagBeforeNanos;

    // written by the loop before it sets isAsked, and read after
    private long waitedNanos;
    private ReceiverCounts receivers = ReceiverCounts.NONE;
    private volatile boolean isAsked;

    ShardProbe(Shard shard) {
        this.shard = shard;
    }

    /**
     * How long tasks wait on the loop, in nanoseconds, as this call and the one before have both seen it: one pause, of a
     * collector or the machine, is no pressure. Asks again when the loop has answered.
     */
    long lagNanos() {
        long now = System.nanoTime();
        long lag = isAsked ? now - askedNanos : waitedNanos;
        long seenTwice = Math.min(lag, lagBeforeNanos);
        lagBeforeNanos = lag;
        if (!isAsked) {
            ask(now);
        }
        return seenTwice;
    }

    /** What the loop has last told of its receivers; nobody while it does not answer. */
    ReceiverCounts receivers() {
        return isAsked ? ReceiverCounts.NONE : receivers;
    }

    private void ask(long nowNanos) {
        askedNanos = nowNanos;
        isAsked = true;
        try {
            shard.loop().execute(question);
        } catch (RejectedExecutionException e) {
            isAsked = false; // the router ends
        }
    }

    private void onAsked() {
        receivers = shard.onCountReceivers();
        waitedNanos = System.nanoTime() - askedNanos;
        isAsked = false;
    }
}
