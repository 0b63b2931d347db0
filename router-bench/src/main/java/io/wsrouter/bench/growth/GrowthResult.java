package io.wsrouter.bench.growth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wsrouter.bench.load.Machine;
import io.wsrouter.bench.load.ProcessInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is known of all axes that were measured, by their names: enough to draw them again. */
record GrowthResult(String format, Map<String, Curves> axes) {

    static final String FORMAT = "ws-router-growth/1";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /**
     * One axis.
     *
     * @param command that repeats it
     */
    record Curves(String measuredAt, List<String> command, Conditions conditions, List<Point> points) {

        /** The names of the lines, in the order of their points. */
        List<String> lines() {
            return points.stream().map(Point::line).distinct().toList();
        }

        List<Point> of(String line) {
            return points.stream().filter(point -> point.line.equals(line)).toList();
        }
    }

    /**
     * Where and how.
     *
     * @param load the process that measured
     * @param server the processors of the router; empty for all
     * @param seconds of each sample
     */
    record Conditions(Machine machine, ProcessInfo load, String server, List<String> settings, double seconds) {}

    /** What was measured at one place of an axis. */
    record Point(String line, double x, List<Sample> samples) {

        Point {
            samples = new ArrayList<>(samples);
        }

        List<Double> costs() {
            return samples.stream().map(Sample::cost).toList();
        }
    }

    /** Nothing yet. */
    static GrowthResult empty() {
        return new GrowthResult(FORMAT, new TreeMap<>());
    }

    /**
     * Reads a file, if it is there.
     *
     * @throws IOException when it is none of these, saying why
     */
    static GrowthResult read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return empty();
        }
        try {
            GrowthResult read = JSON.readValue(file.toFile(), GrowthResult.class);
            if (!FORMAT.equals(read.format)) {
                throw new IOException(file + ": format " + read.format + " (expected " + FORMAT + ")");
            }
            return new GrowthResult(FORMAT, new TreeMap<>(read.axes));
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": no result of bench growth: " + e.getOriginalMessage(), e);
        }
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        JSON.writeValue(file.toFile(), this);
    }
}
