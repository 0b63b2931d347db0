package io.wsrouter.bench.scenario;

import io.wsrouter.bench.scenario.Population.Flooded;
import io.wsrouter.bench.scenario.Population.Latencies;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What one turn of the scenario slow has shown.
 *
 * @param isSick whether the stragglers were sick
 * @param flooded what the floods did meanwhile
 * @param cutOff how many connections the router has closed as slow consumers meanwhile
 * @param mostQueuedBytes of all samples of what the router says that it has queued; negative when it does not say
 * @param mostResidentMib of all samples
 * @param heapBytes what a collection left at the end
 */
record Turn(
        boolean isSick,
        double seconds,
        Latencies latencies,
        Flooded flooded,
        long cutOff,
        long mostQueuedBytes,
        long mostResidentMib,
        long heapBytes) {

    static final String HEADER = """
                             to the others, of their own    to the others, by the topic   flood    refused   cut  queued     RSS    heap
            turn           number    p50 us   p99 us     number    p50 us   p99 us       /s         /s   off     KiB     MiB     MiB""";

    String line() {
        return String.format(
                Locale.ROOT,
                "%-12s %,8d %,9d %,8d  %,9d %,9d %,8d %,8.0f %,10.0f %5d %,7d %,7d %,7.1f",
                isSick ? "with sick" : "all well",
                latencies.own().getTotalCount(),
                micros(latencies.own(), 50),
                micros(latencies.own(), 99),
                latencies.topic().getTotalCount(),
                micros(latencies.topic(), 50),
                micros(latencies.topic(), 99),
                flooded.published() / seconds,
                flooded.refused() / seconds,
                cutOff,
                mostQueuedBytes >> 10,
                mostResidentMib,
                heapBytes / 1048576.0);
    }

    private static long micros(Histogram of, double percentile) {
        return of.getValueAtPercentile(percentile) / 1_000;
    }

    long ownMicros(double percentile) {
        return micros(latencies.own(), percentile);
    }

    long topicMicros(double percentile) {
        return micros(latencies.topic(), percentile);
    }
}
