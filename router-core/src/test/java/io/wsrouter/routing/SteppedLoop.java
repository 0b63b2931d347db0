package io.wsrouter.routing;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/**
 * A loop that is turned by hand: what is handed to it waits until somebody takes a step. It is current while it steps and
 * at no other time, so work that runs on the wrong loop fails its assertion.
 *
 * <p>For one thread, which turns all the loops of a router.
 */
public final class SteppedLoop implements ShardLoop {

    /** A task for a time on the virtual clock; of those for one time the first goes first. */
    private record Later(Runnable task, long dueNanos, long number) implements Comparable<Later> {

        @Override
        public int compareTo(Later other) {
            long nanos = dueNanos - other.dueNanos;
            return Long.signum(nanos != 0 ? nanos : number - other.number);
        }
    }

    private final String name;
    private final VirtualClock clock;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Later> later = new PriorityQueue<>();
    private boolean isCurrent;
    private boolean hasEnded;
    private long steps;
    private long laters;

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
        takeUpWhatIsDue();
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
        takeUpWhatIsDue();
        return !tasks.isEmpty();
    }

    /** How long it is until a task is due that waits for its time; {@link Long#MAX_VALUE} when there is none. */
    public long nanosToNextTimer() {
        return later.isEmpty() ? Long.MAX_VALUE : later.peek().dueNanos - clock.nanoTime();
    }

    private void takeUpWhatIsDue() {
        while (!later.isEmpty() && nanosToNextTimer() <= 0) {
            tasks.add(later.poll().task);
        }
    }

    /** The number of steps taken. */
    public long steps() {
        return steps;
    }

    /** Takes no more work, and forgets what waits. */
    public void end() {
        hasEnded = true;
        tasks.clear();
        later.clear();
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
    public void executeAfter(Runnable task, long delayNanos) {
        later.add(new Later(task, clock.nanoTime() + delayNanos, ++laters));
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
