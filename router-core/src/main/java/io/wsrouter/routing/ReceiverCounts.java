package io.wsrouter.routing;

/**
 * Users that messages went to within the last seconds.
 *
 * @param matched how many they were
 * @param failed how many of them did not keep up
 */
public record ReceiverCounts(int matched, int failed) {

    /** Nobody. */
    public static final ReceiverCounts NONE = new ReceiverCounts(0, 0);

    private static final int LEAST_MATCHED = 20;
    private static final double PERCENT = 100;

    /** The sum of this and {@code other}. */
    public ReceiverCounts plus(ReceiverCounts other) {
        return new ReceiverCounts(matched + other.matched, failed + other.failed);
    }

    /** The share of those that refused, in percent; 0 when they are too few to tell. */
    public double failurePercent() {
        return matched < LEAST_MATCHED ? 0 : PERCENT * failed / matched;
    }
}
