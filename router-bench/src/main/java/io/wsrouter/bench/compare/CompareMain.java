package io.wsrouter.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Compares servers and prints the tables. Exit codes: 0 every run gave figures without an error, 1 not every one did, 2 a usage
 * error.
 */
@Command(
        name = "compare",
        description =
                "Runs the router beside others, one at a time and interleaved by round, and prints what they cost.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class CompareMain implements Callable<Integer> {

    @Option(
            names = "--peer",
            paramLabel = "NAME=COMMAND,PORT,PROTOCOL",
            converter = PeerOption.Converter.class,
            description =
                    "A further server: the command that starts it in the foreground, its port on loopback, and ws-router or"
                            + " nats. {secret-file} and {loops} are filled in.")
    private List<PeerOption> peers = new ArrayList<>();

    @Option(
            names = "--variant",
            paramLabel = "NAME=ITEM...",
            converter = VariantOption.Converter.class,
            description = "The router run in another way: flags of its JVM, which start with -, and settings such as"
                    + " transport=nio, with blanks between.")
    private List<VariantOption> variants = new ArrayList<>();

    @Option(
            names = "--rows",
            split = ",",
            paramLabel = "ROW",
            description = "Which servers: " + Contenders.ROWS
                    + ". Default: router, floor1, floorN, naive, nats, the variants, the peers.")
    private List<String> rows = new ArrayList<>();

    @Option(
            names = "--tests",
            split = ",",
            paramLabel = "TEST",
            defaultValue = "uni1k,uni20k,lat20k,fan1k,fan10k,fan1kp,connect",
            description = "Which tests.")
    private List<String> tests;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often each server is started and tested.")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "2.5", description = "Measured load of a test.")
    private double seconds;

    @Option(
            names = "--warmup",
            defaultValue = "8",
            paramLabel = "SECONDS",
            description = "Load before, for those that need it.")
    private double warmupSeconds;

    @Option(
            names = "--loops",
            paramLabel = "N",
            description = "Threads of each server; default: half of the processors.")
    private int loops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    @Option(
            names = "--pin",
            description = "Servers on the first half of the processors, the load on the other (taskset).")
    private boolean isPinned;

    @Option(names = "--seed", defaultValue = "1", description = "Of the choice of receivers.")
    private long seed;

    @Option(names = "--out", paramLabel = "FILE", description = "Every run as JSON, and the tables beside it as .md.")
    private @Nullable Path out;

    @Option(names = "--home", required = true, hidden = true)
    private Path home;

    @Option(names = "--jdk17", hidden = true)
    private @Nullable Path jdk17;

    @Spec
    private CommandSpec spec;

    private final List<Run> runs = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // picocli sets the options and the spec
    CompareMain() {}

    /** Compares, and exits with the code of the class. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new CompareMain()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Trial> trials = trials();
        requirePositive();
        Processors servers = isPinned ? pin() : null;
        Path reports = Files.createDirectories(home.resolve("router-bench/target/bench"));
        try (Workspace workspace = Workspace.create()) {
            Map<String, String> skipped = new LinkedHashMap<>();
            List<Contender> contenders = contenders(workspace, skipped);
            Report report = new Report(new Facts(home, servers, spec).collect(contenders), loops, skipped, runs);
            skipped.forEach((row, reason) -> say("skipped " + row + ": " + reason));
            new Comparison(
                            new EngineLoader(workspace, seed, loops),
                            trials,
                            seconds,
                            warmupSeconds,
                            servers,
                            reports,
                            this::onRun)
                    .run(contenders, rounds);
            write(report, out == null ? reports.resolve("compare.json") : out);
        }
        return runs.stream().allMatch(run -> run.hasFigures() && run.errors().isEmpty()) ? 0 : 1;
    }

    private List<Trial> trials() {
        try {
            return tests.stream().map(Trial::of).toList();
        } catch (IllegalArgumentException e) {
            throw usage(e);
        }
    }

    private void requirePositive() {
        if (rounds < 1 || !(seconds > 0) || !(warmupSeconds >= 0) || loops < 1 || loops > 64) {
            throw new ParameterException(
                    spec.commandLine(),
                    "expected --rounds from 1, --seconds above 0, --warmup from 0 and --loops from 1 to 64");
        }
    }

    private ParameterException usage(IllegalArgumentException e) {
        return new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }

    /** Moves this process, whose threads make the load, to one half of the processors; the other is for the servers. */
    private Processors pin() throws IOException, InterruptedException {
        Processors all = Processors.allowed();
        if (all.numbers().size() < 2 || ServerProcess.find("taskset") == null) {
            throw new ParameterException(spec.commandLine(), "--pin needs two processors and taskset (util-linux)");
        }
        all.secondHalf().occupy();
        return all.firstHalf();
    }

    private List<Contender> contenders(Workspace workspace, Map<String, String> skipped) throws IOException {
        Contenders known = new Contenders(home, jdk17, workspace, loops, peers, variants);
        List<Contender> contenders = new ArrayList<>();
        for (String row : rows.isEmpty() ? Contenders.defaultRows(loops, peers, variants) : rows) {
            try {
                contenders.add(known.of(row));
            } catch (AbsentException e) {
                skipped.put(row, String.valueOf(e.getMessage()));
            } catch (IllegalArgumentException e) {
                throw usage(e);
            }
        }
        return contenders;
    }

    private void onRun(Run run) {
        runs.add(run);
        say(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " round " + run.round() + ' ' + run.row() + ' ' + run.test()
                + ": "
                + (run.hasFigures()
                        ? Spread.number(run.perSecond()) + "/s, " + Spread.number(run.cpuMicros()) + " CPU-µs, p50 "
                                + Spread.number(run.p50Micros()) + " µs, p99 " + Spread.number(run.p99Micros()) + " µs"
                                + (run.errors().isEmpty() ? "" : ", errors " + run.errors())
                        : run.failure()));
    }

    private void write(Report report, Path json) throws IOException {
        String tables = new MarkdownTables(report).text();
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), report);
        Path markdown = json.resolveSibling(String.valueOf(json.getFileName()).replaceFirst("(\\.json)?$", ".md"));
        Files.writeString(markdown, tables);
        say("");
        say(tables);
        say("Every run is in " + json + ", the tables are in " + markdown);
    }

    private void say(String line) {
        PrintWriter output = spec.commandLine().getOut();
        output.println(line);
        output.flush();
    }
}
