package io.wsrouter.bench.growth;

import io.wsrouter.bench.compare.Spread;
import io.wsrouter.bench.report.Axis;
import io.wsrouter.bench.report.Plot;
import io.wsrouter.bench.report.Unit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** The curves of an axis as a table in Markdown and as a plot. */
final class Presentation {

    private static final double KIBIBYTE = 1024;

    private Presentation() {}

    // ---- the table

    static String table(GrowthAxis axis, GrowthResult.Curves curves) {
        StringBuilder table = new StringBuilder(
                axis.isMemory()
                        ? "| " + axis.label() + " | what | KiB |\n|---:|---|---:|\n"
                        : "| " + axis.label() + " | load | server CPU-µs a message | messages/s | p50 µs | server cores"
                                + " | load cores | faults |\n|---:|---|---:|---:|---:|---:|---:|---|\n");
        for (GrowthResult.Point point : curves.points()) {
            table.append(axis.isMemory() ? memoryRow(point) : loadRow(point));
        }
        return table.toString();
    }

    private static String memoryRow(GrowthResult.Point point) {
        return String.format(
                Locale.ROOT,
                "| %,.0f | %s | %s |%n",
                point.x(),
                point.line(),
                Spread.of(point.costs()).text(bytes -> String.format(Locale.ROOT, "%,.1f", bytes / KIBIBYTE)));
    }

    private static String loadRow(GrowthResult.Point point) {
        List<Sample.Load> loads = point.samples().stream()
                .map(Sample::load)
                .filter(Objects::nonNull)
                .toList();
        return String.format(
                Locale.ROOT,
                "| %,.0f | %s | %s | %s | %s | %s | %s | %s |%n",
                point.x(),
                point.line(),
                Spread.of(point.costs()).text(Spread::number),
                median(loads, Sample.Load::messagesPerSecond),
                median(loads, Sample.Load::p50Micros),
                median(loads, Sample.Load::serverCores),
                median(loads, Sample.Load::loadCores),
                String.join(
                        "; ",
                        point.samples().stream()
                                .flatMap(sample -> sample.faults().stream())
                                .distinct()
                                .toList()));
    }

    private static String median(List<Sample.Load> loads, ToDoubleFunction<Sample.Load> of) {
        List<Double> figures = loads.stream().map(of::applyAsDouble).toList();
        return figures.isEmpty() ? "" : Spread.number(Spread.of(figures).median());
    }

    // ---- the plot

    /** Medians as lines; where there are several samples, each of them as a point. */
    static String svg(GrowthAxis axis, GrowthResult.Curves curves) {
        Plot plot = Plot.of(title(axis), x(axis), y(axis));
        for (String line : curves.lines()) {
            plot.line(
                    line,
                    curves.of(line).stream()
                            .map(point -> new Plot.Point(
                                    point.x(), Spread.of(point.costs()).median()))
                            .toList());
        }
        for (String line : curves.lines()) {
            List<Plot.Point> each = curves.of(line).stream()
                    .filter(point -> point.samples().size() > 1)
                    .flatMap(point -> point.costs().stream().map(cost -> new Plot.Point(point.x(), cost)))
                    .toList();
            if (!each.isEmpty()) {
                plot.scatter(line + ", each run", each);
            }
        }
        return plot.svg();
    }

    private static String title(GrowthAxis axis) {
        return switch (axis) {
            case MEMORY -> "Memory of the router by idle connections";
            case SUBSCRIPTIONS -> "Live heap of a connection by its subscriptions";
            default -> "Server's processor time of a delivered message by " + axis.label();
        };
    }

    private static Axis x(GrowthAxis axis) {
        return switch (axis) {
            case LOOPS, MEMORY, SUBSCRIPTIONS -> Axis.linear(axis.label());
            case SIZE -> Axis.log(axis.label()).in(Unit.BYTES);
            default -> Axis.log(axis.label());
        };
    }

    private static Axis y(GrowthAxis axis) {
        if (axis.isMemory()) {
            return Axis.linear("memory").in(Unit.BYTES);
        }
        Axis micros = axis == GrowthAxis.SIZE ? Axis.log("CPU a message") : Axis.linear("CPU a message");
        return micros.in(Unit.MICROS);
    }
}
