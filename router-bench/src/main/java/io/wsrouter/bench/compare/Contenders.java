package io.wsrouter.bench.compare;

import io.wsrouter.bench.peer.NaiveRouterMain;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Knows how each server is started. */
final class Contenders {

    static final String ROWS =
            "router, router-receipts, router-one-sub, router-tls, router-jdk17, floorN (a floor in C with N"
                    + " threads), naive, nats, or the name of a peer or variant";

    private static final String WS_ROUTER = "ws-router";
    private static final String JAVA_HOME = "JAVA_HOME";

    private final Path home;
    private final @Nullable Path jdk17;
    private final Workspace workspace;
    private final int loops;
    private final List<PeerOption> peers;
    private final List<VariantOption> variants;

    /**
     * For the project in {@code home}.
     *
     * @param jdk17 where a JDK 17 is, or null
     * @param loops threads of each server that has a choice
     */
    Contenders(
            Path home,
            @Nullable Path jdk17,
            Workspace workspace,
            int loops,
            List<PeerOption> peers,
            List<VariantOption> variants) {
        this.home = home;
        this.jdk17 = jdk17;
        this.workspace = workspace;
        this.loops = loops;
        this.peers = peers;
        this.variants = variants;
    }

    /** What is compared unless the user says otherwise. */
    static List<String> defaultRows(int loops, List<PeerOption> peers, List<VariantOption> variants) {
        List<String> rows = new ArrayList<>(List.of("router", "floor1"));
        if (loops > 1) {
            rows.add("floor" + loops);
        }
        rows.addAll(List.of("naive", "nats"));
        variants.forEach(variant -> rows.add(variant.name()));
        peers.forEach(peer -> rows.add(peer.name()));
        return rows;
    }

    /**
     * The server of a row.
     *
     * @throws AbsentException when something of it is missing
     * @throws IllegalArgumentException when there is no such row
     */
    Contender of(String row) throws AbsentException, IOException {
        Optional<PeerOption> peer =
                peers.stream().filter(each -> each.name().equals(row)).findFirst();
        if (peer.isPresent()) {
            return peer(peer.get());
        }
        Optional<VariantOption> variant =
                variants.stream().filter(each -> each.name().equals(row)).findFirst();
        if (variant.isPresent()) {
            return variant(variant.get());
        }
        if (row.matches("floor[1-9][0-9]?")) {
            return floor(row);
        }
        return switch (row) {
            case "router", "router-receipts", "router-one-sub" -> router(row, null);
            case "router-tls" -> {
                workspace.makeCertificate();
                yield router(row, null);
            }
            case "router-jdk17" -> {
                if (jdk17 == null) {
                    throw new AbsentException("no JDK 17 found");
                }
                yield router(row, jdk17);
            }
            case "naive" -> naive();
            case "nats" -> nats();
            default -> throw new IllegalArgumentException("row " + row + " (expected " + ROWS + ")");
        };
    }

    private Contender router(String row, @Nullable Path jdk) throws IOException {
        int port = Workspace.freePort();
        boolean isTls = row.equals("router-tls");
        return new Contender(
                row,
                List.of(
                        home.resolve("scripts/router").toString(),
                        "serve",
                        "--config",
                        workspace.routerConfiguration(row, port, isTls).toString(),
                        "--set",
                        "loops=" + loops),
                jdk == null ? Map.of() : Map.of(JAVA_HOME, jdk.toString()),
                (isTls ? "wss" : "ws") + "://127.0.0.1:" + port + "/ws",
                port,
                WS_ROUTER,
                true,
                row.equals("router-receipts"),
                row.equals("router-one-sub"));
    }

    private Contender variant(VariantOption variant) throws IOException {
        Contender router = router(variant.name(), null);
        List<String> command = new ArrayList<>(router.command());
        variant.settings().forEach(setting -> command.addAll(List.of("--set", setting)));
        return new Contender(
                variant.name(),
                command,
                Map.of("JAVA_OPTS", String.join(" ", variant.flags())),
                router.url(),
                router.port(),
                router.dialect(),
                router.needsWarmup(),
                router.hasReceipts(),
                router.hasOnePublishingUser());
    }

    private Contender floor(String row) throws AbsentException {
        Path program = home.resolve("router-bench/target/floor");
        if (!Files.isExecutable(program)) {
            throw new AbsentException(
                    ServerProcess.find("cc") == null
                            ? "no C compiler (cc is not on the PATH)"
                            : "cc could not compile router-bench/src/main/c/floor.c");
        }
        int port = Workspace.freePort();
        String threads = row.substring("floor".length());
        return plain(row, List.of(program.toString(), String.valueOf(port), threads), port, "/ws", WS_ROUTER, false);
    }

    private Contender naive() {
        int port = Workspace.freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                NaiveRouterMain.class.getName(),
                "--port",
                String.valueOf(port),
                "--loops",
                String.valueOf(loops),
                "--secret-file",
                workspace.secretFile().toString()));
        return plain("naive", command, port, "/ws", WS_ROUTER, true);
    }

    private Contender nats() throws AbsentException, IOException {
        Path program = ServerProcess.find("nats-server");
        if (program == null) {
            throw new AbsentException("nats-server is not on the PATH");
        }
        int port = Workspace.freePort();
        List<String> command = List.of(
                program.toString(), "-c", workspace.natsConfiguration(port).toString());
        return plain("nats", command, port, "/", "nats", false);
    }

    /** Its command may name what it cannot know: {@code {secret-file}} and {@code {loops}}. */
    private Contender peer(PeerOption peer) throws AbsentException {
        List<String> command = List.of(peer.command()
                .strip()
                .replace("{secret-file}", workspace.secretFile().toString())
                .replace("{loops}", String.valueOf(loops))
                .split("\\s+"));
        String program = command.get(0);
        boolean isThere =
                program.contains("/") ? Files.isExecutable(Path.of(program)) : ServerProcess.find(program) != null;
        if (!isThere) {
            throw new AbsentException(program + " cannot be run");
        }
        String path = peer.protocol().equals(WS_ROUTER) ? "/ws" : "/";
        return plain(peer.name(), command, peer.port(), path, peer.protocol(), true);
    }

    private static Contender plain(
            String row, List<String> command, int port, String path, String dialect, boolean needsWarmup) {
        return new Contender(
                row, command, Map.of(), "ws://127.0.0.1:" + port + path, port, dialect, needsWarmup, false, false);
    }
}
