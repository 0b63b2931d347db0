package io.wsrouter.bench.peer;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which deliveries go wrong: for each fault every so manieth, from a place that the seed chooses. A delivery has one fault at
 * most. Any thread.
 */
public final class FaultPlan {

    private final Map<Fault, Long> periods;
    private final Map<Fault, Long> offsets = new EnumMap<>(Fault.class);
    private final AtomicLong deliveries = new AtomicLong();
    private final AtomicLongArray planted = new AtomicLongArray(Fault.values().length);

    private FaultPlan(Map<Fault, Long> periods, long seed) {
        this.periods = periods;
        SplittableRandom random = new SplittableRandom(seed);
        periods.forEach((fault, period) -> offsets.put(fault, random.nextLong(period)));
    }

    /** Nothing goes wrong. */
    public static FaultPlan none() {
        return new FaultPlan(new EnumMap<>(Fault.class), 0);
    }

    /**
     * Reads a plan.
     *
     * @param text {@code drop=100,swap=50}: every hundredth delivery is dropped, every fiftieth swapped; empty for none
     * @param seed chooses where each fault begins
     * @throws IllegalArgumentException naming what was wrong and what was expected
     */
    public static FaultPlan parse(String text, long seed) {
        Map<Fault, Long> periods = new EnumMap<>(Fault.class);
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            String[] pair = part.split("=", -1);
            if (pair.length != 2 || periods.put(fault(pair[0]), period(pair[1])) != null) {
                throw new IllegalArgumentException("faults " + text + " (expected like drop=100,swap=50, each once)");
            }
        }
        return new FaultPlan(periods, seed);
    }

    private static Fault fault(String word) {
        return Arrays.stream(Fault.values())
                .filter(fault -> fault.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("fault " + word + " (expected one of "
                        + Arrays.stream(Fault.values()).map(Fault::word).collect(Collectors.joining(", ")) + ")"));
    }

    private static long period(String number) {
        try {
            long period = Long.parseLong(number);
            if (period > 0) {
                return period;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new IllegalArgumentException("every " + number + "th (expected a number from 1)");
    }

    boolean isEmpty() {
        return periods.isEmpty();
    }

    /** The fault of the next delivery, or null when it is to go well. */
    @Nullable
    Fault next() {
        long delivery = deliveries.getAndIncrement();
        for (Map.Entry<Fault, Long> period : periods.entrySet()) {
            if (delivery % period.getValue() == offsets.getOrDefault(period.getKey(), 0L)) {
                return period.getKey();
            }
        }
        return null;
    }

    void planted(Fault fault) {
        planted.incrementAndGet(fault.ordinal());
    }

    /** How often a fault has been carried out. */
    public long count(Fault fault) {
        return planted.get(fault.ordinal());
    }
}
