package io.wsrouter.bench.report;

/**
 * An axis of a {@link Plot}.
 *
 * @param label what it counts, with the unit where {@code unit} does not say it
 * @param unit of its ticks
 */
public record Axis(String label, Scale scale, Unit unit) {

    /** How values lie on an axis. */
    public enum Scale {
        /** Evenly, from zero. */
        LINEAR,
        /** By their logarithm. Values that are not positive are left out. */
        LOG
    }

    /** Evenly, from zero, as plain numbers. */
    public static Axis linear(String label) {
        return new Axis(label, Scale.LINEAR, Unit.NUMBER);
    }

    /** By the logarithm, as plain numbers. */
    public static Axis log(String label) {
        return new Axis(label, Scale.LOG, Unit.NUMBER);
    }

    /** The same with ticks in a unit. */
    public Axis in(Unit other) {
        return new Axis(label, scale, other);
    }
}
