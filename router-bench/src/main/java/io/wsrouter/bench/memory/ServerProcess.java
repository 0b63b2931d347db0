package io.wsrouter.bench.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a JVM of its own, which can be asked for its memory. */
final class ServerProcess implements AutoCloseable {

    private static final Pattern LISTENS = Pattern.compile("listens on wss?://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");
    private static final Pattern COMMITTED =
            Pattern.compile("(?m)^-\\s+(\\S.*?) \\(reserved=\\d+KB, committed=(\\d+)KB\\)");
    private static final long START_SECONDS = 60;
    private static final long END_SECONDS = 15;

    private final Process process;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    /**
     * Starts {@code command} and waits until it says where it listens. What it prints goes to {@code log}.
     *
     * @param javaOptions further flags for its JVM, separated by blanks
     */
    ServerProcess(List<String> command, String javaOptions, Path log) throws IOException, InterruptedException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("WSROUTER_"));
        builder.environment().merge("JAVA_OPTS", javaOptions, (given, ours) -> given + " " + ours);
        process = builder.start();
        Thread reader = new Thread(() -> readOutput(log), "server-output");
        reader.setDaemon(true);
        reader.start();
        try {
            port.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            close();
            throw new IOException("the server does not listen; see " + log, e);
        }
    }

    private void readOutput(Path log) {
        try (BufferedReader output = process.inputReader(UTF_8);
                PrintWriter copy = new PrintWriter(Files.newBufferedWriter(log), true)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                copy.println(line);
                Matcher listens = LISTENS.matcher(line);
                if (listens.find()) {
                    port.complete(Integer.parseInt(listens.group(1)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            port.completeExceptionally(new IOException("the server has ended"));
        }
    }

    int port() {
        return port.join();
    }

    /** Its live objects; a full collection goes before. */
    Histogram histogram() throws IOException {
        return Histogram.parse(jcmd("GC.class_histogram"));
    }

    /** The memory that it has in use. */
    long residentBytes() throws IOException {
        Matcher matcher = RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
        if (!matcher.find()) {
            throw new IOException("/proc/" + process.pid() + "/status (expected a line VmRSS)");
        }
        return Long.parseLong(matcher.group(1)) << 10;
    }

    /** Committed bytes by area; empty unless it runs with {@code -XX:NativeMemoryTracking=summary}. */
    Map<String, Long> nativeBytes() throws IOException {
        Map<String, Long> areas = new TreeMap<>();
        Matcher matcher = COMMITTED.matcher(jcmd("VM.native_memory", "summary"));
        while (matcher.find()) {
            areas.put(matcher.group(1), Long.parseLong(matcher.group(2)) << 10);
        }
        return areas;
    }

    private String jcmd(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()))
                .redirectErrorStream(true);
        builder.command().addAll(List.of(command));
        return new String(builder.start().getInputStream().readAllBytes(), UTF_8);
    }

    @Override
    public void close() {
        process.toHandle().destroy();
        process.onExit()
                .completeOnTimeout(process, END_SECONDS, TimeUnit.SECONDS)
                .join();
        process.destroyForcibly();
    }
}
