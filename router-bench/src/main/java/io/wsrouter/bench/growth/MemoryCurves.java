package io.wsrouter.bench.growth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrouter.bench.memory.MemoryMain;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Has {@code scripts/bench memory} measure, and makes curves of what it has written. */
final class MemoryCurves {

    private static final int IDLE = 2_000;
    private static final long MOST_MINUTES = 5;

    private final Path home;

    MemoryCurves(Path home) {
        this.home = home;
    }

    /** The points of an axis of memory. */
    List<GrowthResult.Point> measure(GrowthAxis axis) throws IOException, InterruptedException {
        if (axis == GrowthAxis.MEMORY) {
            return byConnections(run("--connections", "2500,5000,10000,15000,19000"));
        }
        List<GrowthResult.Point> points = new ArrayList<>();
        points.addAll(bySubscriptions("1,000 topics for all", "0,10,20,50", "1000"));
        points.addAll(bySubscriptions("topics of its own", "10,20,50", "0"));
        return points;
    }

    private List<GrowthResult.Point> bySubscriptions(String line, String subscriptions, String topics)
            throws IOException, InterruptedException {
        JsonNode measurements =
                run("--connections", String.valueOf(IDLE), "--subscriptions", subscriptions, "--topics", topics);
        return bySubscriptions(line, List.of(subscriptions.split(",")), measurements);
    }

    private JsonNode run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MemoryMain.class.getName()));
        command.addAll(List.of(options));
        command.addAll(List.of("--home", home.toString()));
        Path results = home.resolve("router-bench/target/bench");
        Process measuring = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(results.resolve("growth-memory.log").toFile())
                .start();
        try {
            if (!measuring.waitFor(MOST_MINUTES, TimeUnit.MINUTES) || measuring.exitValue() != 0) {
                throw new IOException(
                        "bench memory failed (expected exit code 0); see growth-memory.log in " + results);
            }
        } finally {
            measuring.destroy();
        }
        return new ObjectMapper().readTree(results.resolve("memory.json").toFile());
    }

    // ---- what it has written

    /** Resident memory and live heap of one measurement with ever more connections. */
    static List<GrowthResult.Point> byConnections(JsonNode measurements) {
        JsonNode measurement = measurements.get(0);
        List<GrowthResult.Point> points = new ArrayList<>();
        List<JsonNode> snapshots = new ArrayList<>(List.of(measurement.get("without")));
        measurement.get("with").forEach(snapshots::add);
        for (int i = 0; i < snapshots.size(); i++) {
            points.add(point(
                    "resident",
                    connections(snapshots.get(i)),
                    measurement.get("residentBytes").get(i).asDouble()));
        }
        for (JsonNode snapshot : snapshots) {
            points.add(point("live heap", connections(snapshot), heapBytes(snapshot)));
        }
        return points;
    }

    private static double connections(JsonNode snapshot) {
        return snapshot.get("connections").asDouble();
    }

    private static double heapBytes(JsonNode snapshot) {
        double bytes = 0;
        for (JsonNode line : snapshot.get("heap").get("lines")) {
            bytes += line.get("bytes").asDouble();
        }
        return bytes;
    }

    /** Live heap of a connection, of one measurement for each number of subscriptions. */
    static List<GrowthResult.Point> bySubscriptions(String line, List<String> subscriptions, JsonNode measurements) {
        List<GrowthResult.Point> points = new ArrayList<>();
        for (int i = 0; i < subscriptions.size(); i++) {
            points.add(point(
                    line,
                    Double.parseDouble(subscriptions.get(i)),
                    measurements.get(i).get("heapBytesPerConnection").asDouble()));
        }
        return points;
    }

    private static GrowthResult.Point point(String line, double x, double bytes) {
        return new GrowthResult.Point(line, x, List.of(new Sample(bytes, null)));
    }
}
