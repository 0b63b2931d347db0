package io.wsrouter.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.TokenMinter;
import io.wsrouter.bench.scenario.InternalApi;
import io.wsrouter.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at the server's processes and counters from outside. Blocks. */
final class ServerProbe {

    private static final long NANOS_PER_TICK = 10_000_000;

    private final List<Long> pids;
    private final @Nullable InternalApi api;

    ServerProbe(LoadTarget target) {
        this.pids = target.pids().stream()
                .flatMap(pid -> Stream.concat(
                        Stream.of(pid),
                        ProcessHandle.of(pid)
                                .map(ProcessHandle::descendants)
                                .orElse(Stream.empty())
                                .map(ProcessHandle::pid)))
                .distinct()
                .toList();
        this.api = target.statsUrl() == null ? null : new InternalApi(target.statsUrl(), minter(target.secret()));
    }

    static TokenMinter minter(Secret secret) {
        return new TokenMinter(secret.bytes(), JwtAlgorithm.HS256, null, null, InstantSource.system());
    }

    /**
     * What is known at a moment; null where nothing is.
     *
     * @param cpuNanos that its processes, and children of theirs that have ended, have used; in steps of 10 ms
     */
    record Look(
            @Nullable Long cpuNanos,
            @Nullable Long rssBytes,
            @Nullable JsonNode stats) {}

    Look look() {
        long cpu = 0;
        long rss = 0;
        boolean isKnown = !pids.isEmpty();
        for (long pid : pids) {
            String stat = Machine.read("/proc/" + pid + "/stat");
            isKnown &= !stat.isEmpty();
            cpu += cpuNanos(stat);
            rss += Long.parseLong(Machine.first("/proc/" + pid + "/status", "(?m)^VmRSS:\\s+(\\d+) kB", "0")) << 10;
        }
        return isKnown ? new Look(cpu, rss, stats()) : new Look(null, null, stats());
    }

    /** Source: proc(5), {@code /proc/pid/stat}, fields 14 to 17. */
    private static long cpuNanos(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length < 15
                ? 0
                : Arrays.stream(fields, 11, 15).mapToLong(Long::parseLong).sum() * NANOS_PER_TICK;
    }

    private @Nullable JsonNode stats() {
        try {
            return api == null ? null : api.stats();
        } catch (UncheckedIOException e) {
            return null;
        }
    }

    List<LoadResult.ServerProcess> processes() {
        List<LoadResult.ServerProcess> processes = new ArrayList<>();
        for (long pid : pids) {
            processes.add(new LoadResult.ServerProcess(
                    pid, command(pid), java(pid), ProcessInfo.affinity(Long.toString(pid))));
        }
        return processes;
    }

    /** Its command line, without what may be secret. */
    private static List<String> command(long pid) {
        return Redaction.of(List.of(Machine.read("/proc/" + pid + "/cmdline").split("\0")));
    }

    /** The version of its JDK, or nothing. */
    private static String java(long pid) {
        try {
            Path home = Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe"))
                    .resolve("../..")
                    .normalize();
            Path release = home.resolve("release");
            return Files.isReadable(release)
                    ? Machine.first(release.toString(), "(?m)^JAVA_RUNTIME_VERSION=\"?([^\"\\n]+)", "")
                    : "";
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }
}
