package io.wsrouter.bench.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What is needed to repeat a comparison or to judge it. */
final class Facts {

    private final Path home;
    private final @Nullable Processors servers;
    private final CommandSpec spec;

    Facts(Path home, @Nullable Processors servers, CommandSpec spec) {
        this.home = home;
        this.servers = servers;
        this.spec = spec;
    }

    Map<String, String> collect(List<Contender> contenders) throws IOException, InterruptedException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("command", "scripts/bench compare " + arguments());
        facts.put(
                "machine", processor() + ", " + System.getProperty("os.name") + ' ' + System.getProperty("os.version"));
        facts.put(
                "processors",
                servers == null
                        ? Runtime.getRuntime().availableProcessors() + ", shared by server and load"
                        : "servers on " + servers.list() + ", load on the others");
        facts.put(
                "java",
                Runtime.version() + " "
                        + String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
        facts.put("commit", firstLine(List.of("git", "-C", home.toString(), "describe", "--always", "--dirty")));
        for (Contender contender : contenders) {
            if (contender.dialect().equals("nats")) {
                facts.put(contender.row(), firstLine(List.of(contender.command().get(0), "--version")));
            } else if (contender.row().startsWith("floor")) {
                facts.put("cc", firstLine(List.of("cc", "--version")));
            }
        }
        return facts;
    }

    private String arguments() {
        List<String> given = spec.commandLine().getParseResult().originalArgs();
        int hidden = given.indexOf("--home");
        return String.join(" ", hidden < 0 ? given : given.subList(0, hidden));
    }

    private static String processor() throws IOException {
        Path cpuInfo = Path.of("/proc/cpuinfo");
        return !Files.isReadable(cpuInfo)
                ? System.getProperty("os.arch", "unknown")
                : Files.readAllLines(cpuInfo).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch", "unknown"));
    }

    private static String firstLine(List<String> command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            return process.waitFor() == 0 ? output.lines().findFirst().orElse("unknown") : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }
}
