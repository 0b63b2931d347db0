package io.wsrouter.bench.scenario;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The moment after which a scenario has failed. Every wait of a scenario names what it waits for. Any thread. */
public final class Deadline {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Duration patience;
    private final long endNanos;

    private Deadline(Duration patience) {
        this.patience = patience;
        this.endNanos = System.nanoTime() + patience.toNanos();
    }

    /** One that long from now. */
    public static Deadline after(Duration patience) {
        return new Deadline(patience);
    }

    /** An earlier deadline for one step, or this one when it comes first. */
    Deadline within(Duration step) {
        return step.toNanos() < remainingNanos() ? new Deadline(step) : this;
    }

    long remainingNanos() {
        return endNanos - System.nanoTime();
    }

    /** The result of {@code future}. */
    <T> T await(String what, Future<T> future) throws InterruptedException {
        try {
            return future.get(Math.max(0, remainingNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new ScenarioException(timeout(what), e);
        } catch (ExecutionException e) {
            String why = e.getCause() instanceof ScenarioException ours
                    ? String.valueOf(ours.getMessage())
                    : String.valueOf(e.getCause());
            throw new ScenarioException(what + " failed: " + why, e);
        }
    }

    /** Returns when {@code condition} holds. */
    void until(String what, BooleanSupplier condition) {
        if (!holds(condition)) {
            throw new ScenarioException(timeout(what));
        }
    }

    /** Whether {@code condition} comes to hold in time. */
    boolean holds(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (remainingNanos() <= 0) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    private String timeout(String what) {
        return "timed out after " + patience.toSeconds() + " s waiting for " + what;
    }
}
