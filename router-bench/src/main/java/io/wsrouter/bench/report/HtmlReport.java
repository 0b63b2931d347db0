package io.wsrouter.bench.report;

import io.wsrouter.bench.load.GroupPlan;
import io.wsrouter.bench.load.LoadPlan;
import io.wsrouter.bench.load.LoadResult;
import io.wsrouter.bench.load.LoadResult.Claims;
import io.wsrouter.bench.load.LoadResult.Group;
import io.wsrouter.bench.load.LoadResult.GroupClaims;
import io.wsrouter.bench.load.LoadResult.Percentiles;
import io.wsrouter.bench.load.Machine;
import io.wsrouter.bench.load.ProcessInfo;
import io.wsrouter.bench.load.Redaction;
import io.wsrouter.bench.load.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A load run as one page of HTML that needs nothing else: the verdict, what it rests on, the plots, and how to repeat it. It is also
 * well-formed XML. Secrets that arguments may have are hidden.
 */
public final class HtmlReport {

    private static final int MOST_COUNTERS = 300;
    private static final Pattern PLAIN = Pattern.compile("[\\w./:=@%+,-]+");

    private final Markup out = new Markup();
    private final LoadResult result;
    private final Claims claims;
    private final Path file;

    private HtmlReport(LoadResult result, Path file) {
        this.result = result;
        this.claims = result.claims();
        this.file = file;
    }

    /** Where the report of a result file goes unless told otherwise: beside it. */
    public static Path beside(Path file) {
        String name = String.valueOf(file.getFileName());
        String stem = name.endsWith(".json") ? name.substring(0, name.length() - ".json".length()) : name;
        return file.resolveSibling(stem + ".html");
    }

    /**
     * Writes the report of a result, over what was there.
     *
     * @param file where the result is
     * @throws IOException also when the result is damaged
     */
    public static void write(Path html, LoadResult result, Path file) throws IOException {
        Path parent = html.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(html, of(result, file));
    }

    /** The page. */
    static String of(LoadResult result, Path file) throws IOException {
        int groups = result.plan().groups().size();
        boolean isWhole = result.groups().size() == groups
                && result.series().stream().allMatch(second -> second.groups().size() == groups);
        if (!isWhole) {
            throw new IOException(file + ": not as many groups everywhere as in its plan, which has " + groups);
        }
        return new HtmlReport(result, file).page();
    }

    private String page() throws IOException {
        out.open("html", "lang", "en").open("head");
        out.empty("meta", "charset", "utf-8");
        out.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        out.element("title", "Load: " + scenarios() + ", " + result.run().startedAt());
        out.element("style", css()).close().open("body");
        verdict();
        figures();
        groups();
        percentiles();
        plots();
        details();
        counters();
        setup();
        repeat();
        out.close().close();
        return "<!DOCTYPE html>\n" + out + '\n';
    }

    // ---- the verdict

    private void verdict() throws IOException {
        out.element(
                "h1",
                scenarios() + ": "
                        + (claims.holds()
                                ? "all holds"
                                : counted(claims.faults().size(), "fault")),
                "class",
                claims.holds() ? "good" : "bad");
        out.element("p", inWords());
        if (!claims.holds()) {
            list(claims.faults());
        }
        List<String> broken = Verification.of(result);
        if (broken.isEmpty()) {
            out.element(
                    "p",
                    "Every figure here was recomputed from the raw parts of the result when this page was made, and follows from"
                            + " them.",
                    "class",
                    "soft");
        } else {
            out.element("p", "These figures do not follow from the raw parts of the result:", "class", "bad");
            list(broken);
        }
        out.element(
                "p",
                "Run " + result.run().id() + ", " + result.run().startedAt() + ", against "
                        + Redaction.of(result.server().url()) + ".",
                "class",
                "soft");
    }

    private String inWords() {
        long sent = result.groups().stream()
                .mapToLong(group -> group.counts().getOrDefault("sent", 0L))
                .sum();
        return String.format(
                Locale.ROOT,
                "%,d messages were sent, to be received %,d times: %,d were received intact by whom they were for, %,d were refused"
                        + " and their receipts said so, %,d were given up at receivers that were cut off or did not read as planned,"
                        + " and %,d were lost. %,d came to another receiver, %,d after a later one, %,d twice, and %,d changed. %,d of"
                        + " %,d connections were ready in time.",
                sent,
                sum(GroupClaims::expected),
                sum(GroupClaims::received),
                sum(GroupClaims::refused),
                sum(GroupClaims::givenUp),
                claims.lost(),
                claims.misdelivered(),
                claims.reordered(),
                claims.duplicated(),
                claims.corrupt(),
                result.connecting().ready(),
                result.connecting().awaited());
    }

    private long sum(ToLongFunction<GroupClaims> of) {
        return result.groups().stream().map(Group::claims).mapToLong(of).sum();
    }

    private String scenarios() {
        return result.plan().groups().stream().map(GroupPlan::name).collect(Collectors.joining(", "));
    }

    private void figures() {
        out.open("div", "class", "figures");
        figure("sent per second", claims.sentPerSecond(), rate(claims.sentPerSecond()));
        figure("received per second", claims.receivedPerSecond(), rate(claims.receivedPerSecond()));
        Percentiles latency = claims.latencyMicros();
        figure("latency p50", latency.p50(), time(latency.p50()));
        figure("latency p99", latency.p99(), time(latency.p99()));
        figure("latency p99.9", latency.p999(), time(latency.p999()));
        figure("latency max", latency.max(), time(latency.max()));
        figure("server CPU per message", claims.serverCpuMicrosPerMessage(), Unit.MICROS);
        figure("server cores", claims.serverCores(), Unit.NUMBER);
        figure("load harness CPU per message", claims.loadCpuMicrosPerMessage(), Unit.MICROS);
        figure("load harness cores", claims.loadCores(), Unit.NUMBER);
        figure("server memory at most", claims.serverMostRssBytes(), Unit.BYTES);
        figure("server memory per connection", claims.serverRssBytesPerConnection(), Unit.BYTES);
        figure("connections opened per second", claims.connectionsPerSecond(), rate(claims.connectionsPerSecond()));
        figure("seconds measured", claims.measuredSeconds(), Unit.NUMBER);
        out.close();
    }

    private void figure(String label, @Nullable Number value, Unit unit) {
        if (value != null) {
            figure(label, value, unit.tell(value.doubleValue()));
        }
    }

    private void figure(String label, Number value, String shown) {
        out.open("div");
        data(value, shown);
        out.element("span", label).close();
    }

    // ---- the tables

    private void groups() {
        out.element("h2", "Every message");
        table(
                "group",
                "scenario",
                "sent",
                "to be received",
                "received",
                "refused",
                "given up",
                "lost",
                "misdelivered",
                "reordered",
                "duplicated",
                "corrupt",
                "contradicted");
        for (int i = 0; i < result.groups().size(); i++) {
            Group group = result.groups().get(i);
            GroupClaims of = group.claims();
            out.open("tr").element("td", group.name());
            out.element("td", result.plan().groups().get(i).scenario().word());
            count(group.counts().getOrDefault("sent", 0L), false);
            count(of.expected(), false);
            count(of.received(), false);
            count(of.refused(), false);
            count(of.givenUp(), false);
            count(of.lost(), true);
            for (String wrong : List.of("misdelivered", "reordered", "duplicated", "corrupt")) {
                count(group.counts().getOrDefault(wrong, 0L), true);
            }
            count(of.contradicted(), true);
            out.close();
        }
        endTable();
    }

    private void percentiles() {
        out.element("h2", "Times");
        table("group", "time", "count", "mean", "p50", "p90", "p99", "p99.9", "max");
        for (Group group : result.groups()) {
            GroupClaims of = group.claims();
            percentiles(group.name(), "latency from the intended time", of.latencyMicros());
            percentiles(group.name(), "sent late by the harness", of.sendLagMicros());
            percentiles(group.name(), "handshake", of.handshakeMicros());
            percentiles(group.name(), "to come back", of.returnMicros());
        }
        percentiles("all", "latency from the intended time", claims.latencyMicros());
        endTable();
    }

    private void percentiles(String group, String what, Percentiles micros) {
        if (micros.count() == 0) {
            return;
        }
        out.open("tr").element("td", group).element("td", what);
        count(micros.count(), false);
        for (double value :
                List.of(micros.mean(), micros.p50(), micros.p90(), micros.p99(), micros.p999(), micros.max())) {
            out.open("td");
            data(value, time(value));
            out.close();
        }
        out.close();
    }

    private void plots() throws IOException {
        out.element("h2", "Plots").open("div", "class", "plots");
        for (Plot plot : LoadPlots.of(result)) {
            out.include(plot.markup());
        }
        out.close();
    }

    private void details() {
        out.element("h2", "All that was counted");
        for (Group group : result.groups()) {
            out.element("h3", group.name());
            table("what", "count");
            counts("", group.counts());
            counts("receipts: ", group.outcomes());
            counts("failures: ", group.failures());
            endTable();
        }
    }

    private void counts(String prefix, Map<String, Long> counts) {
        counts.forEach((word, count) -> {
            if (count != 0) {
                out.open("tr").element("td", prefix + word);
                count(count, false);
                out.close();
            }
        });
    }

    private void counters() {
        List<CounterChange> changes = CounterChange.of(result.series());
        if (changes.isEmpty()) {
            return;
        }
        out.element("h2", "What changed in the router's counters");
        out.element("p", "Between the first sample and the last.", "class", "soft");
        table("counter", "first", "last", "change");
        for (CounterChange change : changes.subList(0, Math.min(MOST_COUNTERS, changes.size()))) {
            out.open("tr").element("td", change.name());
            for (double value : List.of(change.first(), change.last(), change.last() - change.first())) {
                out.element("td", plain(value));
            }
            out.close();
        }
        endTable();
        if (changes.size() > MOST_COUNTERS) {
            out.element("p", "and " + (changes.size() - MOST_COUNTERS) + " more, in the file");
        }
    }

    // ---- how it was done

    private void setup() {
        LoadPlan plan = result.plan();
        out.element("h2", "Plan");
        texts();
        row("dialect", plan.dialect());
        row("seed", Long.toString(plan.seed()));
        row(
                "warm-up, measured, drain at most",
                plan.warmupSeconds() + " s, " + plan.durationSeconds() + " s, " + plan.drainSeconds() + " s");
        row("handshakes at once, loops", plan.handshakesAtOnce() + ", " + plan.loops() + " (of each process)");
        plan.groups().forEach(group -> row(group.name(), told(group)));
        endTable();

        LoadResult.Server server = result.server();
        out.element("h2", "Server");
        texts();
        row("URL", Redaction.of(server.url()));
        row("started for the run", server.isOurs() ? "yes" : "no");
        Redaction.of(server.settings()).forEach(setting -> row("setting", setting));
        Machine machine = server.machine();
        if (machine != null) {
            row("machine", told(machine));
        }
        for (LoadResult.ServerProcess process : server.processes()) {
            row("process " + process.pid(), process.java() + processors(process.affinity()));
            row("", shell(Redaction.of(process.command())));
        }
        endTable();

        out.element("h2", "Load");
        texts();
        for (LoadResult.Load load : result.load()) {
            ProcessInfo process = load.process();
            row("machine", "host " + load.host() + ": " + told(load.machine()));
            row(
                    "process " + process.pid(),
                    "ws-router " + process.version() + ' ' + process.commit() + ", " + process.java()
                            + processors(process.affinity()));
            row("flags", shell(Redaction.of(process.flags())));
        }
        endTable();
    }

    private static String told(GroupPlan group) {
        List<String> parts = new ArrayList<>();
        parts.add(group.scenario().word());
        parts.add(counted(group.connections(), "connection"));
        add(parts, group.topics() > 0, counted(group.topics(), "topic"));
        add(parts, group.publishers() > 0, counted(group.publishers(), "publisher"));
        add(parts, group.rate() > 0, plain(group.rate()) + " publishes a second (open loop)");
        add(parts, group.window() > 0, group.window() + " under way for each publisher (closed loop)");
        parts.add(group.sizeBytes() + " bytes");
        add(parts, group.receipts(), "receipts");
        add(parts, group.slow() > 0, group.slow() + " slow");
        add(parts, group.arrivals() > 0, plain(group.arrivals()) + " arrivals a second");
        add(parts, group.cuts() > 0, "cut off " + counted(group.cuts(), "time"));
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, boolean isPart, String part) {
        if (isPart) {
            parts.add(part);
        }
    }

    private static String told(Machine machine) {
        return machine.cpu() + ", " + counted(machine.processors(), "processor") + ", "
                + Unit.BYTES.tell((double) machine.memoryBytes()) + ", " + machine.os() + ", " + machine.kernel();
    }

    private static String processors(String affinity) {
        return affinity.isEmpty() ? "" : ", on processors " + affinity;
    }

    private void repeat() {
        out.element("h2", "Do it again");
        List<String> command = new ArrayList<>(Redaction.of(result.run().command()));
        if (command.stream().noneMatch(argument -> argument.equals("--seed") || argument.startsWith("--seed="))) {
            command.addAll(List.of("--seed", Long.toString(result.plan().seed())));
        }
        out.element("p", "Repeat the run, with the same random choices:");
        out.element("pre", shell(command));
        out.element("p", "Recompute every figure from the result:");
        out.element("pre", shell(List.of("scripts/bench", "verify", file.toString())));
    }

    /** Arguments as a shell would take them. */
    private static String shell(List<String> arguments) {
        return arguments.stream()
                .map(argument ->
                        PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }

    // ---- elements

    private void table(String... heads) {
        out.open("div", "class", "wide").open("table").open("tr");
        for (String head : heads) {
            out.element("th", head);
        }
        out.close();
    }

    private void texts() {
        out.open("div", "class", "wide").open("table", "class", "texts");
    }

    private void endTable() {
        out.close().close();
    }

    private void row(String name, String value) {
        out.open("tr").element("td", name).element("td", value).close();
    }

    private void list(List<String> items) {
        out.open("ul");
        items.forEach(item -> out.element("li", item, "class", "bad"));
        out.close();
    }

    private void count(long count, boolean isWrong) {
        out.open("td");
        if (isWrong && count != 0) {
            out.attributes("class", "bad");
        }
        data(count, String.format(Locale.ROOT, "%,d", count));
        out.close();
    }

    /** A number for people, which keeps the one of the file. */
    private void data(Number value, String shown) {
        out.element("data", shown, "value", value, "title", value);
    }

    private static String counted(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }

    private static String rate(double perSecond) {
        return String.format(Locale.ROOT, "%,.0f", perSecond);
    }

    private static String time(double micros) {
        return Unit.MICROS.tell(micros);
    }

    private static String plain(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%,.3f", value);
    }

    private static String css() {
        try (InputStream css = Objects.requireNonNull(HtmlReport.class.getResourceAsStream("report.css"))) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
