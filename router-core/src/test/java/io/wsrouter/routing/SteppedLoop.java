package io.wsrouter.routing;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/**
 * A loop that is turned by hand: what is handed to it waits until somebody takes a step. It is current while it steps and
 * at no other time, so work that runs on the wrong loop fails its assertion.
 *
 * <p>For one thread, which turns all the loops of a router.
 */
public final class SteppedLoop implements ShardLoop {

    private final String name;
    private final VirtualClock clock;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean isCurrent;
    private boolean hasEnded;
    private long steps;

    /** A loop without work. */
    public SteppedLoop(String name, VirtualClock clock) {
        this.name = name;
        this.clock = clock;
    }

    /** Runs the task that has waited longest, and says whether there was one. */
    public boolean step() {
        if (isCurrent) {
            throw new AssertionError(name + " is asked to step within its own step");
        }
        Runnable task = tasks.poll();
        if (task == null) {
            return false;
        }
        steps++;
        isCurrent = true;
        try {
            task.run();
        } finally {
            isCurrent = false;
        }
        return true;
    }

    /** Whether work waits. */
    public boolean hasWork() {
        return !tasks.isEmpty();
    }

    /** The number of steps taken. */
    public long steps() {
        return steps;
    }

    /** Takes no more work, and forgets what waits. */
    public void end() {
        hasEnded = true;
        tasks.clear();
    }

    @Override
    public boolean isCurrent() {
        return isCurrent;
    }

    @Override
    public void execute(Runnable task) {
        if (hasEnded) {
            throw new RejectedExecutionException(name + " has ended");
        }
        tasks.add(task);
    }

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public long epochMillis() {
        return clock.epochMillis();
    }

    @Override
    public String toString() {
        return name;
    }
}
