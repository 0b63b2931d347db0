package io.wsrouter.server;

import io.wsrouter.routing.ReceiverCounts;
import io.wsrouter.routing.Router;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The probes of all shards. One thread asks. */
final class ShardProbes {

    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<ShardProbe> probes;

    ShardProbes(Router router) {
        probes = router.shards().stream().map(ShardProbe::new).toList();
    }

    /** How long tasks wait on the busiest loop. Asks all of them. */
    double worstLagMillis() {
        long worst = 0;
        for (ShardProbe probe : probes) {
            worst = Math.max(worst, probe.lagNanos());
        }
        return worst / NANOS_PER_MILLI;
    }

    /** The users that did not keep up, of those that messages went to, in percent. */
    double failurePercent() {
        ReceiverCounts counts = ReceiverCounts.NONE;
        for (ShardProbe probe : probes) {
            counts = counts.plus(probe.receivers());
        }
        return counts.failurePercent();
    }
}
