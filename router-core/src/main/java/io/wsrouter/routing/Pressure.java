package io.wsrouter.routing;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What all signals read at one moment.
 *
 * @param readings in the unit of each signal; unmodifiable, without those that cannot be read
 */
public record Pressure(Map<Signal, Double> readings) {

    /** No pressure at all. */
    public static final Pressure NONE = new Pressure(Map.of());

    /** Takes a copy of {@code readings}. */
    public Pressure {
        Map<Signal, Double> copy = new EnumMap<>(Signal.class);
        copy.putAll(readings);
        readings = Collections.unmodifiableMap(copy);
    }

    /** The reading of {@code signal}, 0 when it cannot be read. */
    public double of(Signal signal) {
        return readings.getOrDefault(signal, 0.0);
    }
}
