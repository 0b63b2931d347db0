package io.wsrouter.connection;

import org.jspecify.annotations.Nullable;

/**
 * Timers of one shard: a hashed wheel of intrusive lists, so that setting, moving and cancelling one costs a few
 * writes and no allocation. Belongs to one loop.
 *
 * <p>A timer fires at the first tick at or after its deadline, never early. Timers beyond one turn of the wheel stay where they are
 * and are looked at once a turn. Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987, scheme 6.
 */
public final class TimerWheel {

    /** The length of a tick in nanoseconds, unless another is asked for: how much later than its deadline a timer may fire. */
    public static final long TICK_NANOS = 100_000_000L;

    private static final int SLOTS = 512;

    private final Timer[] slots = new Timer[SLOTS];
    private final Timer due = new Head();
    private final long startNanos;
    private final long tickNanos;
    private long currentTick;

    /** A wheel whose time starts at {@code nowNanos} of a monotonic clock. */
    public TimerWheel(long nowNanos) {
        this(nowNanos, TICK_NANOS);
    }

    /** A wheel whose time starts at {@code nowNanos} of a monotonic clock and goes on in ticks of {@code tickNanos}. */
    public TimerWheel(long nowNanos, long tickNanos) {
        this.startNanos = nowNanos;
        this.tickNanos = tickNanos;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Head();
        }
    }

    /** Sets {@code timer} to fire at {@code deadlineNanos}, or moves it there when it was set before. */
    public void schedule(Timer timer, long deadlineNanos) {
        timer.cancel();
        long sinceStartNanos = deadlineNanos - startNanos;
        long ticks = sinceStartNanos / tickNanos + (sinceStartNanos % tickNanos > 0 ? 1 : 0);
        timer.deadlineTick = Math.max(currentTick + 1, ticks);
        timer.linkBefore(slots[(int) (timer.deadlineTick & (SLOTS - 1))]);
    }

    /**
     * Fires what is due, at most {@code budget} timers, so that many with one deadline do not stop the loop.
     *
     * @return whether all that was due has fired; if not, call again soon
     */
    public boolean advance(long nowNanos, int budget) {
        long nowTick = (nowNanos - startNanos) / tickNanos;
        int left = budget;
        while (true) {
            for (Timer timer = due.next(); timer != due; timer = due.next()) {
                if (left-- == 0) {
                    return false;
                }
                timer.cancel();
                timer.onExpired(nowNanos);
            }
            if (currentTick >= nowTick) {
                return true;
            }
            currentTick++;
            moveWhatIsDue(slots[(int) (currentTick & (SLOTS - 1))]);
        }
    }

    /** Lets time pass on a wheel on which no timer is set. */
    public void skipTo(long nowNanos) {
        currentTick = Math.max(currentTick, (nowNanos - startNanos) / tickNanos);
    }

    /** How long it is from {@code nowNanos} to the next tick. */
    public long nanosToNextTick(long nowNanos) {
        return tickNanos - Math.floorMod(nowNanos - startNanos, tickNanos);
    }

    private void moveWhatIsDue(Timer slot) {
        for (Timer timer = slot.next(); timer != slot; ) {
            Timer next = timer.next();
            if (timer.deadlineTick <= currentTick) {
                timer.cancel();
                timer.linkBefore(due);
            }
            timer = next;
        }
    }

    /** Something with a deadline; it is its own place in the wheel. */
    public abstract static class Timer {

        private long deadlineTick;
        private @Nullable Timer previous;
        private @Nullable Timer next;

        /** Runs on the shard's loop, once for each time that it was set, in or after the tick of its deadline. */
        protected abstract void onExpired(long nowNanos);

        /** Takes this timer off the wheel; does nothing when it is not set. */
        public final void cancel() {
            if (previous != null && next != null) {
                previous.next = next;
                next.previous = previous;
                previous = null;
                next = null;
            }
        }

        /** Whether it is waiting to fire. */
        public final boolean isScheduled() {
            return next != null;
        }

        final Timer next() {
            if (next == null) {
                throw new IllegalStateException("not linked");
            }
            return next;
        }

        final void linkBefore(Timer head) {
            Timer last = head.previous == null ? head : head.previous;
            previous = last;
            next = head;
            last.next = this;
            head.previous = this;
        }

        final void linkToItself() {
            previous = this;
            next = this;
        }
    }

    private static final class Head extends Timer {

        Head() {
            linkToItself();
        }

        @Override
        protected void onExpired(long nowNanos) {
            throw new AssertionError("the head of a slot is no timer");
        }
    }
}
