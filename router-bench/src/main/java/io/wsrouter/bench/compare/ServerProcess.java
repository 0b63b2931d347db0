package io.wsrouter.bench.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server in a process of its own. Its output goes to a file. */
final class ServerProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(15);
    private static final int PROBE_MILLIS = 50;

    private final Process process;
    private final Thread killer;

    private ServerProcess(Process process) {
        this.process = process;
        this.killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /**
     * Starts one and waits until it takes connections.
     *
     * @param processors it may use, or null for all
     * @param log where its output goes
     * @throws CompareException when it ends, or does not listen within a minute
     */
    static ServerProcess start(Contender contender, @Nullable Processors processors, Path log)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (processors != null) {
            command.addAll(List.of("taskset", "-c", processors.list()));
        }
        command.addAll(contender.command());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("WSROUTER_"));
        builder.environment().putAll(contender.environment());
        ServerProcess server = new ServerProcess(builder.start());
        try {
            server.awaitPort(contender.port(), log);
        } catch (InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private void awaitPort(int port, Path log) throws InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (!isOpen(port)) {
            if (process.waitFor(PROBE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new CompareException("it ended with " + process.exitValue() + "; see " + log);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new CompareException(
                        "it did not listen on port " + port + " within " + START.toSeconds() + " s; see " + log);
            }
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PROBE_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Its process and all that it has started. */
    List<ProcessHandle> processes() {
        List<ProcessHandle> all = new ArrayList<>(List.of(process.toHandle()));
        process.descendants().forEach(all::add);
        return all;
    }

    /** Ends it with SIGTERM, and kills it when that does not help. */
    @Override
    public void close() {
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroy);
        process.onExit()
                .completeOnTimeout(process, END.toSeconds(), TimeUnit.SECONDS)
                .join();
        all.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
        Runtime.getRuntime().removeShutdownHook(killer);
    }

    /** The file of a program that can be run by its name, or null. */
    static @Nullable Path find(String program) {
        String path = System.getenv("PATH") + ":/usr/local/sbin:/usr/sbin";
        for (String directory : path.split(":", -1)) {
            Path file = Path.of(directory, program);
            if (!directory.isEmpty() && Files.isExecutable(file)) {
                return file;
            }
        }
        return null;
    }
}
