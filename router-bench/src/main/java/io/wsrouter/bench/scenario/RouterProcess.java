package io.wsrouter.bench.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A router in a process of its own, started as an operator would. What it prints goes to a log file and is counted. */
public final class RouterProcess implements AutoCloseable {

    private static final Pattern LISTENS =
            Pattern.compile("listens on ws://127\\.0\\.0\\.1:(\\d+)/ws, internal port http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern REFUSAL = Pattern.compile("\"event\":\"(denied|owner_mismatch)\"");
    private static final Pattern LEFT_OUT =
            Pattern.compile("\"event\":\"log_dropped\",\"of\":\"(?:denied|owner_mismatch)\",\"count\":(\\d+)"
                    + "|\"event\":\"(?:denied|owner_mismatch)\".*\"detail\":\"(\\d+) more left out\"");
    private static final Pattern TOTAL_OF_HISTOGRAM = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

    private final Path directory;
    private final String secret;
    private final Process process;
    private final CompletableFuture<Matcher> listening = new CompletableFuture<>();
    private final AtomicLong leaks = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicLong refusalsLogged = new AtomicLong();
    private final AtomicLong entriesLeftOut = new AtomicLong();

    private RouterProcess(Path directory, String secret, Process process, Path log) {
        this.directory = directory;
        this.secret = secret;
        this.process = process;
        Thread reader = new Thread(() -> readOutput(log), "router-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a router on free ports of loopback, without limits on rates, and waits until it listens.
     *
     * @param script runs a command of the router
     * @param log where its output goes
     * @param javaOptions for its JVM, separated by blanks
     * @param settings further {@code key=value} for its configuration
     */
    public static RouterProcess start(
            Path script, Path log, String javaOptions, List<String> settings, Deadline deadline)
            throws IOException, InterruptedException {
        return start(List.of(script.toString()), log, javaOptions, settings, deadline);
    }

    /** The same, by a command that may have something in front of the script, such as {@code taskset}. */
    public static RouterProcess start(
            List<String> launcher, Path log, String javaOptions, List<String> settings, Deadline deadline)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("ws-router-scenario");
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String secret = HexFormat.of().formatHex(random);
        Path secretFile = Files.createFile(
                directory.resolve("secret"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(secretFile, secret);
        Path config = Files.writeString(directory.resolve("router.yaml"), configuration(secretFile));
        Files.createDirectories(log.toAbsolutePath().getParent());
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of("serve", "--config", config.toString()));
        settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("WSROUTER_"));
        builder.environment().merge("JAVA_OPTS", javaOptions, (given, ours) -> given + " " + ours);
        RouterProcess router = new RouterProcess(directory, secret, builder.start(), log);
        try {
            deadline.await("the router to listen", router.listening);
        } catch (InterruptedException | RuntimeException e) {
            router.close();
            throw e;
        }
        return router;
    }

    private static String configuration(Path secretFile) {
        return """
                node: scenario
                public: {host: 127.0.0.1, port: 0}
                internal: {host: 127.0.0.1, port: 0}
                degradation: {enabled: false}
                auth:
                  hmac-secret-file: %s
                limits:
                  connections-per-user: unlimited
                  connections-per-ip: unlimited
                  handshakes-per-second: unlimited
                  failed-handshakes-per-second-per-ip: unlimited
                  messages-per-second: unlimited
                  messages-per-second-per-user: unlimited
                """.formatted(secretFile);
    }

    private void readOutput(Path log) {
        String last = "";
        try (BufferedReader output = process.inputReader(UTF_8);
                PrintWriter copy = new PrintWriter(Files.newBufferedWriter(log), true)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                copy.println(line);
                onLine(line);
                last = line.isBlank() ? last : line;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            String said = last.isEmpty() ? "" : ", having said: " + last;
            listening.completeExceptionally(new ScenarioException("the router ended" + said + "; see " + log));
        }
    }

    private void onLine(String line) {
        Matcher ports = LISTENS.matcher(line);
        if (ports.find()) {
            listening.complete(ports);
        }
        Matcher leftOut = LEFT_OUT.matcher(line);
        if (leftOut.find()) {
            String count = leftOut.group(1) == null ? leftOut.group(2) : leftOut.group(1);
            entriesLeftOut.addAndGet(Long.parseLong(count));
        } else if (REFUSAL.matcher(line).find()) {
            refusalsLogged.incrementAndGet();
        }
        if (line.contains("LEAK:")) {
            leaks.incrementAndGet();
        } else if (line.contains(" ERROR ")) {
            errors.incrementAndGet();
        }
    }

    /** Where clients connect. */
    public int publicPort() {
        return Integer.parseInt(listening.join().group(1));
    }

    /** Where operators ask. */
    public int internalPort() {
        return Integer.parseInt(listening.join().group(2));
    }

    /** What it verifies tokens with. */
    public String secret() {
        return secret;
    }

    /** Its process. */
    public long pid() {
        return process.pid();
    }

    /** The lines of its output so far that report a leak. */
    long leaks() {
        return leaks.get();
    }

    /** The lines of its output so far that report an error. */
    long errors() {
        return errors.get();
    }

    /** The lines of its security log so far that report a denied publish or a claim of another identity. */
    long refusalsLogged() {
        return refusalsLogged.get();
    }

    /** How many entries its security log says it has left out. */
    long entriesLeftOut() {
        return entriesLeftOut.get();
    }

    /** The memory that it has in use, in MiB; zero where the system does not tell. */
    long residentMiB() throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        if (!Files.exists(status)) {
            return 0;
        }
        Matcher matcher = RESIDENT.matcher(Files.readString(status));
        return matcher.find() ? Long.parseLong(matcher.group(1)) >> 10 : 0;
    }

    /** The processor time that it has used; in steps of a hundredth of a second. */
    double cpuSeconds() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
    }

    /** Collects its garbage and tells the bytes of what is left. */
    long liveHeapBytes(Deadline deadline) throws IOException, InterruptedException {
        Matcher total = TOTAL_OF_HISTOGRAM.matcher(diagnose("GC.class_histogram", deadline));
        if (!total.find()) {
            throw new ScenarioException("jcmd GC.class_histogram printed no total");
        }
        return Long.parseLong(total.group(1));
    }

    /** Collects its garbage. */
    void collectGarbage(Deadline deadline) throws IOException, InterruptedException {
        diagnose("GC.run", deadline);
    }

    private String diagnose(String command, Deadline deadline) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process diagnosis = new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), command)
                .redirectErrorStream(true)
                .start();
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> readAll(diagnosis));
        return deadline.await("jcmd " + command, output);
    }

    private static String readAll(Process ending) {
        try {
            return new String(ending.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it with SIGTERM and checks that it leaves within its time with exit code 0. */
    void terminate(Verdict verdict) throws InterruptedException {
        long start = System.nanoTime();
        process.toHandle().destroy(); // process.destroy() would close its output, too
        boolean hasEnded = process.waitFor(45, TimeUnit.SECONDS);
        double seconds = (System.nanoTime() - start) / 1e9;
        String code = hasEnded ? Integer.toString(process.exitValue()) : "none";
        verdict.check(
                code.equals("0"),
                "SIGTERM: exit code %s after %s s (expected 0)",
                code,
                String.format(Locale.ROOT, "%.1f", seconds));
    }

    /** Kills it if it still runs, and removes its secret and configuration. */
    @Override
    public void close() throws IOException {
        if (process.isAlive()) {
            process.destroyForcibly();
        }
        process.onExit()
                .orTimeout(Duration.ofSeconds(10).toSeconds(), TimeUnit.SECONDS)
                .join();
        for (String file : List.of("secret", "router.yaml")) {
            Files.deleteIfExists(directory.resolve(file));
        }
        Files.deleteIfExists(directory);
    }
}
