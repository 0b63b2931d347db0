package io.wsrouter.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Writes a comparison as Markdown: one table of the costs and one for each test. Figures are medians of the rounds. */
final class MarkdownTables {

    private final Report report;

    MarkdownTables(Report report) {
        this.report = report;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        report.facts()
                .forEach((key, value) ->
                        text.append("- ").append(key).append(": ").append(value).append('\n'));
        report.skipped()
                .forEach((row, reason) -> text.append("- skipped ")
                        .append(row)
                        .append(": ")
                        .append(reason)
                        .append('\n'));
        if (!report.trials().isEmpty()) {
            text.append(
                    "\nCPU-µs of the server for a delivery (connect: a handshake), and times the floor of the same round\n\n");
            append(text, costs());
        }
        for (Trial trial : report.trials()) {
            text.append("\n### ")
                    .append(trial.word())
                    .append(": ")
                    .append(trial.text())
                    .append("\n\n");
            append(text, table(trial));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, List<List<String>> table) {
        text.append(line(table.get(0)))
                .append(line(table.get(0).stream().map(cell -> "---").toList()));
        table.stream().skip(1).forEach(cells -> text.append(line(cells)));
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private List<List<String>> costs() {
        List<List<String>> table = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("server"));
        report.trials().forEach(trial -> head.add(trial.word()));
        table.add(head);
        for (String row : report.rows()) {
            List<String> cells = new ArrayList<>(List.of(row));
            report.trials().forEach(trial -> cells.add(cost(row, trial)));
            table.add(cells);
        }
        return table;
    }

    private String cost(String row, Trial trial) {
        return spread(report.of(row, trial), Run::cpuMicros)
                .map(cost -> Spread.number(cost.median())
                        + timesFloor(row, trial)
                                .map(ratio -> ", " + Spread.times(ratio.median()))
                                .orElse("")
                        + (allErrors(row, trial).isEmpty() ? "" : " !"))
                .orElse("-");
    }

    private List<List<String>> table(Trial trial) {
        boolean isConnect = trial == Trial.CONNECT;
        List<List<String>> table = new ArrayList<>();
        table.add(List.of(
                "server",
                isConnect ? "handshakes/s" : "deliveries/s",
                "CPU-µs",
                "times " + report.floorOf(trial),
                "p50 µs",
                "p99 µs",
                isConnect ? "RSS KiB/connection" : "other cores",
                "errors"));
        for (String row : report.rows()) {
            List<Run> runs = report.of(row, trial);
            if (!runs.isEmpty()) {
                table.add(List.of(
                        row,
                        text(runs, Run::perSecond),
                        text(runs, Run::cpuMicros),
                        timesFloor(row, trial)
                                .map(ratio -> ratio.text(Spread::times))
                                .orElse("-"),
                        text(runs, Run::p50Micros),
                        text(runs, Run::p99Micros),
                        isConnect ? text(runs, Run::rssKib) : otherCores(runs),
                        errors(row, trial)));
            }
        }
        return table;
    }

    private static String text(List<Run> runs, ToDoubleFunction<Run> figure) {
        return spread(runs, figure).map(spread -> spread.text(Spread::number)).orElse("-");
    }

    private static String otherCores(List<Run> runs) {
        return spread(runs, Run::otherCores)
                .map(cores -> String.format(Locale.ROOT, "%.1f", cores.median()))
                .orElse("-");
    }

    private static Optional<Spread> spread(List<Run> runs, ToDoubleFunction<Run> figure) {
        List<Double> figures =
                runs.stream().filter(Run::hasFigures).map(figure::applyAsDouble).toList();
        return figures.isEmpty() ? Optional.empty() : Optional.of(Spread.of(figures));
    }

    /** Each round against the floor of that round; none where there is no floor. */
    private Optional<Spread> timesFloor(String row, Trial trial) {
        Map<Integer, Double> floor = report.of(report.floorOf(trial), trial).stream()
                .filter(run -> run.hasFigures() && run.cpuMicros() > 0)
                .collect(Collectors.toMap(Run::round, Run::cpuMicros));
        List<Double> ratios = report.of(row, trial).stream()
                .filter(run -> run.hasFigures() && floor.containsKey(run.round()))
                .map(run -> run.cpuMicros() / floor.getOrDefault(run.round(), Double.NaN))
                .toList();
        return ratios.isEmpty() ? Optional.empty() : Optional.of(Spread.of(ratios));
    }

    private String errors(String row, Trial trial) {
        String errors = allErrors(row, trial);
        return errors.isEmpty() ? "none" : errors;
    }

    /** Counts of all rounds together, and why rounds gave nothing; empty when nothing went wrong. */
    private String allErrors(String row, Trial trial) {
        List<String> all = new ArrayList<>();
        Map<String, Long> counts = new TreeMap<>();
        for (Run run : report.of(row, trial)) {
            run.errors().forEach((error, count) -> counts.merge(error, count, Long::sum));
            if (!run.hasFigures()) {
                all.add("round " + run.round() + ": " + run.failure());
            }
        }
        counts.forEach((error, count) -> all.add(error + ' ' + count));
        return String.join(", ", all);
    }
}
