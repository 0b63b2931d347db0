package io.wsrouter.routing;

import io.wsrouter.metrics.Counters;
import io.wsrouter.metrics.Metric;
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
 * @param counts every metric; unmodifiable
 */
public record ShardStats(int connections, int users, int subscribedTopics, int topics, Map<Metric, Long> counts) {

    static ShardStats of(int connections, int users, int subscribedTopics, int topics, Counters counters) {
        Map<Metric, Long> counts = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            counts.put(metric, counters.get(metric));
        }
        return new ShardStats(connections, users, subscribedTopics, topics, Collections.unmodifiableMap(counts));
    }

    /** The sum of this and {@code other}. */
    ShardStats plus(ShardStats other) {
        Map<Metric, Long> sum = new EnumMap<>(counts);
        other.counts.forEach((metric, count) -> sum.merge(metric, count, Long::sum));
        return new ShardStats(
                connections + other.connections,
                users + other.users,
                subscribedTopics + other.subscribedTopics,
                topics + other.topics,
                Collections.unmodifiableMap(sum));
    }
}
