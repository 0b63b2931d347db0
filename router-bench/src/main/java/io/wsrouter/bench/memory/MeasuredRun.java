package io.wsrouter.bench.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What two servers tell of their memory. The one is left alone while ever more connections come, and its resident memory is
 * read as an operator would. The other is asked for its live objects, which has it collect its garbage, without connections,
 * with ever more of them, and when all are gone again; there some come and go before anything is measured, so that what the
 * first of them loads is in no figure.
 */
final class MeasuredRun {

    private static final String TRACKING = "-XX:NativeMemoryTracking=summary";
    private static final int WARM_UP_CONNECTIONS = 500;
    private static final long MOST_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long POLL_MILLIS = 200;

    /** A loop may remember the last one that it has seen. */
    private static final int MOST_STALE_SOCKETS = 16;

    private static final String SOCKET = "io.netty.channel.epoll.EpollSocketChannel";

    private final Path home;
    private final IdleClients.Behaviour behaviour;
    private final TlsFiles.@Nullable Provider tls;
    private String secret = "";
    private @Nullable TlsFiles files;

    MeasuredRun(Path home, IdleClients.Behaviour behaviour, TlsFiles.@Nullable Provider tls) {
        this.home = home;
        this.behaviour = behaviour;
        this.tls = tls;
    }

    Measurement measure(List<Integer> connections) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("ws-router-memory");
        try {
            return measure(connections, directory);
        } finally {
            deleteAll(directory);
        }
    }

    private Measurement measure(List<Integer> connections, Path directory) throws IOException, InterruptedException {
        secret = secret();
        files = tls == null ? null : new TlsFiles(directory);
        List<Long> residentBytes = residentBytes(connections, directory);
        try (ServerProcess server = start(directory, TRACKING);
                IdleClients clients = clients(server)) {
            clients.openUpTo(WARM_UP_CONNECTIONS);
            clients.closeAll();
            awaitNoSocket(server);
            Snapshot without = Snapshot.of(server, 0);
            List<Snapshot> with = new ArrayList<>();
            for (int count : connections) {
                clients.openUpTo(count);
                with.add(Snapshot.of(server, count));
            }
            clients.closeAll();
            awaitNoSocket(server);
            Snapshot afterwards = Snapshot.of(server, 0);
            clients.openUpTo(connections.get(connections.size() - 1));
            clients.closeAll();
            awaitNoSocket(server);
            return new Measurement(title(), residentBytes, without, with, afterwards, Snapshot.of(server, 0));
        }
    }

    /** What a server has in use that has just started, and then with ever more connections. */
    private List<Long> residentBytes(List<Integer> connections, Path directory)
            throws IOException, InterruptedException {
        try (ServerProcess server = start(directory, "");
                IdleClients clients = clients(server)) {
            List<Long> resident = new ArrayList<>(List.of(server.residentBytes()));
            for (int count : connections) {
                clients.openUpTo(count);
                resident.add(server.residentBytes());
            }
            return resident;
        }
    }

    private ServerProcess start(Path directory, String javaOptions) throws IOException, InterruptedException {
        Path log = home.resolve("router-bench/target/bench/memory-server.log");
        String provider = tls == TlsFiles.Provider.JDK ? " -Dio.netty.handler.ssl.noOpenSsl=true" : "";
        return new ServerProcess(command(directory, javaOptions), javaOptions + provider, log);
    }

    private IdleClients clients(ServerProcess server) {
        return new IdleClients(server.port(), secret, behaviour, files == null ? null : files.clients());
    }

    private static void awaitNoSocket(ServerProcess server) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (server.histogram().count(SOCKET) > MOST_STALE_SOCKETS) {
            if (System.nanoTime() - start > MOST_CLOSE_NANOS) {
                return; // what is left is told as a leak
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private List<String> command(Path directory, String javaOptions) throws IOException {
        if (behaviour.isBare()) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(flags());
            if (!javaOptions.isEmpty()) {
                command.add(javaOptions);
            }
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), BareServer.class.getName()));
            return command;
        }
        Path config = Files.writeString(directory.resolve("router.yaml"), configuration(secret));
        List<String> command = new ArrayList<>(
                List.of(home.resolve("scripts/router").toString(), "serve", "--config", config.toString()));
        if (files != null) {
            files.settings().forEach(setting -> command.addAll(List.of("--set", setting)));
        }
        return command;
    }

    /** The flags that the launcher gives this process, too. */
    private static List<String> flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments();
    }

    /** The heartbeat is out of the way, because clients that wait for the next histogram answer no ping. */
    private static String configuration(String secret) {
        return """
                node: memory
                public: {host: 127.0.0.1, port: 0}
                internal: {host: 127.0.0.1, port: 0}
                degradation: {enabled: false}
                auth: {hmac-secret: %s}
                heartbeat: {interval: 1h}
                limits:
                  connections-per-ip: unlimited
                  handshakes-per-second: unlimited
                  subscriptions-per-connection: 10000
                  messages-per-second: 1000000
                  messages-per-second-per-user: 1000000
                """.formatted(secret);
    }

    private static String secret() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private String title() {
        if (behaviour.isBare()) {
            return "Netty's channel alone";
        }
        String transport = tls == null ? "plain TCP" : "TLS by " + tls;
        String topics = behaviour.topics() == 0 ? "topics of its own" : "one of " + behaviour.topics() + " topics";
        return transport
                + (behaviour.subscriptions() == 0
                        ? ""
                        : ", " + behaviour.subscriptions() + " subscriptions, each to " + topics)
                + (behaviour.hasGrants() || behaviour.subscriptions() > 0 ? ", token with grants" : "")
                + (behaviour.isUsed() ? ", has published once" : "");
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
