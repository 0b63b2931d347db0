package io.wsrouter.bench;

import io.wsrouter.routing.ShardLoop;
import java.util.ArrayDeque;
import java.util.Queue;

/** The loop of a shard that a benchmark's own thread turns. */
final class OwnLoop implements ShardLoop {

    private final Queue<Runnable> tasks = new ArrayDeque<>();

    void turn() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void executeAfter(Runnable task, long delayNanos) {
        throw new UnsupportedOperationException("a timer");
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long epochMillis() {
        return System.currentTimeMillis();
    }
}
