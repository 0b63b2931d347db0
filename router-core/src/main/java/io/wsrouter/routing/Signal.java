package io.wsrouter.routing;

import java.util.Locale;

/**
 * What tells that a node is hard pressed, and from which reading on it calls for which level.
 *
 * <p>The first three are the node's own health and may call for every level. The other two are the receivers': what those who
 * do not read cost is bounded elsewhere, so they call for {@link Level#ELEVATED} at most, and never lock anybody out.
 */
public enum Signal {
    /** How long a task waits on the busiest loop. */
    LOOP_LAG("ms", 100, 500, 2_000),
    /** The heap that was still in use after collections, of its maximum. */
    HEAP("%", 90, 94, 97),
    /** The memory outside the heap, of its maximum. */
    DIRECT_MEMORY("%", 80, 90, 96),
    /** The bytes that wait to be written, of {@code limits.queued-bytes}. */
    QUEUED_BYTES("%", 60),
    /** The users that refused a message, of those that messages went to. */
    FAILURE_RATE("%", 25);

    /** A level ends below this part of the reading from which on it is called for. */
    private static final double HELD_FROM = 0.9;

    private static final Level[] LEVELS = Level.values();

    private final String word = name().toLowerCase(Locale.ROOT);
    private final String unit;
    private final double elevatedFrom;
    private final double severeFrom;
    private final double criticalFrom;

    Signal(String unit, double elevatedFrom) {
        this(unit, elevatedFrom, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    Signal(String unit, double elevatedFrom, double severeFrom, double criticalFrom) {
        this.unit = unit;
        this.elevatedFrom = elevatedFrom;
        this.severeFrom = severeFrom;
        this.criticalFrom = criticalFrom;
    }

    /** The stable word, for example {@code loop_lag}. */
    public String word() {
        return word;
    }

    /** What its readings count. */
    public String unit() {
        return unit;
    }

    /** The reading from which on it calls for {@code level}; infinite when it never does. */
    public double threshold(Level level) {
        return switch (level) {
            case NORMAL -> Double.NEGATIVE_INFINITY;
            case ELEVATED -> elevatedFrom;
            case SEVERE -> severeFrom;
            case CRITICAL -> criticalFrom;
        };
    }

    /** The reading from which on it keeps the node at {@code level}: a little lower than what calls for it. */
    public double lowerThreshold(Level level) {
        return HELD_FROM * threshold(level);
    }

    /** The highest level that {@code reading} calls for. */
    Level calledFor(double reading) {
        Level called = Level.NORMAL;
        for (Level level : LEVELS) {
            called = reading >= threshold(level) ? level : called;
        }
        return called;
    }
}
