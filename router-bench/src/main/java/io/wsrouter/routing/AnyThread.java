package io.wsrouter.routing;

/** A loop that is everywhere, for a shard that only passes on. */
final class AnyThread implements ShardLoop {

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    @Override
    public void executeAfter(Runnable task, long delayNanos) {
        throw new UnsupportedOperationException("a timer");
    }

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public long epochMillis() {
        return 0;
    }
}
