package io.wsrouter.bench.growth;

import io.wsrouter.bench.compare.Processors;
import io.wsrouter.bench.load.Machine;
import io.wsrouter.bench.load.ProcessInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how costs grow. Exit codes: 0 measured, 1 a message went wrong, 2 a usage error or a failure. */
@Command(
        name = "bench growth",
        description = "Measures what a message or a connection costs a router in a process of its own as one thing"
                + " grows, and draws it. See docs/sizing.md.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpWidth = 110)
public final class GrowthMain implements Callable<Integer> {

    private static final int FEWEST_TO_SHARE = 4;

    @Parameters(
            arity = "0..*",
            paramLabel = "AXIS",
            description = "connections, connections-per-user, subscribers, size, loops (processor time), memory,"
                    + " subscriptions (live heap and resident memory); all without one.")
    private List<String> words = List.of();

    @Option(names = "--seconds", defaultValue = "1.5", paramLabel = "S", description = "Of each sample; default 1.5.")
    private double seconds;

    @Option(names = "--rounds", defaultValue = "3", paramLabel = "N", description = "Samples of each point; default 3.")
    private int rounds;

    @Option(
            names = "--cpus",
            paramLabel = "SERVER:LOAD",
            description = "Processors such as 0-1:2-3, or none for all; default: half for each where there are four.")
    private @Nullable String cpus;

    @Option(names = "--set", paramLabel = "K=V", description = "A setting of the router.")
    private List<String> settings = List.of();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Of the results; axes that are not measured now stay as they are. Default:"
                    + " router-bench/target/bench/growth.json")
    private @Nullable Path out;

    @Option(names = "--plots", paramLabel = "DIRECTORY", description = "Of the plots; default: that of the results.")
    private @Nullable Path plots;

    @Option(names = "--home", required = true, hidden = true)
    private Path home;

    /** What this process may use before it confines itself. */
    private final Processors allowed = Processors.allowed();

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the options and the spec
    GrowthMain() {}

    /** Measures as the arguments say and exits with its code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new GrowthMain()).setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(failure instanceof RuntimeException ? failure : failure.getMessage());
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<GrowthAxis> axes = axes();
        if (rounds < 1 || !(seconds > 0 && seconds <= 60)) {
            throw new ParameterException(
                    spec.commandLine(), "expected --rounds from 1 and --seconds above 0, up to 60");
        }
        Path file = out == null ? home.resolve("router-bench/target/bench/growth.json") : out;
        GrowthResult result = GrowthResult.read(file);
        boolean isFaultless = true;
        for (GrowthAxis axis : axes) {
            GrowthResult.Curves curves = measure(axis);
            result.axes().put(axis.word(), curves);
            result.write(file);
            draw(axis, curves, plots == null ? file.resolveSibling("") : plots);
            say("");
            say(Presentation.table(axis, curves));
            isFaultless &= curves.points().stream()
                    .flatMap(point -> point.samples().stream())
                    .allMatch(sample -> sample.faults().isEmpty());
        }
        say("Every sample is in " + file);
        return isFaultless ? 0 : 1;
    }

    private List<GrowthAxis> axes() {
        try {
            return GrowthAxis.of(words);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private GrowthResult.Curves measure(GrowthAxis axis) throws IOException, InterruptedException {
        String startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Halves halves = axis.isMemory() ? Halves.NONE : halves(axis.mostLoops());
        if (halves.load != null) {
            halves.load.occupy();
        } else if (!Processors.allowed().equals(allowed)) {
            allowed.occupy();
        }
        List<GrowthResult.Point> points;
        List<String> set;
        try (LoadCurves load = new LoadCurves(home, halves.server, halves.loadLoops(), settings, this::say)) {
            set = load.settings();
            points = axis.isMemory() ? new MemoryCurves(home).measure(axis) : load.measure(axis, seconds, rounds);
        }
        return new GrowthResult.Curves(
                startedAt,
                command(axis),
                new GrowthResult.Conditions(
                        Machine.here(),
                        ProcessInfo.here(),
                        halves.server == null ? "" : halves.server.list(),
                        axis.isMemory() ? List.of() : set,
                        axis.isMemory() ? 0 : seconds),
                points);
    }

    private List<String> command(GrowthAxis axis) {
        List<String> command = new ArrayList<>(List.of("scripts/bench", "growth", axis.word()));
        if (!axis.isMemory()) {
            command.addAll(List.of("--seconds", String.valueOf(seconds), "--rounds", String.valueOf(rounds)));
            if (cpus != null) {
                command.addAll(List.of("--cpus", cpus));
            }
            settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        }
        return command;
    }

    // ---- processors

    /** Those of the router and those of this process; null for all. */
    private record Halves(
            @Nullable Processors server, @Nullable Processors load) {

        static final Halves NONE = new Halves(null, null);

        int loadLoops() {
            return load == null ? GrowthAxis.DEFAULT_LOOPS : load.numbers().size();
        }
    }

    /** A half for the router, or as many as it has loops, if one is left. */
    private Halves halves(int serverLoops) {
        if (cpus != null) {
            return given(cpus);
        }
        List<Integer> all = allowed.numbers();
        if (all.size() < FEWEST_TO_SHARE) {
            return Halves.NONE;
        }
        int servers = Math.min(all.size() - 1, Math.max(all.size() / 2, serverLoops));
        return new Halves(new Processors(all.subList(0, servers)), new Processors(all.subList(servers, all.size())));
    }

    private Halves given(String text) {
        if (text.equals("none")) {
            return Halves.NONE;
        }
        if (!text.matches("[0-9,-]+:[0-9,-]+")) {
            throw new ParameterException(
                    spec.commandLine(), "--cpus " + text + " (expected none, or lists such as 0-1:2-3)");
        }
        String[] both = text.split(":", -1);
        return new Halves(Processors.parse(both[0]), Processors.parse(both[1]));
    }

    // ---- results

    private void draw(GrowthAxis axis, GrowthResult.Curves curves, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("growth-" + axis.word() + ".svg"), Presentation.svg(axis, curves));
    }

    private void say(String line) {
        PrintWriter output = spec.commandLine().getOut();
        output.println(line);
        output.flush();
    }
}
