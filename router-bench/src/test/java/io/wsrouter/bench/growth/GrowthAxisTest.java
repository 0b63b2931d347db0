package io.wsrouter.bench.growth;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.bench.load.LoadPlan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class GrowthAxisTest {

    @Test
    void shouldCoverTheRangeOfEachAxis() {
        assertThat(xs(GrowthAxis.CONNECTIONS)).contains(100, 19_000);
        assertThat(xs(GrowthAxis.CONNECTIONS_PER_USER)).contains(1, 8, 16);
        assertThat(xs(GrowthAxis.SUBSCRIBERS)).contains(1, 10, 100, 1_000, 10_000);
        assertThat(xs(GrowthAxis.SIZE)).contains(32, 65_536);
        assertThat(xs(GrowthAxis.LOOPS)).containsOnly(1, 2, 3);
    }

    private static List<Integer> xs(GrowthAxis axis) {
        return axis.points().stream().map(LoadPoint::x).toList();
    }

    @Test
    void shouldHaveOnlyLoadsThatOneProcessCanRun() {
        Arrays.stream(GrowthAxis.values())
                .flatMap(axis -> axis.points().stream())
                .forEach(point ->
                        LoadPlan.of("ws-router", 1, List.of(point.group())).checked(1));
    }

    @Test
    void shouldChangeNothingButWhatGrows() {
        assertThat(GrowthAxis.CONNECTIONS_PER_USER.points())
                .allSatisfy(point -> assertThat(point.group().connections()).isEqualTo(1_024))
                .allSatisfy(point -> assertThat(point.group().topics()).isEqualTo(1_024 / point.x()));
        assertThat(GrowthAxis.SUBSCRIBERS.points())
                .allSatisfy(point -> assertThat(point.group().connections()).isEqualTo(10_000))
                .allSatisfy(point -> assertThat(point.group().topics()).isEqualTo(10_000 / point.x()));
        assertThat(GrowthAxis.LOOPS.points())
                .extracting(LoadPoint::group)
                .as("two loads, the same for each number of loops")
                .satisfies(groups -> assertThat(groups.stream().distinct()).hasSize(2));
    }

    @Test
    void shouldNameTheKnownAxesToWhoAsksForAnother() {
        StringWriter errors = new StringWriter();
        CommandLine command = GrowthMain.commandLine().setErr(new PrintWriter(errors));

        assertThat(command.execute("colour", "--home", ".")).isEqualTo(2);
        assertThat(errors.toString())
                .contains("axis: colour (expected one of connections, connections-per-user, subscribers, size, loops,"
                        + " memory, subscriptions)");
    }
}
