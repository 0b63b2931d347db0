package io.wsrouter.bench.growth;

import io.wsrouter.bench.compare.Processors;
import io.wsrouter.bench.load.GroupPlan;
import io.wsrouter.bench.load.LoadPlan;
import io.wsrouter.bench.load.LoadResult;
import io.wsrouter.bench.load.LoadRun;
import io.wsrouter.bench.load.LoadTarget;
import io.wsrouter.bench.scenario.Deadline;
import io.wsrouter.bench.scenario.RouterProcess;
import io.wsrouter.config.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a message costs at each point of an axis, round by round, so that what the machine does meanwhile falls on all
 * points alike. One router serves all points that need as many loops, and is warm before the first.
 */
final class LoadCurves implements AutoCloseable {

    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final double WARM_UP_SECONDS = 4;
    private static final double LEAD_SECONDS = 0.5;
    private static final double DRAIN_SECONDS = 10;
    private static final double CONNECT_SECONDS = 30;
    private static final double HANDSHAKE_SECONDS = 10;
    private static final int HANDSHAKES_AT_ONCE = 200;
    private static final long SEED = 1;

    private final Path home;
    private final @Nullable Processors server;
    private final int loadLoops;
    private final List<String> settings;
    private final Consumer<String> progress;
    private final Map<Integer, RouterProcess> routers = new ConcurrentHashMap<>();
    private final Thread killer = new Thread(this::kill);

    /**
     * In the project at {@code home}.
     *
     * @param server the processors of the routers, or null for all
     * @param loadLoops threads of the load
     * @param settings of the routers, beside what lifts their limits
     */
    LoadCurves(
            Path home, @Nullable Processors server, int loadLoops, List<String> settings, Consumer<String> progress) {
        this.home = home;
        this.server = server;
        this.loadLoops = loadLoops;
        this.settings = settings;
        this.progress = progress;
        Runtime.getRuntime().addShutdownHook(killer);
    }

    private void kill() {
        routers.values().forEach(router -> ProcessHandle.of(router.pid()).ifPresent(ProcessHandle::destroy));
    }

    List<GrowthResult.Point> measure(GrowthAxis axis, double seconds, int rounds)
            throws IOException, InterruptedException {
        List<LoadPoint> points = axis.points();
        List<GrowthResult.Point> results = points.stream()
                .map(point -> new GrowthResult.Point(point.line(), point.x(), List.of()))
                .toList();
        for (LoadPoint point : points) {
            startRouter(point.serverLoops());
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < points.size(); i++) {
                int index = round % 2 == 0 ? i : points.size() - 1 - i;
                Sample sample = load(points.get(index), SEED + round, seconds);
                results.get(index).samples().add(sample);
                progress.accept(axis.word() + ' ' + points.get(index).x() + ' '
                        + points.get(index).line() + ": " + sample);
            }
        }
        return results;
    }

    private void startRouter(int loops) throws IOException, InterruptedException {
        if (routers.containsKey(loops)) {
            return;
        }
        List<String> launcher = new ArrayList<>();
        if (server != null) {
            launcher.addAll(List.of("taskset", "-c", server.list()));
        }
        launcher.add(home.resolve("scripts/router").toAbsolutePath().toString());
        List<String> set = new ArrayList<>(settings());
        set.add("loops=" + loops);
        RouterProcess router = RouterProcess.start(
                launcher,
                home.resolve("router-bench/target/bench/growth-router-" + loops + ".log"),
                "",
                set,
                Deadline.after(START_PATIENCE));
        routers.put(loops, router);
        for (GroupPlan group : GrowthAxis.warmUp()) {
            run(router, group, SEED, WARM_UP_SECONDS);
        }
    }

    /** What the routers are started with, beside their loops. */
    List<String> settings() {
        List<String> all = new ArrayList<>(List.of("limits.message-bytes=128KiB"));
        all.addAll(settings);
        return all;
    }

    private Sample load(LoadPoint point, long seed, double seconds) throws IOException {
        RouterProcess router = routers.get(point.serverLoops());
        if (router == null) {
            throw new IllegalStateException("no router with " + point.serverLoops() + " loops (expected one)");
        }
        return Sample.of(run(router, point.group(), seed, seconds).claims());
    }

    private LoadResult run(RouterProcess router, GroupPlan group, long seed, double seconds) throws IOException {
        LoadPlan plan = new LoadPlan(
                "ws-router",
                seed,
                LEAD_SECONDS,
                seconds,
                DRAIN_SECONDS,
                CONNECT_SECONDS,
                HANDSHAKE_SECONDS,
                HANDSHAKES_AT_ONCE,
                loadLoops,
                false,
                List.of(group));
        return LoadRun.run(
                plan,
                LoadTarget.of(
                        "ws://127.0.0.1:" + router.publicPort() + "/ws",
                        Secret.of(router.secret()),
                        List.of(router.pid())),
                List.of());
    }

    /** Ends the routers. */
    @Override
    public void close() throws IOException {
        for (RouterProcess router : routers.values()) {
            router.close();
        }
        routers.clear();
        Runtime.getRuntime().removeShutdownHook(killer);
    }
}
