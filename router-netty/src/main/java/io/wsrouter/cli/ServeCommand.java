package io.wsrouter.cli;

import io.wsrouter.config.ConfigSources;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.server.DevMode;
import io.wsrouter.server.RouterServer;
import io.wsrouter.server.StartCheck;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the router until SIGTERM or SIGINT, then closes every connection and exits 0. */
@Command(name = "serve", description = "Runs the router until SIGTERM or SIGINT.", mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

    @Mixin
    private ConfigOptions options;

    @Option(names = "--dev", description = "On loopback, with a random key, a demo page and ready-made tokens.")
    private boolean isDev;

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the options and the spec
    ServeCommand() {}

    @Override
    public Integer call() throws BindException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        ConfigSources sources = options.sources();
        if (isDev) {
            DevMode dev = DevMode.start(sources);
            endOnSignal(dev.server());
            out.println(listening(dev.server(), dev.config()));
            out.println(dev.greeting());
        } else {
            StartCheck check = StartCheck.of(sources);
            check.warnings().forEach(warning -> spec.commandLine().getErr().println("warning: " + warning));
            RouterConfig config = check.config();
            RouterServer server = RouterServer.start(config);
            endOnSignal(server);
            out.println(listening(server, config));
        }
        out.flush();
        new CountDownLatch(1).await();
        return 0;
    }

    /** A hook runs on SIGTERM and SIGINT. Halting in it makes the exit code 0, which signals would make 143 or 130. */
    private static void endOnSignal(RouterServer server) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                server.close();
                            } finally {
                                Runtime.getRuntime().halt(0);
                            }
                        },
                        "ws-router-shutdown"));
    }

    private static String listening(RouterServer server, RouterConfig config) {
        double seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
        return String.format(
                Locale.ROOT,
                "ws-router %s listens on %s://%s:%d%s, internal port http://%s:%d; %s, %d loops, started in %.1f s",
                config.node(),
                config.publicEndpoint().tls() == null ? "ws" : "wss",
                config.publicEndpoint().host(),
                server.publicPort(),
                config.publicEndpoint().path(),
                config.internalEndpoint().host(),
                server.internalPort(),
                server.transport(),
                config.loops(),
                seconds);
    }
}
