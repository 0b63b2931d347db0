package io.wsrouter.simulation;

import io.wsrouter.metrics.Metric;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.Shard;
import java.util.List;

/** What the routers have counted so far. */
record RouterCounts(long published, long receiptsDropped, long duplicateIds, long misdeliveries, long drift) {

    static RouterCounts of(List<Router> routers) {
        return new RouterCounts(
                sum(routers, Metric.PUBLISHED),
                sum(routers, Metric.RECEIPTS_DROPPED),
                sum(routers, Metric.DUPLICATE_IDS),
                sum(routers, Metric.MISDELIVERY_REFUSED),
                sum(routers, Metric.ROUTING_DRIFT));
    }

    private static long sum(List<Router> routers, Metric metric) {
        long sum = 0;
        for (Router router : routers) {
            for (Shard shard : router.shards()) {
                sum += shard.counters().get(metric);
            }
        }
        return sum;
    }
}
