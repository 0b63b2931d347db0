package io.wsrouter.routing;

import java.time.Duration;

/** A monotonic and a wall clock that stand still until they are moved. Shared by the loops of a test. */
public final class VirtualClock {

    /** Where the wall clock stands at first: 2025-09-09 01:31:38 UTC. */
    public static final long FIRST_EPOCH_SECOND = 1_757_381_498L;

    private long nanos;
    private long epochMillis = FIRST_EPOCH_SECOND * 1000;

    /** A clock whose monotonic time starts at {@code nanos}, which may be negative as that of a JVM may. */
    public VirtualClock(long nanos) {
        this.nanos = nanos;
    }

    /** The monotonic time. */
    public long nanoTime() {
        return nanos;
    }

    /** The wall clock, in milliseconds since the epoch. */
    public long epochMillis() {
        return epochMillis;
    }

    /** The wall clock, in seconds since the epoch. */
    public long epochSecond() {
        return epochMillis / 1000;
    }

    /** Lets time pass on both clocks. */
    public void advance(Duration time) {
        nanos += time.toNanos();
        epochMillis += time.toMillis();
    }

    /** Moves the wall clock alone, as an administrator or NTP does. */
    public void setWallClock(long newEpochMillis) {
        epochMillis = newEpochMillis;
    }
}
