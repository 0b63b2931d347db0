package io.wsrouter.server;

import io.wsrouter.routing.Degradation;
import io.wsrouter.routing.LevelChange;
import io.wsrouter.routing.NodeLevel;
import io.wsrouter.routing.Pressure;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.Signal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** Looks at what presses the node, every {@link #PERIOD}, and has the router keep to the level that follows. One thread samples. */
final class LevelMonitor {

    static final Duration PERIOD = Duration.ofMillis(250);

    private final Map<Signal, DoubleSupplier> signals;
    private final Degradation degradation;
    private final Router router;
    private final EventLog events;
    private volatile NodeLevel shown = NodeLevel.NORMAL;

    /** {@code signals} are read on the thread that samples. */
    LevelMonitor(Map<Signal, DoubleSupplier> signals, Duration recovery, Router router, EventLog events) {
        this.signals = signals;
        this.degradation = new Degradation(recovery);
        this.router = router;
        this.events = events;
    }

    /** The level and why, as of the last sample. Any thread. */
    NodeLevel shown() {
        return shown;
    }

    /** Takes one sample. A fault is reported, so that the next one is taken. */
    void sample() {
        try {
            Pressure pressure = pressure();
            LevelChange change = degradation.onPressure(pressure, System.nanoTime());
            shown = new NodeLevel(degradation.level(), degradation.cause(), pressure);
            if (change != null) {
                router.enter(change.to());
                events.onLevelChange(change);
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            events.onBug(e);
        }
    }

    private Pressure pressure() {
        Map<Signal, Double> readings = new EnumMap<>(Signal.class);
        signals.forEach((signal, reading) -> readings.put(signal, reading.getAsDouble()));
        return new Pressure(readings);
    }
}
