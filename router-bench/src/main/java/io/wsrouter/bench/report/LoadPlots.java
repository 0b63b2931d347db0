package io.wsrouter.bench.report;

import io.wsrouter.bench.load.LoadResult;
import io.wsrouter.bench.load.LoadResult.Group;
import io.wsrouter.bench.load.LoadResult.Second;
import io.wsrouter.bench.load.LoadResult.SecondOfGroup;
import io.wsrouter.bench.load.Packed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.jspecify.annotations.Nullable;

/** The plots of a load run. */
final class LoadPlots {

    private static final double NANOS_PER_MICRO = 1_000;
    private static final double MICROS_PER_SECOND = 1e6;
    private static final int STEPS_PER_HALVING = 5;
    private static final Axis TIME = Axis.linear("seconds since the start of the load");
    private static final Axis PERCENTILE = Axis.log("percentile").in(Unit.PERCENTILE);

    private final LoadResult result;
    private final List<Second> series;

    private LoadPlots(LoadResult result) {
        this.result = result;
        this.series = result.series();
    }

    /**
     * All that the result has data for.
     *
     * @throws IOException when a histogram of it is none
     */
    static List<Plot> of(LoadResult result) throws IOException {
        LoadPlots plots = new LoadPlots(result);
        List<Plot> all = new ArrayList<>();
        all.add(plots.rates());
        all.add(plots.latencyOverTime());
        all.add(plots.latencyByPercentile());
        all.add(plots.cores());
        all.add(plots.cpuPerMessage());
        plots.addMemory(all);
        all.add(plots.connections());
        plots.addUnsettled(all);
        plots.addByPercentile(all, "Handshakes by percentile", Group::handshakes);
        plots.addByPercentile(all, "Time to come back by percentile", Group::returns);
        return all;
    }

    // ---- over time

    private Plot rates() {
        Plot plot = overTime("Messages per second", Axis.linear("messages per second"))
                .line("sent", points(second -> second.sent() / second.seconds()))
                .line("received", points(second -> second.received() / second.seconds()));
        if (result.groups().size() > 1) {
            for (int i = 0; i < result.groups().size(); i++) {
                int index = i;
                plot.line(
                        "received, " + result.groups().get(i).name(),
                        points(second -> second.groups().get(index).received() / second.seconds()));
            }
        }
        return plot;
    }

    private Plot latencyOverTime() {
        return overTime(
                        "Latency over time",
                        Axis.log("of what was received in each second").in(Unit.MICROS))
                .line("p50", points(Second::p50Micros))
                .line("p99", points(Second::p99Micros))
                .line("max", points(Second::maxMicros));
    }

    private Plot cores() {
        Plot plot = overTime("Processor", Axis.linear("cores in use"));
        if (isServerKnown()) {
            plot.line("server", points(second -> orGap(second.serverCpuSeconds()) / second.seconds()));
        }
        return plot.line("load harness", points(second -> second.loadCpuSeconds() / second.seconds()));
    }

    private Plot cpuPerMessage() {
        Plot plot = overTime(
                "Processor time per message received", Axis.linear("CPU time").in(Unit.MICROS));
        if (isServerKnown()) {
            plot.line("server", points(second -> perMessage(second, orGap(second.serverCpuSeconds()))));
        }
        return plot.line("load harness", points(second -> perMessage(second, second.loadCpuSeconds())));
    }

    private static double perMessage(Second second, double cpuSeconds) {
        return second.received() == 0 ? Double.NaN : cpuSeconds * MICROS_PER_SECOND / second.received();
    }

    private void addMemory(List<Plot> all) {
        if (series.stream().anyMatch(second -> second.serverRssBytes() != null)) {
            all.add(overTime("Memory of the server", Axis.linear("resident set").in(Unit.BYTES))
                    .line("resident set", points(second -> orGap(second.serverRssBytes()))));
        }
    }

    private Plot connections() {
        return overTime("Connections", Axis.linear("connections that are ready"))
                .line("connections", points(Second::connections));
    }

    private void addUnsettled(List<Plot> all) {
        boolean isAny = series.stream()
                .flatMap(second -> second.groups().stream())
                .anyMatch(group -> group.refused() > 0 || group.waiting() > 0);
        if (isAny) {
            all.add(overTime("Refused and under way", Axis.linear("messages"))
                    .line("refused in the second", points(second -> sum(second, SecondOfGroup::refused)))
                    .line("under way at its end", points(second -> sum(second, SecondOfGroup::waiting))));
        }
    }

    private static double sum(Second second, ToLongFunction<SecondOfGroup> of) {
        return second.groups().stream().mapToLong(of).sum();
    }

    private boolean isServerKnown() {
        return series.stream().anyMatch(second -> second.serverCpuSeconds() != null);
    }

    private static double orGap(@Nullable Number value) {
        return value == null ? Double.NaN : value.doubleValue();
    }

    /** A plot with lines where the phases after the first begin. */
    private Plot overTime(String title, Axis y) {
        Plot plot = Plot.of(title, TIME, y);
        for (int i = 1; i < series.size(); i++) {
            Second before = series.get(i - 1);
            if (!before.phase().equals(series.get(i).phase())) {
                plot.mark(before.atSeconds(), series.get(i).phase());
            }
        }
        return plot;
    }

    private List<Plot.Point> points(ToDoubleFunction<Second> of) {
        return series.stream()
                .filter(second -> second.seconds() > 0)
                .map(second -> new Plot.Point(second.atSeconds(), of.applyAsDouble(second)))
                .toList();
    }

    // ---- by percentile

    private Plot latencyByPercentile() throws IOException {
        Plot plot = byPercentile("Latency by percentile, from the intended time");
        Histogram all = null;
        Histogram lag = null;
        for (Group group : result.groups()) {
            Histogram latency = Packed.histogram(group.latency());
            all = added(all, latency);
            lag = added(lag, Packed.histogram(group.sendLag()));
            if (result.groups().size() > 1) {
                plot.line(group.name(), points(latency));
            }
        }
        if (all != null && lag != null) {
            plot.line("all", points(all)).line("sent late by the harness", points(lag));
        }
        return plot;
    }

    private void addByPercentile(List<Plot> all, String title, Function<Group, String> of) throws IOException {
        Plot plot = byPercentile(title);
        boolean isAny = false;
        for (Group group : result.groups()) {
            Histogram histogram = Packed.histogram(of.apply(group));
            if (histogram.getTotalCount() > 0) {
                plot.line(group.name(), points(histogram));
                isAny = true;
            }
        }
        if (isAny) {
            all.add(plot);
        }
    }

    private static Plot byPercentile(String title) {
        return Plot.of(title, PERCENTILE, Axis.log("at most").in(Unit.MICROS));
    }

    private static Histogram added(@Nullable Histogram sum, Histogram histogram) {
        if (sum == null) {
            return histogram.copy();
        }
        sum.add(histogram);
        return sum;
    }

    /** Denser towards the end; the last, of which nothing is beyond, has no place. */
    private static List<Plot.Point> points(Histogram nanos) {
        List<Plot.Point> points = new ArrayList<>();
        for (HistogramIterationValue value : nanos.percentiles(STEPS_PER_HALVING)) {
            double percentile = value.getPercentileLevelIteratedTo();
            if (percentile < 100) {
                points.add(new Plot.Point(100 / (100 - percentile), value.getValueIteratedTo() / NANOS_PER_MICRO));
            }
        }
        return points;
    }
}
