package io.wsrouter.bench.load;

import io.wsrouter.bench.report.HtmlReport;
import io.wsrouter.bench.scenario.Deadline;
import io.wsrouter.bench.scenario.RouterProcess;
import io.wsrouter.config.Secret;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a load scenario or a mix of them, and writes what was seen to a file. Exit 1 when something was wrong. */
@Command(
        name = "load",
        description = "Loads a server, by default a router of its own, and checks every message. See docs/load.md.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpWidth = 110)
final class LoadCommand implements Callable<Integer> {

    private static final String MIX = "mix";
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_PROCESSES = 64;
    private static final int JOIN_MILLIS = 20_000;
    private static final int LEAST_SECRET_BYTES = 32;
    private static final String SECRET_FILE = "the file of the secret that tokens are signed with, at least 32 bytes";
    private static final String LEADER = "where a run with --hosts waits for others, as it has printed";
    private static final int BYTES_BEYOND = 4 * 1024;
    private static final int LEAST_MESSAGE_BYTES = 64 * 1024;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "SCENARIO",
            description = "unicast, devices, fanout, broadcast, churn, hold, slow, storm, or mix with the file of one.")
    private @Nullable String scenario;

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILE", description = "The mix, in YAML.")
    private @Nullable Path mix;

    @Option(names = "--connections", paramLabel = "N", description = "That receive; default 1000, 50 in slow.")
    private @Nullable Integer connections;

    @Option(
            names = {"--topics", "--users"},
            paramLabel = "N",
            description = "Of fanout, default 10; users of devices, default one for 4 connections.")
    private @Nullable Integer topics;

    @Option(names = "--subscribers", paramLabel = "N", description = "Of each topic, instead of --connections.")
    private @Nullable Integer subscribers;

    @Option(names = "--publishers", paramLabel = "N", description = "Connections that publish; default 16.")
    private @Nullable Integer publishers;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Publishes a second in all, whatever the server does (open loop); default 1000.")
    private @Nullable Double rate;

    @Option(
            names = "--window",
            paramLabel = "N",
            description = "Instead: so many publishes under way for each publisher (closed loop).")
    private @Nullable Integer window;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Of the data of a message, as 4KiB; default 128, in slow 32KiB.")
    private @Nullable String size;

    @Option(
            names = "--receipts",
            negatable = true,
            description = "Ask for receipts and hold them against what came; on by default in slow, storm and churn.")
    private @Nullable Boolean receipts;

    @Option(names = "--one-publishing-user", description = "All publishers are connections of one user.")
    private boolean hasOnePublishingUser;

    @Option(names = "--slow", paramLabel = "N", description = "How many stop reading; default 10.")
    private @Nullable Integer slow;

    @Option(names = "--arrivals", paramLabel = "R", description = "Connections a second of churn; default 100.")
    private @Nullable Double arrivals;

    @Option(names = "--cuts", paramLabel = "N", description = "How often storm cuts all off; default 1.")
    private @Nullable Integer cuts;

    @Option(names = "--warmup", paramLabel = "TIME", description = "Before the measured time; default 2s.")
    private @Nullable String warmup;

    @Option(names = "--duration", paramLabel = "TIME", description = "The measured time; default 10s.")
    private @Nullable String duration;

    @Option(names = "--drain", paramLabel = "TIME", description = "At most, for what is under way; default 10s.")
    private String drain = "10s";

    @Option(names = "--connect-timeout", paramLabel = "TIME", description = "For all to connect; default 60s.")
    private String connectTimeout = "60s";

    @Option(
            names = "--handshake-timeout",
            paramLabel = "TIME",
            description = "For one to be ready, before it is tried again; default 10s.")
    private String handshakeTimeout = "10s";

    @Option(names = "--handshakes-at-once", paramLabel = "N", description = "Of a process; default 200.")
    private int handshakesAtOnce = 200;

    @Option(names = "--processes", paramLabel = "N", description = "Share the load among N processes; default 1.")
    private int processes = 1;

    @Option(names = "--loops", paramLabel = "N", description = "Event loops of a process; default 2.")
    private int loops = 2;

    @Option(names = "--seed", paramLabel = "N", description = "Repeats the random choices of a run.")
    private @Nullable Long seed;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Of the result; default load-SCENARIO.json. The report goes beside it.")
    private @Nullable Path out;

    @Option(names = "--dialect", paramLabel = "NAME", description = "How the server is spoken to; default ws-router.")
    private String dialect = "ws-router";

    @Option(names = "--url", paramLabel = "URL", description = "An existing server: ws://host:port/path.")
    private @Nullable String url;

    @Option(
            names = "--token-secret-file",
            paramLabel = "FILE",
            description = "What its tokens are signed with (HS256).")
    private @Nullable Path secretFile;

    @Option(names = "--pid", paramLabel = "PID", split = ",", description = "Of it, when it is on this machine.")
    private List<Long> pids = List.of();

    @Option(names = "--stats-url", paramLabel = "URL", description = "Its internal port: http://127.0.0.1:9090.")
    private @Nullable String statsUrl;

    @Option(names = "--ca", paramLabel = "FILE", description = "Whom to trust with wss, in PEM.")
    private @Nullable Path certificates;

    @Option(names = "--set", paramLabel = "K=V", description = "A setting of the router that is started.")
    private List<String> settings = List.of();

    @Option(names = "--hosts", paramLabel = "N", description = "Wait for N others to --join, and share the load.")
    private int hosts;

    @Option(names = "--listen", paramLabel = "HOST:PORT", description = "Where they join; default 127.0.0.1:0.")
    private String listen = "127.0.0.1:0";

    @Option(names = "--join", paramLabel = "HOST:PORT", description = "Lets a run elsewhere use this machine.")
    private @Nullable String join;

    @Option(names = "--home", hidden = true, description = "The root of the project.")
    private Path home = Path.of(".");

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the options and the spec
    LoadCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (join != null) {
            join(address("join", join));
            return 0;
        }
        requireCrew();
        LoadPlan plan = plan().checked(processes + hosts);
        PrintWriter err = spec.commandLine().getErr();
        err.printf(Locale.ROOT, "seed %d; opening %,d connections%n", plan.seed(), plan.connectionsAtStart());
        LoadResult result = url == null ? runOwn(plan) : run(plan, target(url));
        Path file = out == null ? Path.of("load-" + scenario + ".json") : out;
        ResultFile.write(file, result);
        Path report = HtmlReport.beside(file);
        HtmlReport.write(report, result, file);
        Summary.print(result, spec.commandLine().getOut());
        spec.commandLine().getOut().println("result in " + file + ", report in " + report);
        return result.claims().holds() ? 0 : LoadMain.FOUND;
    }

    private void requireCrew() {
        if (processes < 1 || processes > MOST_PROCESSES) {
            throw new PlanException("processes", processes, "1 to " + MOST_PROCESSES);
        }
        if (hosts < 0 || hosts > MOST_PROCESSES) {
            throw new PlanException("hosts", hosts, "0 to " + MOST_PROCESSES);
        }
        if (hosts > 0 && url == null) {
            throw new PlanException("hosts", hosts, "an existing server beside it, which they can reach: --url");
        }
    }

    // ---- the plan

    private LoadPlan plan() {
        if (scenario == null) {
            throw new PlanException("SCENARIO", "missing", "one of " + LoadScenario.words() + ", mix");
        }
        MixFile file = scenario.equals(MIX) ? mixFile() : null;
        List<GroupPlan> groups = file == null ? List.of(group(scenario)) : file.groups();
        return new LoadPlan(
                dialect,
                seed != null
                        ? seed
                        : file != null && file.seed() != null ? file.seed() : new SplittableRandom().nextLong(1L << 32),
                seconds("warmup", warmup, file == null ? null : file.warmupSeconds(), 2),
                seconds("duration", duration, file == null ? null : file.durationSeconds(), 10),
                Quantity.seconds("drain", drain),
                Quantity.seconds("connect-timeout", connectTimeout),
                Quantity.seconds("handshake-timeout", handshakeTimeout),
                handshakesAtOnce,
                loops,
                hasOnePublishingUser,
                groups);
    }

    private MixFile mixFile() {
        if (mix == null) {
            throw new PlanException("FILE", "missing", "the YAML file of the mix");
        }
        return MixFile.read(mix);
    }

    private static double seconds(String key, @Nullable String given, @Nullable Double inFile, double otherwise) {
        if (given != null) {
            return Quantity.seconds(key, given);
        }
        return inFile == null ? otherwise : inFile;
    }

    private GroupPlan group(String word) {
        GroupOptions options = new GroupOptions(
                connections,
                topics,
                subscribers,
                publishers,
                rate,
                window,
                size == null ? null : Quantity.bytes("size", size),
                receipts,
                slow,
                arrivals,
                cuts);
        return options.plan(word, LoadScenario.of("SCENARIO", word), "");
    }

    // ---- the server

    private LoadTarget target(String given) {
        ServerAddress.parse(given);
        return new LoadTarget(
                given,
                secret(),
                pids,
                statsUrl,
                certificates == null ? null : certificates.toAbsolutePath().toString(),
                false,
                List.of());
    }

    private Secret secret() {
        if (secretFile == null) {
            throw new PlanException("token-secret-file", "missing", SECRET_FILE);
        }
        byte[] secret = read(secretFile);
        int length = secret.length;
        while (length > 0 && (secret[length - 1] == '\n' || secret[length - 1] == '\r')) {
            length--;
        }
        if (length < LEAST_SECRET_BYTES) {
            throw new PlanException("token-secret-file", secretFile + " has " + length + " bytes", SECRET_FILE);
        }
        return Secret.of(Arrays.copyOf(secret, length));
    }

    private static byte[] read(Path secretFile) {
        try {
            return Files.readAllBytes(secretFile);
        } catch (NoSuchFileException e) {
            throw new PlanException("token-secret-file", secretFile + " does not exist", SECRET_FILE);
        } catch (IOException e) {
            throw new PlanException("token-secret-file", secretFile + " cannot be read", SECRET_FILE);
        }
    }

    /** Starts a router that is large enough, without limits on rates. */
    private LoadResult runOwn(LoadPlan plan) throws IOException, InterruptedException {
        List<String> set = new ArrayList<>(
                List.of("limits.message-bytes=" + Math.max(LEAST_MESSAGE_BYTES, mostBytes(plan) + BYTES_BEYOND)));
        set.addAll(settings);
        Path log = home.resolve("router-bench/target/load-router.log");
        try (RouterProcess router = RouterProcess.start(
                home.resolve("scripts/router").toAbsolutePath(), log, "", set, Deadline.after(START_PATIENCE))) {
            return run(
                    plan,
                    new LoadTarget(
                            "ws://127.0.0.1:" + router.publicPort() + "/ws",
                            Secret.of(router.secret()),
                            List.of(router.pid()),
                            "http://127.0.0.1:" + router.internalPort(),
                            null,
                            true,
                            Redaction.of(set)));
        }
    }

    private static int mostBytes(LoadPlan plan) {
        return plan.groups().stream().mapToInt(GroupPlan::sizeBytes).max().orElse(0);
    }

    // ---- the workers

    private LoadResult run(LoadPlan plan, LoadTarget target) throws IOException {
        List<String> command = new ArrayList<>(List.of(spec.parent().name(), spec.name()));
        command.addAll(
                Redaction.of(withoutHome(spec.commandLine().getParseResult().originalArgs())));
        PrintWriter err = spec.commandLine().getErr();
        try (Progress progress = new Progress(err, Progress.isErrorTerminal())) {
            if (processes <= 1 && hosts == 0) {
                List<Worker> here = List.of(new LocalWorker(ServerProbe.minter(target.secret())));
                return LoadRun.run(plan, target, here, command, progress::onSecond);
            }
            try (Crew crew = Crew.gather(
                    processes,
                    hosts,
                    address("listen", listen),
                    plan.connectSeconds(),
                    target.secret(),
                    err::println)) {
                return LoadRun.run(plan, target, crew.workers(), command, progress::onSecond);
            }
        }
    }

    private static List<String> withoutHome(List<String> arguments) {
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).equals("--home")) {
                i++;
            } else {
                shown.add(arguments.get(i));
            }
        }
        return shown;
    }

    private void join(InetSocketAddress leader) throws IOException {
        Secret secret = secret();
        try (Socket socket = new Socket()) {
            connect(socket, leader);
            try (WorkerLink link = WorkerLink.join(socket, secret);
                    Worker worker = new LocalWorker(ServerProbe.minter(secret))) {
                RemoteWorker.serve(link, worker);
            }
        }
    }

    private static void connect(Socket socket, InetSocketAddress leader) {
        String to = leader.getHostString() + ':' + leader.getPort();
        try {
            socket.connect(leader, JOIN_MILLIS);
        } catch (UnknownHostException e) {
            throw new PlanException("join", to + ", an unknown host", LEADER);
        } catch (IOException e) {
            throw new PlanException("join", to + ", " + e.getMessage(), LEADER);
        }
    }

    private static InetSocketAddress address(String key, String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 0xffff) {
            throw new PlanException(key, text, "HOST:PORT");
        }
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(port));
    }
}
