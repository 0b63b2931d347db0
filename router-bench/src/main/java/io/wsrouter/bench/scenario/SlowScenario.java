package io.wsrouter.bench.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.bench.scenario.Population.Flooded;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A thousand users get messages at a steady rate, each of their own and all from one topic; two hundred of them are flooded
 * besides, over WebSocket and HTTP. In turns all of them read well, and half of the two hundred stop reading and half read
 * 1 KB a second. What the others notice, what memory it takes and whether every receipt tells the truth is checked.
 */
@Command(name = "slow", description = "A fifth of 1,000 users reads badly and is flooded: memory, latency, receipts.")
final class SlowScenario extends Scenario {

    private static final int USERS = 1_000;
    private static final int WARM_UP_SECONDS = 10;
    private static final int SICK_WARM_UP_SECONDS = 5;
    private static final int SETTLING_SECONDS = 3;
    private static final int SAMPLE_MILLIS = 200;
    private static final Duration MOST_TIME_TO_DRAIN = Duration.ofSeconds(10);
    private static final long DRAINED_BYTES = 1 << 20;
    private static final long HEAP_BESIDE_THE_QUEUE_MIB = 384;
    private static final long MOST_RESIDENT_MIB = 64;
    private static final long MOST_HEAP_MIB = 32;
    private static final long MOST_TIMES = 2;
    private static final long MOST_MORE_MICROS = 1_000;

    @Option(
            names = "--policy",
            defaultValue = "disconnect",
            paramLabel = "POLICY",
            description = "slow-consumer.policy: disconnect, drop-oldest, drop-newest or conflate.")
    private String policy = "disconnect";

    @Option(
            names = "--queued-bytes",
            defaultValue = "64",
            paramLabel = "MIB",
            description = "limits.queued-bytes in MiB, which memory is held against.")
    private long queuedMib;

    @Option(names = "--rounds", defaultValue = "3", paramLabel = "N", description = "Turns of each kind.")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "15", paramLabel = "N", description = "Measured in each turn.")
    private int seconds;

    @Option(
            names = "--flood-rate",
            defaultValue = "8000",
            paramLabel = "R",
            description = "What the floods send at most, in messages a second.")
    private int floodPerSecond;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Configures the router further.")
    private List<String> further = List.of();

    SlowScenario() {}

    /** A heap of a fixed size, so that the resident memory tells of everything else. */
    @Override
    String javaOptions() {
        long heapMib = HEAP_BESIDE_THE_QUEUE_MIB + 2 * queuedMib;
        return "-Xms" + heapMib + "m -Xmx" + heapMib + "m -XX:+AlwaysPreTouch";
    }

    @Override
    List<String> settings() {
        return Stream.concat(
                        Stream.of(
                                "degradation.enabled=true",
                                "slow-consumer.policy=" + policy,
                                "limits.queued-bytes=" + queuedMib + "MiB"),
                        further.stream())
                .toList();
    }

    @Override
    void run(RouterProcess router, Verdict verdict, Deadline deadline) throws Exception {
        InternalApi api = new InternalApi(router);
        Population population = new Population(router, scaled(USERS), deadline);
        List<Turn> turns = new ArrayList<>();
        long residentMib;
        JsonNode stats;
        try (population) {
            population.openUsers();
            population.startPublishers(seed(), scaled(floodPerSecond));
            verdict.say("      %s", Population.load(scaled(USERS), scaled(floodPerSecond)));
            TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
            residentMib = router.residentMiB();
            population.setSick(true);
            TimeUnit.SECONDS.sleep(SICK_WARM_UP_SECONDS);
            verdict.say("%s", Turn.HEADER);
            for (int i = 0; i < 2 * rounds; i++) {
                Turn turn = measure(i % 2 == 1, population, router, api, deadline);
                verdict.say("%s", turn.line());
                turns.add(turn);
            }
            population.setSick(false);
            population.stopPublishers();
            deadline.within(MOST_TIME_TO_DRAIN).holds(() -> Accounts.isSettled(api.stats(), population));
            stats = api.stats();
            router.terminate(verdict);
        }
        Accounts accounts = new Accounts(population, verdict);
        accounts.checkReceipts();
        accounts.checkReadings();
        accounts.checkStats(stats);
        checkPressure(turns, verdict);
        checkMemory(turns, residentMib, verdict);
        checkLatencies(turns, verdict);
    }

    private Turn measure(
            boolean isSick, Population population, RouterProcess router, InternalApi api, Deadline deadline)
            throws IOException, InterruptedException {
        population.setSick(isSick);
        if (!isSick) {
            deadline.within(MOST_TIME_TO_DRAIN).until("the queues to drain", () -> queuedBytes(api) <= DRAINED_BYTES);
        }
        TimeUnit.SECONDS.sleep(SETTLING_SECONDS);
        population.takeLatencies();
        Flooded before = population.flooded();
        long cutOffBefore = cutOff(api);
        long start = System.nanoTime();
        long residentMib = 0;
        long queuedBytes = -1;
        while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds)) {
            TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
            residentMib = Math.max(residentMib, router.residentMiB());
            queuedBytes = Math.max(queuedBytes, queuedBytes(api));
        }
        double measuredSeconds = (System.nanoTime() - start) / 1e9;
        return new Turn(
                isSick,
                measuredSeconds,
                population.takeLatencies(),
                population.flooded().since(before),
                cutOff(api) - cutOffBefore,
                queuedBytes,
                residentMib,
                router.liveHeapBytes(deadline));
    }

    /** What the router says that it has queued; negative when it does not say. */
    private static long queuedBytes(InternalApi api) {
        return api.stats().path("queuedBytes").asLong(-1);
    }

    /** How many connections the router has closed as slow consumers; who does not read finds out much later. */
    private static long cutOff(InternalApi api) {
        return api.stats()
                .path("connections_closed_by_reason")
                .path("slow_consumer")
                .asLong();
    }

    private static Stream<Turn> turns(List<Turn> turns, boolean isSick) {
        return turns.stream().filter(turn -> turn.isSick() == isSick);
    }

    /** Without refusals to the sick, or with any to the well, the rest would say nothing. */
    private static void checkPressure(List<Turn> turns, Verdict verdict) {
        verdict.none(
                "turns with sick ones in which none of them was too slow",
                turns(turns, true)
                        .filter(turn -> turn.flooded().slowConsumer() == 0)
                        .count());
        verdict.none(
                "connections cut off in turns without sick ones",
                turns(turns, false).mapToLong(Turn::cutOff).sum());
    }

    private void checkMemory(List<Turn> turns, long residentMib, Verdict verdict) {
        long queuedKib = max(turns, true, Turn::mostQueuedBytes) >> 10;
        verdict.check(
                queuedKib > 0 && queuedKib <= queuedMib << 10,
                "queued for the sick: at most %,d KiB (expected more than 0 and at most limits.queued-bytes, %,d KiB)",
                queuedKib,
                queuedMib << 10);
        checkGrowth("resident memory", turns, Turn::mostResidentMib, residentMib, MOST_RESIDENT_MIB, verdict);
        long heapMib = turns.get(0).heapBytes() >> 20;
        checkGrowth("live heap", turns, turn -> turn.heapBytes() >> 20, heapMib, MOST_HEAP_MIB, verdict);
    }

    private void checkGrowth(
            String what, List<Turn> turns, ToLongFunction<Turn> mib, long base, long more, Verdict verdict) {
        long most = max(turns, true, mib);
        verdict.check(
                most <= base + queuedMib + more,
                "%s with sick ones: %,d MiB (expected at most %,d without, before + %,d of"
                        + " limits.queued-bytes + %,d)",
                what,
                most,
                base,
                queuedMib,
                more);
    }

    private static long max(List<Turn> turns, boolean isSick, ToLongFunction<Turn> figure) {
        return turns(turns, isSick).mapToLong(figure).max().orElseThrow();
    }

    private static void checkLatencies(List<Turn> turns, Verdict verdict) {
        checkLatency("of their own, p50", turns, turn -> turn.ownMicros(50), verdict);
        checkLatency("of their own, p99", turns, turn -> turn.ownMicros(99), verdict);
        checkLatency("by the topic, p50", turns, turn -> turn.topicMicros(50), verdict);
        checkLatency("by the topic, p99", turns, turn -> turn.topicMicros(99), verdict);
    }

    private static void checkLatency(String what, List<Turn> turns, ToLongFunction<Turn> micros, Verdict verdict) {
        long with = median(turns(turns, true).mapToLong(micros));
        long without = median(turns(turns, false).mapToLong(micros));
        verdict.check(
                with <= MOST_TIMES * without + MOST_MORE_MICROS,
                "to the others, %s: %,d us with sick ones, %,d without (medians; expected at most %d times + %,d us)",
                what,
                with,
                without,
                MOST_TIMES,
                MOST_MORE_MICROS);
    }

    private static long median(LongStream figures) {
        long[] sorted = figures.sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
