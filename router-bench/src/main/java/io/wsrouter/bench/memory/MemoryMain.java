package io.wsrouter.bench.memory;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Measures what an idle connection costs. Exit codes: 0 measured and nothing leaks, 1 something stays of connections that are
 * closed, 2 a usage error.
 */
@Command(
        name = "bench memory",
        description = "Tells, class by class, what an idle connection costs a router in a process of its own.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class MemoryMain implements Callable<Integer> {

    private static final int MOST_CONNECTIONS = 19_800;

    @Option(
            names = "--connections",
            defaultValue = "10000",
            split = ",",
            paramLabel = "N",
            description = "How many; several, ascending, tell how memory grows.")
    private List<Integer> connections;

    @Option(
            names = "--subscriptions",
            defaultValue = "0",
            split = ",",
            paramLabel = "S",
            description = "Topics that each subscribes to; each of several has a router of its own.")
    private List<Integer> subscriptions;

    @Option(
            names = "--topics",
            defaultValue = "1000",
            paramLabel = "T",
            description = "Topics in all; 0: each connection has its own.")
    private int topics;

    @Option(names = "--grants", description = "Tokens have grants; with subscriptions they always do.")
    private boolean hasGrants;

    @Option(names = "--used", description = "Each has published once, to itself.")
    private boolean isUsed;

    @Option(
            names = "--tls",
            arity = "0..1",
            fallbackValue = "BORINGSSL",
            paramLabel = "PROVIDER",
            description = "Over TLS, by BORINGSSL or JDK.")
    private TlsFiles.@Nullable Provider tls;

    @Option(names = "--bare", description = "Netty's channel alone, without a router: the floor.")
    private boolean isBare;

    @Option(names = "--lines", defaultValue = "40", paramLabel = "L", description = "At most so many classes.")
    private int lines;

    @Option(names = "--home", required = true, hidden = true)
    private Path home;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the options and the spec
    private MemoryMain() {}

    /** Measures as the arguments say and exits with its code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new MemoryMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        checkOptions();
        PrintWriter out = spec.commandLine().getOut();
        List<Measurement> measurements = new ArrayList<>();
        for (int each : subscriptions) {
            IdleClients.Behaviour behaviour = new IdleClients.Behaviour(isBare, hasGrants, each, topics, isUsed);
            Measurement measurement = new MeasuredRun(home, behaviour, isBare ? null : tls).measure(connections);
            measurement.print(out, lines);
            measurements.add(measurement);
        }
        write(measurements, out);
        return measurements.stream().allMatch(Measurement::leaksNothing) ? 0 : 1;
    }

    private void checkOptions() {
        boolean isAscending = connections.stream().sorted().distinct().toList().equals(connections);
        if (!isAscending || connections.get(0) < 1 || connections.get(connections.size() - 1) > MOST_CONNECTIONS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--connections " + connections + " (expected 1 to " + MOST_CONNECTIONS + ", ascending)");
        }
    }

    private void write(List<Measurement> measurements, PrintWriter out) throws IOException {
        Path json = home.resolve("router-bench/target/bench/memory.json");
        Files.createDirectories(json.getParent());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), measurements);
        out.printf(Locale.ROOT, "%nwritten to %s%n", home.relativize(json));
        out.flush();
    }
}
