package io.wsrouter.server;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** How much of its memory this process has in use. One thread asks. */
final class MemoryUse {

    private static final double PERCENT = 100;

    /** So many readings have to be high, each of them: what one collection leaves may be garbage to the next. */
    private static final int HEAP_READINGS = 8;

    /** A heap that has not been collected for so long has room for what is going on. */
    private static final long MOST_AGE_MILLIS = Duration.ofSeconds(30).toMillis();

    private final List<GarbageCollectorMXBean> collectors =
            ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
    private final Set<String> heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());
    private final double[] heapReadings = new double[HEAP_READINGS];
    private int nextReading;

    /** A pool after a collection that ended so long after the start of the process. */
    private record PoolUse(long endMillis, long bytes) {

        PoolUse later(PoolUse other) {
            return other.endMillis > endMillis ? other : this;
        }
    }

    /** What the latest collections have left in the heap, of its maximum, in percent: the least of some readings. */
    double heapPercent() {
        heapReadings[nextReading] =
                PERCENT * bytesAfterCollection() / Runtime.getRuntime().maxMemory();
        nextReading = (nextReading + 1) % HEAP_READINGS;
        return Arrays.stream(heapReadings).min().orElseThrow();
    }

    /** What Netty has taken outside the heap, of what it may take, in percent. */
    double directPercent() {
        return PERCENT * Math.max(0, PlatformDependent.usedDirectMemory()) / PlatformDependent.maxDirectMemory();
    }

    /** A collector says what is left in all pools, but some are garbage still unless they are its own. */
    private long bytesAfterCollection() {
        Map<String, PoolUse> latest = new HashMap<>();
        for (GarbageCollectorMXBean collector : collectors) {
            GcInfo collection = collector.getLastGcInfo();
            if (collection != null && knowsTheHeap(collection)) {
                for (String pool : collector.getMemoryPoolNames()) {
                    latest.merge(pool, use(pool, collection), PoolUse::later);
                }
            }
        }
        latest.keySet().retainAll(heapPools);
        long endMillis =
                latest.values().stream().mapToLong(PoolUse::endMillis).max().orElse(0);
        boolean isOld = ManagementFactory.getRuntimeMXBean().getUptime() - endMillis > MOST_AGE_MILLIS;
        return isOld ? 0 : latest.values().stream().mapToLong(PoolUse::bytes).sum();
    }

    /** What ZGC tells of its pauses is nothing. */
    private boolean knowsTheHeap(GcInfo collection) {
        return collection.getMemoryUsageAfterGc().entrySet().stream()
                .anyMatch(pool ->
                        heapPools.contains(pool.getKey()) && pool.getValue().getUsed() > 0);
    }

    private static PoolUse use(String pool, GcInfo collection) {
        MemoryUsage left = collection.getMemoryUsageAfterGc().get(pool);
        return new PoolUse(collection.getEndTime(), left == null ? 0 : left.getUsed());
    }
}
