package io.wsrouter.routing;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How often and when a message with a time to live is tried again, and when a receiver is left alone.
 *
 * @param delays the pauses after the first, the second, ... attempt that was refused; there is one attempt more than pauses
 * @param jitter by how much a pause may be longer or shorter, as a part of it
 * @param mostWaitingPerReceiver at most this many messages wait for one receiver
 * @param mostWaitingBytes so many bytes of messages wait on one shard at most
 * @param breakerFailures after how many failures in a row a receiver is left alone
 * @param coolDown for how long at first
 * @param longestCoolDown for how long at most, as probes go on failing
 */
public record RetryPolicy(
        List<Duration> delays,
        double jitter,
        int mostWaitingPerReceiver,
        long mostWaitingBytes,
        int breakerFailures,
        Duration coolDown,
        Duration longestCoolDown) {

    /** The policy of the product, for a shard where {@code mostWaitingBytes} may wait. */
    public static RetryPolicy usual(long mostWaitingBytes) {
        return new RetryPolicy(
                List.of(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(800)),
                0.2,
                100,
                mostWaitingBytes,
                3,
                Duration.ofMillis(400),
                Duration.ofMillis(6_400));
    }

    /** The same with pauses of exactly their length. */
    public RetryPolicy withoutJitter() {
        return new RetryPolicy(
                delays, 0, mostWaitingPerReceiver, mostWaitingBytes, breakerFailures, coolDown, longestCoolDown);
    }

    /** Whether an attempt may follow on so many. */
    boolean mayFollowOn(int attempts) {
        return attempts <= delays.size();
    }

    /** The pause after the attempt number {@code attempts}, counted from one. */
    long pauseNanos(int attempts, RandomGenerator random) {
        long nanos = delays.get(attempts - 1).toNanos();
        return jitter == 0 ? nanos : (long) (nanos * (1 + jitter * (2 * random.nextDouble() - 1)));
    }
}
