package io.wsrouter.bench.load;

import io.wsrouter.bench.load.LoadResult.Claims;
import io.wsrouter.bench.load.LoadResult.Group;
import io.wsrouter.bench.load.LoadResult.GroupClaims;
import io.wsrouter.bench.load.LoadResult.Percentiles;
import io.wsrouter.bench.load.LoadResult.Second;
import io.wsrouter.bench.load.LoadResult.SecondOfGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What follows from what was seen in a run: fills every claim of a result in, whatever it says so far. */
final class Conclusions {

    static final String MEASURE = "measure";

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MICROS_PER_SECOND = 1e6;
    private static final List<Count> NEVER = List.of(
            Count.MISDELIVERED,
            Count.REORDERED,
            Count.DUPLICATED,
            Count.CORRUPT,
            Count.STRANGE,
            Count.CLOSED_BY_SERVER,
            Count.RECEIPTS_STRANGE,
            Count.RECEIPTS_WRONG_SUM,
            Count.RECEIPTS_MISSING);

    private Conclusions() {}

    /** The result with claims that follow from its other parts. */
    static LoadResult of(LoadResult seen) throws IOException {
        List<Second> series = new ArrayList<>();
        for (Second second : seen.series()) {
            series.add(of(second));
        }
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < seen.groups().size(); i++) {
            groups.add(of(seen.groups().get(i), seen.plan().groups().get(i)));
        }
        return new LoadResult(
                seen.format(),
                seen.run(),
                seen.plan(),
                seen.server(),
                seen.load(),
                seen.connecting(),
                series,
                groups,
                claims(seen, series, groups));
    }

    // ---- a second

    /** The second with what follows from its groups. */
    static Second of(Second seen) throws IOException {
        Histogram latency = Tally.histogram();
        for (SecondOfGroup group : seen.groups()) {
            latency.add(Packed.histogram(group.latency()));
        }
        return new Second(
                seen.phase(),
                seen.atSeconds(),
                seen.seconds(),
                seen.connections(),
                seen.groups().stream().mapToLong(SecondOfGroup::sent).sum(),
                seen.groups().stream().mapToLong(SecondOfGroup::received).sum(),
                latency.getValueAtPercentile(50) / NANOS_PER_MICRO,
                latency.getValueAtPercentile(99) / NANOS_PER_MICRO,
                latency.getMaxValue() / NANOS_PER_MICRO,
                seen.loadCpuSeconds(),
                seen.serverCpuSeconds(),
                seen.serverRssBytes(),
                seen.stats(),
                seen.groups());
    }

    // ---- a group

    private static Group of(Group seen, GroupPlan plan) throws IOException {
        return new Group(
                seen.name(),
                seen.counts(),
                seen.outcomes(),
                seen.failures(),
                seen.latency(),
                seen.handshakes(),
                seen.returns(),
                seen.sendLag(),
                seen.sentTo(),
                seen.receivedBy(),
                seen.refusedFor(),
                seen.uncertainFor(),
                claims(seen, plan));
    }

    private static GroupClaims claims(Group seen, GroupPlan plan) throws IOException {
        int[] sent = Packed.ints(seen.sentTo());
        int[] received = Packed.ints(seen.receivedBy());
        int[] refused = Packed.ints(seen.refusedFor());
        int[] uncertain = Packed.ints(seen.uncertainFor());
        long allExpected = 0;
        long allReceived = 0;
        long allRefused = 0;
        long givenUp = 0;
        long lost = 0;
        long contradicted = 0;
        for (int target = 0; target < sent.length; target++) {
            long expected = (long) sent[target] * plan.receiversOf(target);
            long missing = expected - received[target] - refused[target];
            allExpected += expected;
            allReceived += received[target];
            allRefused += refused[target];
            contradicted += Math.max(0, -missing - uncertain[target]);
            if (missing > 0 && plan.mayGiveUp(target)) {
                givenUp += missing;
            } else if (missing > 0) {
                lost += missing;
            }
        }
        return new GroupClaims(
                allExpected,
                allReceived,
                allRefused,
                givenUp,
                lost,
                contradicted,
                percentiles(Packed.histogram(seen.latency())),
                percentiles(Packed.histogram(seen.handshakes())),
                percentiles(Packed.histogram(seen.returns())),
                percentiles(Packed.histogram(seen.sendLag())));
    }

    private static Percentiles percentiles(Histogram nanos) {
        return new Percentiles(
                nanos.getTotalCount(),
                nanos.getTotalCount() == 0 ? 0 : nanos.getMean() / NANOS_PER_MICRO,
                nanos.getValueAtPercentile(50) / NANOS_PER_MICRO,
                nanos.getValueAtPercentile(90) / NANOS_PER_MICRO,
                nanos.getValueAtPercentile(99) / NANOS_PER_MICRO,
                nanos.getValueAtPercentile(99.9) / NANOS_PER_MICRO,
                nanos.getMaxValue() / NANOS_PER_MICRO);
    }

    // ---- the run

    private static Claims claims(LoadResult seen, List<Second> series, List<Group> groups) throws IOException {
        List<Second> measured =
                series.stream().filter(second -> second.phase().equals(MEASURE)).toList();
        double seconds = measured.stream().mapToDouble(Second::seconds).sum();
        long sent = measured.stream().mapToLong(Second::sent).sum();
        long received = measured.stream().mapToLong(Second::received).sum();
        double loadCpu = measured.stream().mapToDouble(Second::loadCpuSeconds).sum();
        Double serverCpu = serverCpuSeconds(measured);
        Histogram latency = Tally.histogram();
        for (Group group : groups) {
            latency.add(Packed.histogram(group.latency()));
        }
        Long mostRss = mostRss(series);
        int connections = seen.connecting().ready();
        List<String> faults = faults(seen, groups);
        return new Claims(
                seconds,
                perSecond((double) sent, seconds),
                perSecond((double) received, seconds),
                perSecond(connections, seen.connecting().seconds()),
                percentiles(latency),
                microsPer(received, loadCpu),
                perSecond(loadCpu, seconds),
                serverCpu == null ? null : microsPer(received, serverCpu),
                serverCpu == null ? null : perSecond(serverCpu, seconds),
                mostRss,
                mostRss == null || connections == 0
                        ? null
                        : (double) (mostRss - seen.server().rssBytesBefore()) / connections,
                sum(groups, group -> group.claims().lost()),
                sum(groups, Count.MISDELIVERED),
                sum(groups, Count.REORDERED),
                sum(groups, Count.DUPLICATED),
                sum(groups, Count.CORRUPT),
                faults.isEmpty(),
                faults);
    }

    private static double perSecond(double number, double seconds) {
        return seconds > 0 ? number / seconds : 0;
    }

    private static double microsPer(long messages, double seconds) {
        return messages > 0 ? seconds * MICROS_PER_SECOND / messages : 0;
    }

    private static @Nullable Double serverCpuSeconds(List<Second> measured) {
        if (measured.isEmpty() || measured.stream().anyMatch(second -> second.serverCpuSeconds() == null)) {
            return null;
        }
        return measured.stream()
                .map(Second::serverCpuSeconds)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    private static @Nullable Long mostRss(List<Second> series) {
        return series.stream()
                .map(Second::serverRssBytes)
                .filter(Objects::nonNull)
                .max(Long::compare)
                .orElse(null);
    }

    private static long sum(List<Group> groups, ToLongFunction<Group> of) {
        return groups.stream().mapToLong(of).sum();
    }

    private static long sum(List<Group> groups, Count count) {
        return sum(groups, group -> count(group, count));
    }

    static long count(Group group, Count count) {
        return group.counts().getOrDefault(count.word(), 0L);
    }

    // ---- what is wrong

    private static List<String> faults(LoadResult seen, List<Group> groups) {
        List<String> faults = new ArrayList<>();
        if (seen.connecting().ready() < seen.connecting().awaited()) {
            faults.add("connections: " + seen.connecting().ready() + " of "
                    + seen.connecting().awaited());
        }
        for (int i = 0; i < groups.size(); i++) {
            add(faults, groups.get(i), seen.plan().groups().get(i));
        }
        return faults;
    }

    private static void add(List<String> faults, Group group, GroupPlan plan) {
        for (Count never : NEVER) {
            add(faults, group, never.word(), count(group, never));
        }
        add(faults, group, "lost", group.claims().lost());
        add(faults, group, "contradicted", group.claims().contradicted());
        if (plan.receipts()) {
            long parts = count(group, Count.RECEIPT_DELIVERED)
                    + count(group, Count.RECEIPT_QUEUED)
                    + count(group, Count.RECEIPT_REFUSED);
            add(faults, group, "receipts off by", Math.abs(count(group, Count.RECEIPT_MATCHED) - parts));
        }
        if (plan.scenario() == LoadScenario.STORM) {
            long returned = group.claims().returnMicros().count();
            add(faults, group, "not come back", count(group, Count.CUT) - returned);
            if (count(group, Count.CUT) == 0) {
                faults.add(group.name() + ": nobody was cut");
            }
        }
        if (plan.scenario() == LoadScenario.SLOW && count(group, Count.CLOSED_SLOW) == 0) {
            faults.add(group.name() + ": nobody was cut off");
        }
        if (plan.sendsToItself()) {
            long came = count(group, Count.ARRIVALS_DUE) - count(group, Count.ARRIVALS_SKIPPED);
            add(faults, group, "arrivals that failed", came - count(group, Count.ARRIVALS_DONE));
        }
        if (plan.needsMessages() && group.claims().received() == 0) {
            faults.add(group.name() + ": no message was received");
        }
    }

    private static void add(List<String> faults, Group group, String what, long count) {
        if (count != 0) {
            faults.add(group.name() + ": " + what + ' ' + count);
        }
    }
}
