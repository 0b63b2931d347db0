package io.wsrouter.bench.load;

import io.wsrouter.config.Secret;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The processes of a run: those it starts on this machine, and those that join it from others. */
final class Crew implements AutoCloseable {

    private static final int JOIN_MILLIS = 30_000;
    private static final long END_SECONDS = 10;

    private final ServerSocket door;
    private final Secret secret;
    private final Consumer<String> say;
    private final List<Process> processes = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();

    private Crew(ServerSocket door, Secret secret, Consumer<String> say) {
        this.door = door;
        this.secret = secret;
        this.say = say;
    }

    /**
     * Gathers workers that are ready for a run.
     *
     * @param local how many processes to start
     * @param guests how many more join from elsewhere
     * @param listen where they join; port 0 for any
     * @param guestSeconds how long they may take
     * @param say tells where to join
     */
    static Crew gather(
            int local, int guests, InetSocketAddress listen, double guestSeconds, Secret secret, Consumer<String> say)
            throws IOException {
        ServerSocket door = new ServerSocket();
        Crew crew = new Crew(door, secret, say);
        try {
            door.bind(listen);
            crew.startLocal(local);
            if (guests > 0) {
                say.accept("waiting for " + guests + " to join at port " + door.getLocalPort());
                crew.admit(local + guests, (int) (1000 * guestSeconds));
            }
            return crew;
        } catch (IOException | RuntimeException e) {
            crew.close();
            throw e;
        }
    }

    List<Worker> workers() {
        return List.copyOf(workers);
    }

    private void startLocal(int count) throws IOException {
        Path file = Files.createTempFile(
                "ws-router-load",
                ".secret",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(file, secret.bytes());
            for (int i = 0; i < count; i++) {
                processes.add(start(file));
            }
            admit(count, JOIN_MILLIS);
        } finally {
            Files.delete(file);
        }
    }

    private Process start(Path secretFile) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LoadMain.class.getName()));
        String host = door.getInetAddress().isAnyLocalAddress()
                ? "127.0.0.1"
                : door.getInetAddress().getHostAddress();
        command.addAll(List.of(
                "load", "--join", host + ':' + door.getLocalPort(), "--token-secret-file", secretFile.toString()));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Until so many workers are there. Who does not have the secret is turned away. */
    private void admit(int count, int withinMillis) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(withinMillis);
        while (workers.size() < count) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            door.setSoTimeout((int) Math.max(1, left));
            try {
                Socket socket = door.accept();
                workers.add(new RemoteWorker(WorkerLink.lead(socket, secret)));
                if (workers.size() > processes.size()) {
                    say.accept(
                            workers.size() - processes.size() + " of " + (count - processes.size()) + " have joined");
                }
            } catch (SocketTimeoutException e) {
                throw new IOException(
                        workers.size() + " of " + count + " processes have joined within " + withinMillis / 1e3 + " s",
                        e);
            } catch (IOException e) {
                say.accept("turned somebody away: " + e.getMessage());
                if (left <= 0) {
                    throw e;
                }
            }
        }
    }

    /** Ends what it has started. */
    @Override
    public void close() throws IOException {
        door.close();
        for (Worker worker : workers) {
            worker.close();
        }
        for (Process process : processes) {
            end(process);
        }
    }

    private static void end(Process process) throws IOException {
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
