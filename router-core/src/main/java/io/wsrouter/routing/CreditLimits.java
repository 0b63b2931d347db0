package io.wsrouter.routing;

import io.wsrouter.connection.InFlight;

/**
 * How much one shard may have on its way to another. What may still be sent is the credit of the pair; a message that finds
 * any left may pass, whatever its length, so {@code bytes} is exceeded by one message at most.
 *
 * @param messages at most this many at one time, at least 1
 * @param bytes no message follows while as much is on its way, at least 1
 */
public record CreditLimits(int messages, long bytes) {

    private static final int SHARES = 8;
    private static final int DELIVERIES = 8;
    private static final int DELIVERIES_BYTES = 2;
    private static final int MESSAGES = 1_024;
    private static final long BYTES_OF_ALL_PAIRS = 64L * 1024 * 1024;
    private static final long LEAST_BYTES = 1024L * 1024;

    /** Checks the limits. */
    public CreditLimits {
        if (messages < 1 || bytes < 1) {
            throw new IllegalArgumentException(messages + " messages, " + bytes + " bytes (expected at least 1 each)");
        }
    }

    /** The credit of each pair among so many shards. */
    public static CreditLimits among(int shards) {
        long pairs = Math.max(1, (long) shards * (shards - 1));
        return new CreditLimits(MESSAGES, Math.max(LEAST_BYTES, BYTES_OF_ALL_PAIRS / pairs));
    }

    /** Credit that never runs out. */
    public static CreditLimits unlimited() {
        return new CreditLimits(Integer.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * The credit of what follows from publishes, which does not wait: more, because all that other shards have on their way to
     * this one may arrive in one turn and be for the same shard.
     */
    CreditLimits ofDeliveries() {
        return this.equals(unlimited()) ? this : new CreditLimits(DELIVERIES * messages, DELIVERIES_BYTES * bytes);
    }

    /** Whether a pair with so much in flight has credit left. */
    boolean admits(InFlight ofPair) {
        return ofPair.isBelow(messages, bytes);
    }

    /** Whether a sender with so much in flight, to whatever shards, has not had its share: an eighth of the credit of a pair. */
    boolean admitsShare(InFlight ofSender) {
        return ofSender.isBelow(Math.max(1, messages / SHARES), Math.max(1, bytes / SHARES));
    }
}
