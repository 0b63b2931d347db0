package io.wsrouter.bench.load;

import io.wsrouter.bench.load.LoadResult.Connecting;
import io.wsrouter.bench.load.LoadResult.Second;
import io.wsrouter.bench.load.LoadResult.SecondOfGroup;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One run of a plan against a server: leads the workers through it second by second, looks at the server meanwhile, and puts
 * together what they have seen. Belongs to the thread that makes it.
 */
public final class LoadRun {

    private static final String ID_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 4;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long START_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long DRAIN_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int QUIET_STEPS = 8;

    private static final LoadResult.Percentiles NO_PERCENTILES = new LoadResult.Percentiles(0, 0, 0, 0, 0, 0, 0);
    private static final LoadResult.Claims NOTHING_YET = new LoadResult.Claims(
            0, 0, 0, 0, NO_PERCENTILES, 0, 0, null, null, null, null, 0, 0, 0, 0, 0, false, List.of());
    private static final LoadResult.GroupClaims NO_CLAIMS = new LoadResult.GroupClaims(
            0, 0, 0, 0, 0, 0, NO_PERCENTILES, NO_PERCENTILES, NO_PERCENTILES, NO_PERCENTILES);

    private final LoadPlan plan;
    private final LoadTarget target;
    private final List<Worker> workers;
    private final List<Worker.Info> infos = new ArrayList<>();
    private final Map<String, Integer> hosts = new LinkedHashMap<>();
    private final ServerProbe probe;
    private final Consumer<Second> progress;
    private final ExecutorService asking;
    private final List<Second> series = new ArrayList<>();
    private List<Worker.Sample> lastSamples = List.of();
    private ServerProbe.Look lastLook = new ServerProbe.Look(null, null, null);
    private long lastNanos;
    private long startNanos;

    private LoadRun(LoadPlan plan, LoadTarget target, List<Worker> workers, Consumer<Second> progress) {
        this.plan = plan;
        this.target = target;
        this.workers = workers;
        this.progress = progress;
        this.probe = new ServerProbe(target);
        this.asking = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "load-workers");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Runs a plan from this process.
     *
     * @param command that repeats it, for the result
     * @throws IOException when the run could not be brought to its end; faults of the server are in the result
     * @throws PlanException when the plan cannot be run
     */
    public static LoadResult run(LoadPlan plan, LoadTarget target, List<String> command) throws IOException {
        return run(plan, target, List.of(new LocalWorker(ServerProbe.minter(target.secret()))), command, second -> {});
    }

    /** Runs a plan with these workers, which are closed at the end, and tells each second of it. */
    static LoadResult run(
            LoadPlan plan, LoadTarget target, List<Worker> workers, List<String> command, Consumer<Second> progress)
            throws IOException {
        LoadRun run = new LoadRun(plan.checked(workers.size()), target, workers, progress);
        try {
            return run.run(command);
        } finally {
            run.asking.shutdownNow();
            for (Worker worker : workers) {
                worker.close();
            }
        }
    }

    private LoadResult run(List<String> command) throws IOException {
        Instant startedAt = Instant.now();
        String id = id();
        ServerProbe.Look before = probe.look();
        prepare(id);
        Connecting connecting = connect(before);
        start();
        watch();
        drain();
        List<Worker.Part> parts = ask(Worker::finish);
        return Conclusions.of(new LoadResult(
                LoadResult.FORMAT,
                new LoadResult.Run(id, startedAt.toString(), command),
                plan,
                new LoadResult.Server(
                        Redaction.of(target.url()),
                        target.isOurs(),
                        target.settings(),
                        probe.processes(),
                        target.pids().isEmpty() ? null : Machine.here(),
                        before.rssBytes() == null ? 0 : before.rssBytes()),
                infos.stream()
                        .map(info -> new LoadResult.Load(host(info), info.machine(), info.process()))
                        .toList(),
                connecting,
                series,
                groups(parts),
                NOTHING_YET));
    }

    private static String id() {
        SplittableRandom random = new SplittableRandom();
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ID_CHARACTERS.charAt(random.nextInt(ID_CHARACTERS.length())));
        }
        return id.toString();
    }

    // ---- asking all workers at once

    private interface Question<T> {

        T ask(Worker worker) throws IOException;
    }

    private <T> List<T> ask(Question<T> question) throws IOException {
        List<Future<T>> asked = new ArrayList<>();
        for (Worker worker : workers) {
            asked.add(asking.submit(() -> question.ask(worker)));
        }
        List<T> answers = new ArrayList<>();
        for (Future<T> answer : asked) {
            try {
                answers.add(answer.get());
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new IOException(
                        cause instanceof IOException ? cause.getMessage() : "a worker failed: " + cause, cause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        return answers;
    }

    private int host(Worker.Info info) {
        return hosts.getOrDefault(info.clock(), 0);
    }

    private void prepare(String id) throws IOException {
        infos.addAll(ask(Worker::info));
        infos.forEach(info -> hosts.putIfAbsent(info.clock(), hosts.size()));
        if (hosts.size() > Payload.HOSTS) {
            throw new PlanException("hosts", hosts.size(), "at most " + Payload.HOSTS);
        }
        ask(worker -> {
            int index = workers.indexOf(worker);
            worker.prepare(new Worker.Assignment(
                    plan, id, target.url(), index, workers.size(), host(infos.get(index)), target.certificates()));
            return index;
        });
    }

    private Connecting connect(ServerProbe.Look before) throws IOException {
        List<Worker.Connected> connected = ask(Worker::connect);
        Long cpuNanos = probe.look().cpuNanos();
        return new Connecting(
                connected.stream().mapToInt(Worker.Connected::awaited).sum(),
                connected.stream().mapToInt(Worker.Connected::ready).sum(),
                connected.stream().mapToDouble(Worker.Connected::seconds).max().orElse(0),
                cpuNanos == null || before.cpuNanos() == null ? null : (cpuNanos - before.cpuNanos()) / 1e9);
    }

    // ---- the load, second by second

    private void start() throws IOException {
        lastSamples = ask(Worker::sample);
        lastLook = probe.look();
        startNanos = System.nanoTime() + START_DELAY_NANOS;
        lastNanos = startNanos;
        String ours = Machine.clock();
        ask(worker -> {
            Worker.Info info = infos.get(workers.indexOf(worker));
            boolean isOurClock = info.clock().equals(ours);
            worker.start(isOurClock ? startNanos : worker.info().nanos() + startNanos - System.nanoTime());
            return true;
        });
    }

    private void watch() throws IOException {
        long measuredFrom = startNanos + LocalWorker.nanos(plan.warmupSeconds());
        long stop = measuredFrom + LocalWorker.nanos(plan.durationSeconds());
        long firstTick = measuredFrom - (long) Math.floor(plan.warmupSeconds()) * SECOND_NANOS;
        for (long tick = firstTick; tick - measuredFrom <= 0; tick += SECOND_NANOS) {
            if (tick - startNanos > 0) {
                onTick(tick, "warmup");
            }
        }
        for (long tick = measuredFrom + SECOND_NANOS; tick - stop < 0; tick += SECOND_NANOS) {
            onTick(tick, Conclusions.MEASURE);
        }
        onTick(stop, Conclusions.MEASURE);
    }

    /** Until all that was sent has come or is accounted for, or nothing has come for a while. */
    private void drain() throws IOException {
        long end = System.nanoTime() + LocalWorker.nanos(plan.drainSeconds());
        int quietSteps = 0;
        while (isUnderWay() && System.nanoTime() - end < 0 && quietSteps < QUIET_STEPS) {
            long before = settled();
            onTick(System.nanoTime() + DRAIN_STEP_NANOS, "drain");
            quietSteps = settled() == before && pending() == 0 ? quietSteps + 1 : 0;
        }
    }

    private boolean isUnderWay() {
        return pending() > 0 || settled() < sum(Worker.GroupSample::expected);
    }

    private long settled() {
        return sum(Worker.GroupSample::received) + sum(Worker.GroupSample::refused);
    }

    private long pending() {
        return sum(Worker.GroupSample::waiting);
    }

    private long sum(ToLongFunction<Worker.GroupSample> of) {
        return lastSamples.stream()
                .flatMap(sample -> sample.groups().stream())
                .mapToLong(of)
                .sum();
    }

    private void onTick(long tickNanos, String phase) throws IOException {
        for (long left = tickNanos - System.nanoTime(); left > 0; left = tickNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        List<Worker.Sample> samples = ask(Worker::sample);
        ServerProbe.Look look = probe.look();
        long now = System.nanoTime();
        List<SecondOfGroup> groups = new ArrayList<>();
        for (int i = 0; i < plan.groups().size(); i++) {
            groups.add(secondOf(i, samples));
        }
        Second second = Conclusions.of(new Second(
                phase,
                (now - startNanos) / 1e9,
                (now - lastNanos) / 1e9,
                samples.stream().mapToInt(Worker.Sample::connections).sum(),
                0,
                0,
                0,
                0,
                0,
                (cpuNanos(samples) - cpuNanos(lastSamples)) / 1e9,
                look.cpuNanos() == null || lastLook.cpuNanos() == null
                        ? null
                        : (look.cpuNanos() - lastLook.cpuNanos()) / 1e9,
                look.rssBytes(),
                look.stats(),
                groups));
        series.add(second);
        lastSamples = samples;
        lastLook = look;
        lastNanos = now;
        progress.accept(second);
    }

    private static long cpuNanos(List<Worker.Sample> samples) {
        return samples.stream().mapToLong(Worker.Sample::cpuNanos).sum();
    }

    private SecondOfGroup secondOf(int index, List<Worker.Sample> samples) throws IOException {
        Histogram latency = Tally.histogram();
        long sent = 0;
        long received = 0;
        long refused = 0;
        long waiting = 0;
        for (int i = 0; i < samples.size(); i++) {
            Worker.GroupSample now = samples.get(i).groups().get(index);
            Worker.GroupSample before = lastSamples.get(i).groups().get(index);
            latency.add(Packed.histogram(now.latency()));
            sent += now.sent() - before.sent();
            received += now.received() - before.received();
            refused += now.refused() - before.refused();
            waiting += now.waiting();
        }
        return new SecondOfGroup(sent, received, refused, waiting, Packed.histogram(latency));
    }

    // ---- the parts of the workers

    private List<LoadResult.Group> groups(List<Worker.Part> parts) throws IOException {
        List<LoadResult.Group> groups = new ArrayList<>();
        for (int i = 0; i < plan.groups().size(); i++) {
            int index = i;
            groups.add(group(
                    plan.groups().get(i),
                    parts.stream().map(part -> part.groups().get(index)).toList()));
        }
        return groups;
    }

    private static LoadResult.Group group(GroupPlan plan, List<Worker.GroupPart> parts) throws IOException {
        return new LoadResult.Group(
                plan.name(),
                sum(parts, Worker.GroupPart::counts),
                sum(parts, Worker.GroupPart::outcomes),
                sum(parts, Worker.GroupPart::failures),
                histogram(parts, Worker.GroupPart::latency),
                histogram(parts, Worker.GroupPart::handshakes),
                histogram(parts, Worker.GroupPart::returns),
                histogram(parts, Worker.GroupPart::sendLag),
                ints(parts, Worker.GroupPart::sentTo),
                ints(parts, Worker.GroupPart::receivedBy),
                ints(parts, Worker.GroupPart::refusedFor),
                ints(parts, Worker.GroupPart::uncertainFor),
                NO_CLAIMS);
    }

    private static Map<String, Long> sum(
            List<Worker.GroupPart> parts, Function<Worker.GroupPart, Map<String, Long>> of) {
        Map<String, Long> sums = new TreeMap<>();
        parts.forEach(part -> of.apply(part).forEach((word, count) -> sums.merge(word, count, Long::sum)));
        return sums;
    }

    private static String histogram(List<Worker.GroupPart> parts, Function<Worker.GroupPart, String> of)
            throws IOException {
        Histogram sum = Tally.histogram();
        for (Worker.GroupPart part : parts) {
            sum.add(Packed.histogram(of.apply(part)));
        }
        return Packed.histogram(sum);
    }

    private static String ints(List<Worker.GroupPart> parts, Function<Worker.GroupPart, String> of) throws IOException {
        int @Nullable [] sums = null;
        for (Worker.GroupPart part : parts) {
            int[] numbers = Packed.ints(of.apply(part));
            if (sums == null) {
                sums = numbers;
            } else {
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += numbers[i];
                }
            }
        }
        return Packed.ints(sums == null ? new int[0] : sums);
    }
}
