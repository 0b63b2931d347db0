package io.wsrouter.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a naive router in a process of its own, until SIGTERM. */
@Command(
        name = "naive-router",
        description =
                "A router as an afternoon with Netty gives it, to measure beside and to test a load generator with.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class NaiveRouterMain implements Callable<Integer> {

    @Option(names = "--port", defaultValue = "0", description = "Where it listens on loopback; 0: a free port.")
    private int port;

    @Option(names = "--loops", defaultValue = "2", description = "Its threads.")
    private int loops;

    @Option(names = "--secret-file", required = true, description = "The HMAC secret of the tokens, 32 bytes or more.")
    private Path secretFile;

    @Option(
            names = "--faults",
            defaultValue = "",
            description = "drop=N,duplicate=N,swap=N,misdeliver=N,corrupt=N: does so with every Nth delivery.")
    private String faults;

    @Option(names = "--seed", defaultValue = "1", description = "Chooses where the faults begin.")
    private long seed;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the options and the spec
    private NaiveRouterMain() {}

    /** Runs until SIGTERM; then tells how often each fault was carried out. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new NaiveRouterMain()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        FaultPlan plan = plan();
        try (NaiveRouter router =
                NaiveRouter.start(port, loops, Files.readString(secretFile).strip(), plan)) {
            say("listens on ws://127.0.0.1:" + router.port() + "/ws");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> tell(plan)));
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private FaultPlan plan() {
        try {
            return FaultPlan.parse(faults, seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--faults: " + e.getMessage(), e);
        }
    }

    private void tell(FaultPlan plan) {
        Arrays.stream(Fault.values())
                .filter(fault -> plan.count(fault) > 0)
                .forEach(fault -> say(fault.word() + '=' + plan.count(fault)));
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
