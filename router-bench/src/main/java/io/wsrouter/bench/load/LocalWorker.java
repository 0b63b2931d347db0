package io.wsrouter.bench.load;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.wsrouter.auth.jwt.TokenMinter;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A part of a run in this process. */
final class LocalWorker implements Worker {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long CLOSING_MILLIS = 2_000;

    private final TokenMinter minter;
    private final List<LoadLoop> loops = new ArrayList<>();
    private final List<GroupShare> shares = new ArrayList<>();
    private @Nullable MultiThreadIoEventLoopGroup group;
    private @Nullable LoadPlan plan;

    /** A worker that makes its own tokens. */
    LocalWorker(TokenMinter minter) {
        this.minter = minter;
    }

    @Override
    public Info info() {
        return new Info(Machine.clock(), System.nanoTime(), Machine.here(), ProcessInfo.here());
    }

    @Override
    public void prepare(Assignment assignment) throws IOException {
        LoadPlan assigned = assignment.plan();
        plan = assigned;
        ServerAddress server = ServerAddress.parse(assignment.url());
        Layout layout = Layout.of(assigned, assignment.run());
        File certificates = assignment.certificates() == null ? null : new File(assignment.certificates());
        Site site = new Site(
                Dialects.of(assigned.dialect()),
                server,
                minter,
                layout,
                assignment.host(),
                new Connector(server, assignment.index(), certificates),
                assigned.hasOnePublishingUser());
        MultiThreadIoEventLoopGroup threads = new MultiThreadIoEventLoopGroup(
                assigned.loops(), new DefaultThreadFactory("load-loop", true), Connector.handlers());
        group = threads;
        SplittableRandom random = new SplittableRandom(assigned.seed() + assignment.index());
        int sources = layout.groups().stream()
                .mapToInt(each -> each.plan().publishers()
                        + (each.plan().sendsToItself() ? each.plan().connections() : 0))
                .sum();
        Credits credits = new Credits(sources, assigned.loops());
        for (EventExecutor executor : threads) {
            loops.add(new LoadLoop((EventLoop) executor, loops.size(), random.split(), assigned, layout, credits));
        }
        Layout.Share share = new Layout.Share(assignment.index(), assignment.count());
        for (Layout.Group each : layout.groups()) {
            shares.add(new GroupShare(each, site, share, loops, credits, random.split()));
        }
    }

    @Override
    public Connected connect() {
        long start = System.nanoTime();
        long end = start + nanos(plan().connectSeconds());
        shares.forEach(GroupShare::connect);
        int awaited = shares.stream().mapToInt(GroupShare::awaited).sum();
        while (ready() < awaited && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return new Connected(ready(), awaited, (System.nanoTime() - start) / 1e9);
    }

    private int ready() {
        return shares.stream().mapToInt(GroupShare::ready).sum();
    }

    private LoadPlan plan() {
        if (plan == null) {
            throw new IllegalStateException("no part (expected prepare first)");
        }
        return plan;
    }

    static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }

    @Override
    public void start(long startNanos) {
        long from = startNanos + nanos(plan().warmupSeconds());
        long stop = from + nanos(plan().durationSeconds());
        loops.forEach(loop -> loop.eventLoop().execute(() -> loop.measure(from, stop)));
        shares.forEach(share -> share.start(startNanos, from, stop));
    }

    // ---- counting

    /** What {@code of} says of a loop, on that loop, for each. */
    private <T> List<T> onLoops(Function<LoadLoop, T> of) throws IOException {
        List<Future<T>> asked = new ArrayList<>();
        for (LoadLoop loop : loops) {
            asked.add(loop.eventLoop().submit((Callable<T>) () -> of.apply(loop)));
        }
        List<T> answers = new ArrayList<>();
        try {
            for (Future<T> answer : asked) {
                answers.add(answer.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("a loop failed: " + e.getCause(), e);
        }
        return answers;
    }

    private record LoopSample(int connections, List<GroupFigures> groups) {}

    private record GroupFigures(
            long sent, long expected, long received, long refused, long waiting, Histogram latency) {}

    @Override
    public Sample sample() throws IOException {
        List<LoopSample> samples = onLoops(this::sampleOf);
        long now = System.nanoTime();
        List<GroupSample> groups = new ArrayList<>();
        for (int i = 0; i < shares.size(); i++) {
            int index = i;
            groups.add(sum(
                    samples.stream().map(sample -> sample.groups().get(index)).toList()));
        }
        int connections = samples.stream().mapToInt(LoopSample::connections).sum();
        return new Sample(now, cpuNanos(), connections, groups);
    }

    private static GroupSample sum(List<GroupFigures> parts) {
        Histogram latency = Tally.histogram();
        parts.forEach(part -> latency.add(part.latency()));
        return new GroupSample(
                parts.stream().mapToLong(GroupFigures::sent).sum(),
                parts.stream().mapToLong(GroupFigures::expected).sum(),
                parts.stream().mapToLong(GroupFigures::received).sum(),
                parts.stream().mapToLong(GroupFigures::refused).sum(),
                parts.stream().mapToLong(GroupFigures::waiting).sum(),
                Packed.histogram(latency));
    }

    private LoopSample sampleOf(LoadLoop loop) {
        int connections = 0;
        List<GroupFigures> groups = new ArrayList<>();
        for (GroupShare share : shares) {
            Tally tally = loop.tally(share.group());
            connections += share.ready(loop);
            long expected = 0;
            long refused = 0;
            for (int target = 0; target < tally.sentTo.length; target++) {
                expected += (long) tally.sentTo[target] * share.group().plan().receiversOf(target);
                refused += tally.refusedFor[target];
            }
            groups.add(new GroupFigures(
                    tally.get(Count.SENT),
                    expected,
                    tally.get(Count.RECEIVED),
                    refused,
                    share.pending(loop),
                    tally.takeSinceSample()));
        }
        return new LoopSample(connections, groups);
    }

    static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0;
    }

    // ---- the end

    @Override
    public Part finish() throws IOException {
        onLoops(loop -> {
            shares.forEach(share -> share.close(loop));
            return true;
        });
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSING_MILLIS);
        while (System.nanoTime() - end < 0 && onLoops(this::open).contains(true)) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        close();
        List<GroupPart> groups = new ArrayList<>();
        for (int i = 0; i < shares.size(); i++) {
            GroupShare share = shares.get(i);
            List<Tally> tallies =
                    loops.stream().map(loop -> loop.tally(share.group())).toList();
            tallies.get(0).add(Count.RECEIPTS_MISSING, share.withoutReceipt());
            groups.add(partOf(tallies));
        }
        return new Part(groups);
    }

    private boolean open(LoadLoop loop) {
        return shares.stream().anyMatch(share -> share.hasOpen(loop));
    }

    private static GroupPart partOf(List<Tally> tallies) {
        Map<String, Long> counts = new TreeMap<>();
        for (Count count : Count.values()) {
            counts.put(
                    count.word(),
                    tallies.stream().mapToLong(tally -> tally.get(count)).sum());
        }
        return new GroupPart(
                counts,
                sumOf(tallies, Tally::outcomes),
                sumOf(tallies, Tally::failures),
                histogramOf(tallies, Tally::latency),
                histogramOf(tallies, Tally::handshakes),
                histogramOf(tallies, Tally::returns),
                histogramOf(tallies, Tally::sendLag),
                intsOf(tallies, tally -> tally.sentTo),
                intsOf(tallies, tally -> tally.receivedBy),
                intsOf(tallies, tally -> tally.refusedFor),
                intsOf(tallies, tally -> tally.uncertainFor));
    }

    private static Map<String, Long> sumOf(List<Tally> tallies, Function<Tally, Map<String, Long>> of) {
        Map<String, Long> sums = new TreeMap<>();
        tallies.forEach(tally -> of.apply(tally).forEach((word, count) -> sums.merge(word, count, Long::sum)));
        return sums;
    }

    private static String histogramOf(List<Tally> tallies, Function<Tally, Histogram> of) {
        Histogram sum = Tally.histogram();
        tallies.forEach(tally -> sum.add(of.apply(tally)));
        return Packed.histogram(sum);
    }

    private static String intsOf(List<Tally> tallies, Function<Tally, int[]> of) {
        int[] sums = new int[of.apply(tallies.get(0)).length];
        for (Tally tally : tallies) {
            int[] part = of.apply(tally);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += part[i];
            }
        }
        return Packed.ints(sums);
    }

    /** Ends the loops; connections that are closing get a moment for it. */
    @Override
    public void close() {
        if (group != null) {
            group.shutdownGracefully(50, CLOSING_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
        }
    }
}
