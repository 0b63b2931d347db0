package io.wsrouter.bench;

import io.netty.channel.DefaultEventLoop;
import io.wsrouter.routing.ShardLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A shard's loop on a thread of its own, without sockets. {@code nanoClock} is read on that thread. */
record ThreadLoop(DefaultEventLoop eventLoop, LongSupplier nanoClock) implements ShardLoop {

    @Override
    public boolean isCurrent() {
        return eventLoop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        eventLoop.execute(task);
    }

    @Override
    public void executeAfter(Runnable task, long delayNanos) {
        eventLoop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public long nanoTime() {
        return nanoClock.getAsLong();
    }

    @Override
    public long epochMillis() {
        return System.currentTimeMillis();
    }
}
