package io.wsrouter.routing;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides on the node's level. It rises at once to what any signal calls for, and falls by one when every signal has stayed
 * below the lower threshold of the present level for as long as recovery takes. Belongs to one thread.
 */
public final class Degradation {

    private static final Signal[] SIGNALS = Signal.values();

    private final long recoveryNanos;
    private Level level = Level.NORMAL;
    private @Nullable Signal cause;
    private boolean isCalm;
    private long calmSinceNanos;

    /** At the normal level; {@code recovery} is the time that signals have to stay low for each step down. */
    public Degradation(Duration recovery) {
        recoveryNanos = recovery.toNanos();
    }

    /** The present level. */
    public Level level() {
        return level;
    }

    /** What keeps the level up, or has kept it up last; null at the normal level. */
    public @Nullable Signal cause() {
        return cause;
    }

    /**
     * Takes in what the signals read.
     *
     * @param nowNanos the present time of a monotonic clock
     * @return the change that this makes; null when the level stays
     */
    public @Nullable LevelChange onPressure(Pressure pressure, long nowNanos) {
        Signal worst = worst(pressure);
        Level called = worst.calledFor(pressure.of(worst));
        if (called.compareTo(level) > 0) {
            return rise(called, worst, pressure);
        }
        Signal held = cause;
        return held == null ? null : recover(held, pressure, nowNanos);
    }

    private LevelChange rise(Level called, Signal signal, Pressure pressure) {
        LevelChange change = new LevelChange(level, called, signal, pressure.of(signal), signal.threshold(called));
        level = called;
        cause = signal;
        isCalm = false;
        return change;
    }

    private @Nullable LevelChange recover(Signal lastCause, Pressure pressure, long nowNanos) {
        Signal holding = holding(pressure);
        if (holding != null) {
            cause = holding;
            isCalm = false;
            return null;
        }
        if (!isCalm) {
            isCalm = true;
            calmSinceNanos = nowNanos;
        }
        return nowNanos - calmSinceNanos < recoveryNanos ? null : fall(lastCause, pressure, nowNanos);
    }

    private LevelChange fall(Signal lastCause, Pressure pressure, long nowNanos) {
        Level lower = level.lower();
        LevelChange change =
                new LevelChange(level, lower, lastCause, pressure.of(lastCause), lastCause.lowerThreshold(level));
        level = lower;
        cause = lower == Level.NORMAL ? null : lastCause;
        calmSinceNanos = nowNanos;
        return change;
    }

    /** What calls for the highest level. */
    private static Signal worst(Pressure pressure) {
        Signal worst = SIGNALS[0];
        for (Signal signal : SIGNALS) {
            boolean isWorse = signal.calledFor(pressure.of(signal)).compareTo(worst.calledFor(pressure.of(worst))) > 0;
            worst = isWorse ? signal : worst;
        }
        return worst;
    }

    /** What keeps the level up, or null. */
    private @Nullable Signal holding(Pressure pressure) {
        for (Signal signal : SIGNALS) {
            if (pressure.of(signal) >= signal.lowerThreshold(level)) {
                return signal;
            }
        }
        return null;
    }
}
