package io.wsrouter.routing;

import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.RawJson;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What callers without a connection have on its way to one shard: bounded, because a loop takes every task and such a caller
 * cannot be left unread. Any thread.
 */
final class Inflow {

    /** The most publishes on their way to one shard. */
    static final int MOST_PUBLISHES = 4_096;

    /** No publish follows while as many bytes are on their way to one shard. */
    static final long MOST_BYTES = 16L * 1024 * 1024;

    private final AtomicInteger publishes = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger refused = new AtomicInteger();

    /** Takes room for a publish of so many bytes, or counts it as refused. */
    boolean tryTake(int lengthBytes) {
        int publishesNow = publishes.incrementAndGet();
        long bytesBefore = bytes.getAndAdd(lengthBytes);
        if (publishesNow <= MOST_PUBLISHES && bytesBefore < MOST_BYTES) {
            return true;
        }
        giveBack(lengthBytes);
        refused.incrementAndGet();
        return false;
    }

    /** Gives back the room of a publish that has arrived. */
    void giveBack(int lengthBytes) {
        publishes.decrementAndGet();
        bytes.addAndGet(-lengthBytes);
    }

    /** How many were refused since this was last asked. */
    int takeRefused() {
        return refused.get() == 0 ? 0 : refused.getAndSet(0);
    }

    /** The bytes that a publish brings. */
    static int lengthBytes(Command.Publish publish) {
        return lengthBytes(publish.rawId()) + lengthBytes(publish.event()) + lengthBytes(publish.data());
    }

    private static int lengthBytes(@Nullable RawJson json) {
        return json == null ? 0 : json.lengthBytes();
    }
}
