package io.wsrouter.routing;

import io.wsrouter.connection.QueueListener;
import io.wsrouter.metrics.Counters;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Priority;
import java.util.function.Consumer;

/** Counts what slow receivers miss on one shard. What was never accepted, or was recalled, is counted as
 * refused by who asked for the write. */
final class DropCounts implements QueueListener {

    private final Counters counters;
    private final Consumer<Throwable> faults;

    DropCounts(Counters counters, Consumer<Throwable> faults) {
        this.counters = counters;
        this.faults = faults;
    }

    @Override
    public void onDropped(Priority priority, Drop drop) {
        if (drop != Drop.REFUSED && drop != Drop.RECALLED) {
            counters.increment(Metric.REFUSED);
        }
        if (drop == Drop.SUPERSEDED) {
            counters.increment(Metric.SUPERSEDED);
        }
        if (drop != Drop.CLOSED) {
            counters.increment(metricOf(priority));
        }
    }

    private static Metric metricOf(Priority priority) {
        return switch (priority) {
            case LOW -> Metric.DROPPED_LOW;
            case NORMAL -> Metric.DROPPED_NORMAL;
            case HIGH -> Metric.DROPPED_HIGH;
            case CRITICAL -> Metric.DROPPED_CRITICAL;
        };
    }

    @Override
    public void onShed() {
        counters.increment(Metric.QUEUES_SHED);
    }

    @Override
    public void onFault(Throwable cause) {
        faults.accept(cause);
    }
}
