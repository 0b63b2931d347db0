package io.wsrouter.routing;

import io.wsrouter.metrics.Counters;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What shards hold and have counted, at one moment.
 *
 * @param connections connections in the tables
 * @param users users with a connection
 * @param subscribedTopics topics with a subscriber, counted once for each shard that has one
 * @param topics topics with a subscriber, counted at their home
 * @param queuedBytes what waits to be written, as it counts for {@code limits.queued-bytes}
 * @param counts every metric; unmodifiable
 * @param closed the connections closed for each reason, which add up to {@link Metric#CONNECTIONS_CLOSED}; unmodifiable
 */
public record ShardStats(
        int connections,
        int users,
        int subscribedTopics,
        int topics,
        long queuedBytes,
        Map<Metric, Long> counts,
        Map<CloseReason, Long> closed) {

    static ShardStats of(
            int connections, int users, int subscribedTopics, int topics, long queuedBytes, Counters counters) {
        Map<Metric, Long> counts = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            counts.put(metric, counters.get(metric));
        }
        Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);
        for (CloseReason reason : CloseReason.values()) {
            closed.put(reason, counters.closed(reason));
        }
        return new ShardStats(
                connections,
                users,
                subscribedTopics,
                topics,
                queuedBytes,
                Collections.unmodifiableMap(counts),
                Collections.unmodifiableMap(closed));
    }

    /** The sum of this and {@code other}. */
    ShardStats plus(ShardStats other) {
        return new ShardStats(
                connections + other.connections,
                users + other.users,
                subscribedTopics + other.subscribedTopics,
                topics + other.topics,
                queuedBytes + other.queuedBytes,
                sum(counts, other.counts),
                sum(closed, other.closed));
    }

    private static <K extends Enum<K>> Map<K, Long> sum(Map<K, Long> some, Map<K, Long> others) {
        Map<K, Long> sum = new EnumMap<>(some);
        others.forEach((key, count) -> sum.merge(key, count, Long::sum));
        return Collections.unmodifiableMap(sum);
    }
}
