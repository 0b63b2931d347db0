package io.wsrouter.bench.growth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrouter.bench.load.Machine;
import io.wsrouter.bench.load.ProcessInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PresentationTest {

    private static final String MEASUREMENTS = """
            [{"residentBytes": [100000000, 150000000], "heapBytesPerConnection": 1715.5,
              "without": {"connections": 0, "heap": {"lines": {"a": {"bytes": 1000}, "b": {"bytes": 24}}}},
              "with": [{"connections": 2500, "heap": {"lines": {"a": {"bytes": 2048}}}}]},
             {"residentBytes": [], "heapBytesPerConnection": 2225.0}]
            """;

    @Test
    void shouldTellMediansRangesAndFaults() {
        GrowthResult.Curves curves = curves(
                point("one", 100, List.of(), 9.5, 8, 12),
                point("one", 19_000, List.of("unicast: lost 3"), 16, 17, 18),
                point("other", 100, List.of(), 20));

        assertThat(Presentation.table(GrowthAxis.CONNECTIONS, curves))
                .contains("| 100 | one | 9.50 (8.00-12.0) | 50.0k | 80.0 | 1.50 | 1.90 |  |")
                .contains("| 19,000 | one | 17.0 (16.0-18.0) | 50.0k | 80.0 | 1.50 | 1.90 | unicast: lost 3 |")
                .contains("| 100 | other | 20.0 | ");
    }

    @Test
    void shouldDrawALineOfMediansAndEachSample() {
        GrowthResult.Curves curves =
                curves(point("one", 100, List.of(), 9.5, 8, 12), point("one", 19_000, List.of(), 16, 17, 18));

        assertThat(Presentation.svg(GrowthAxis.CONNECTIONS, curves))
                .startsWith("<svg")
                .contains(">one<")
                .contains(">one, each run<")
                .contains("one, 19k connections: 17 µs")
                .contains("one, each run, 19k connections: 18 µs");
    }

    @Test
    void shouldMakeCurvesOfWhatBenchMemoryHasWritten() throws IOException {
        List<GrowthResult.Point> byConnections = MemoryCurves.byConnections(new ObjectMapper().readTree(MEASUREMENTS));
        List<GrowthResult.Point> bySubscriptions =
                MemoryCurves.bySubscriptions("shared", List.of("0", "10"), new ObjectMapper().readTree(MEASUREMENTS));

        assertThat(byConnections)
                .extracting(
                        GrowthResult.Point::line,
                        GrowthResult.Point::x,
                        point -> point.costs().get(0))
                .containsExactly(
                        tuple("resident", 0.0, 1e8),
                        tuple("resident", 2_500.0, 1.5e8),
                        tuple("live heap", 0.0, 1_024.0),
                        tuple("live heap", 2_500.0, 2_048.0));
        assertThat(Presentation.table(
                        GrowthAxis.SUBSCRIPTIONS, curves(bySubscriptions.toArray(GrowthResult.Point[]::new))))
                .contains("| 0 | shared | 1.7 |")
                .contains("| 10 | shared | 2.2 |");
    }

    @Test
    void shouldKeepTheAxesOfAnEarlierRun(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("results/growth.json");
        GrowthResult first = GrowthResult.read(file);
        first.axes().put("size", curves(point("one", 32, List.of("lost 1"), 9.5, 8, 12)));
        first.write(file);

        GrowthResult second = GrowthResult.read(file);
        second.axes()
                .put(
                        "memory",
                        curves(MemoryCurves.byConnections(new ObjectMapper().readTree(MEASUREMENTS))
                                .toArray(GrowthResult.Point[]::new)));
        second.write(file);

        assertThat(GrowthResult.read(file)).isEqualTo(second);
        assertThat(second.axes().get("size")).isEqualTo(first.axes().get("size"));
    }

    private static GrowthResult.Curves curves(GrowthResult.Point... points) {
        return new GrowthResult.Curves(
                "2026-01-01T00:00:00Z",
                List.of("scripts/bench", "growth"),
                new GrowthResult.Conditions(Machine.here(), ProcessInfo.here(), "0,1", List.of("loops=2"), 1.5),
                List.of(points));
    }

    private static GrowthResult.Point point(String line, double x, List<String> faults, double... costs) {
        return new GrowthResult.Point(
                line,
                x,
                DoubleStream.of(costs)
                        .mapToObj(cost -> new Sample(cost, new Sample.Load(50_000, 80, 1.5, 1.9, faults)))
                        .toList());
    }
}
