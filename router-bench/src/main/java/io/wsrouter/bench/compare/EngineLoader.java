package io.wsrouter.bench.compare;

import io.wsrouter.bench.load.LoadPlan;
import io.wsrouter.bench.load.LoadResult;
import io.wsrouter.bench.load.LoadRun;
import io.wsrouter.bench.load.LoadTarget;
import io.wsrouter.bench.load.PlanException;
import io.wsrouter.config.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Loads servers from this process with the load engine, which holds every message against what was sent. */
final class EngineLoader implements Loader {

    private final Workspace workspace;
    private final long seed;
    private final int loops;

    /**
     * A loader.
     *
     * @param workspace has the secret of all tokens
     * @param seed of the choices of users
     * @param loops of the load
     */
    EngineLoader(Workspace workspace, long seed, int loops) {
        this.workspace = workspace;
        this.seed = seed;
        this.loops = loops;
    }

    @Override
    public Run load(
            Contender contender, ServerProcess server, Trial trial, int round, double warmupSeconds, double seconds)
            throws IOException {
        LoadPlan plan = trial.plan(contender, seed + round, loops, warmupSeconds, seconds);
        LoadTarget target = new LoadTarget(
                contender.url(),
                Secret.of(workspace.secret()),
                server.processes().stream().map(ProcessHandle::pid).toList(),
                null,
                contender.url().startsWith("wss:") ? workspace.certificate().toString() : null,
                true,
                contender.command());
        Busy before = Busy.now(server);
        try {
            LoadResult result = LoadRun.run(plan, target, List.of());
            return figures(contender, trial, round, result, Busy.now(server).othersSince(before));
        } catch (IOException | PlanException e) {
            throw new CompareException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Run figures(Contender contender, Trial trial, int round, LoadResult result, double otherCores) {
        LoadResult.Claims claims = result.claims();
        boolean isConnect = trial == Trial.CONNECT;
        LoadResult.Percentiles latency =
                isConnect ? result.groups().get(0).claims().handshakeMicros() : claims.latencyMicros();
        return new Run(
                contender.row(),
                trial.word(),
                round,
                "",
                isConnect ? claims.connectionsPerSecond() : claims.receivedPerSecond(),
                isConnect ? perHandshake(result.connecting()) : known(claims.serverCpuMicrosPerMessage()),
                latency.p50(),
                latency.p99(),
                isConnect ? known(claims.serverRssBytesPerConnection()) / 1024 : 0,
                otherCores,
                errors(result));
    }

    private static double perHandshake(LoadResult.Connecting connecting) {
        return connecting.ready() == 0 ? 0 : known(connecting.serverCpuSeconds()) * 1e6 / connecting.ready();
    }

    private static double known(@Nullable Double figure) {
        return figure == null ? 0 : figure;
    }

    /** Each fault by its words, with its number at the end of them. */
    private static Map<String, Long> errors(LoadResult result) {
        Map<String, Long> errors = new TreeMap<>();
        for (String fault : result.claims().faults()) {
            int blank = fault.lastIndexOf(' ');
            String number = fault.substring(blank + 1);
            if (blank > 0 && number.matches("[0-9]{1,18}")) {
                errors.merge(fault.substring(0, blank), Long.parseLong(number), Long::sum);
            } else {
                errors.merge(fault, 1L, Long::sum);
            }
        }
        return errors;
    }

    /** What the machine, the server and this process have used until a moment. */
    private record Busy(long atNanos, double allSeconds, double serverSeconds, double ownSeconds) {

        static Busy now(ServerProcess server) {
            return new Busy(
                    System.nanoTime(),
                    MachineTime.busySeconds(),
                    server.processes().stream().mapToDouble(Busy::cpuSeconds).sum(),
                    cpuSeconds(ProcessHandle.current()));
        }

        private static double cpuSeconds(ProcessHandle process) {
            return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
        }

        double othersSince(Busy before) {
            double others = allSeconds
                    - before.allSeconds
                    - (serverSeconds - before.serverSeconds)
                    - (ownSeconds - before.ownSeconds);
            return Math.max(0, others) / ((atNanos - before.atNanos) / 1e9);
        }
    }
}
