package io.wsrouter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.auth.Grants;
import io.wsrouter.server.Frame;
import io.wsrouter.server.Handshake;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands, each in a process of its own. */
final class RouterMainTest {

    private static final Pattern PORTS = Pattern.compile("://127\\.0\\.0\\.1:([0-9]+)/ws, internal port .*:([0-9]+);");
    private static final String[] SERVE = {
        "serve",
        "--set",
        "public.host=127.0.0.1",
        "--set",
        "public.port=0",
        "--set",
        "internal.port=0",
        "--set",
        "auth.hmac-secret=" + TestServer.SECRET
    };

    @TempDir
    private Path directory;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endAll() {
        processes.forEach(Process::destroyForcibly);
    }

    private record Result(int exitCode, String out, String err) {}

    @Test
    void shouldNotServeWithoutKeys() throws Exception {
        Result result = run("serve");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--dev").contains("auth.hmac-secret").contains("auth.public-key-files");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void shouldListAllErrorsOfTheConfiguration() throws Exception {
        Path file = Files.writeString(directory.resolve("router.yaml"), "public: {prot: 8080}\nloops: many\n");

        Result result = run("serve", "--config", file.toString(), "--set", "limits.message-bytes=big");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err())
                .contains("public.prot")
                .contains("public.port")
                .contains("loops")
                .contains("many")
                .contains("limits.message-bytes")
                .contains("big")
                .doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"public", "internal"})
    void shouldNameThePortThatIsInUse(String section) throws Exception {
        try (TestServer server = TestServer.start()) {
            int taken = server.router().publicPort();
            Result result = run("serve", options(SERVE, "--set", section + ".port=" + taken));

            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.out()).isEmpty();
            assertThat(result.err().lines().filter(line -> !line.startsWith("warning: ")))
                    .singleElement()
                    .asString()
                    .startsWith("cannot listen on 127.0.0.1 port " + taken)
                    .contains(section + ".port");
        }
    }

    @Test
    void shouldCheckTheConfigurationAsServeDoes() throws Exception {
        Path certificate = Files.writeString(directory.resolve("cert.pem"), "none");
        Path file = Files.writeString(
                directory.resolve("router.yaml"),
                "public: {prot: 8080, tls: {certificate: " + certificate + ", key: " + certificate
                        + "}}\nheartbeat: {interval: 2m}\n");
        String[] options = {"--config", file.toString(), "--set", "limits.message-bytes=1GiB"};

        Result checked = run("check-config", options);
        Result served = run("serve", options);

        assertThat(checked.exitCode()).isEqualTo(2);
        assertThat(checked.out()).isEmpty();
        assertThat(checked.err().lines().filter(line -> line.startsWith("error: ")))
                .hasSize(4)
                .anyMatch(line -> line.startsWith("error: public.prot: ") && line.contains("public.port"))
                .anyMatch(line -> line.startsWith("error: public.tls.certificate: "))
                .anyMatch(line -> line.startsWith("error: public.tls.key: "))
                .anyMatch(line -> line.startsWith("error: limits.message-bytes: "));
        assertThat(checked.err()).contains("warning: heartbeat.interval: ");
        assertThat(served.exitCode()).isEqualTo(2);
        assertThat(served.err().replaceAll("(?m)^error: ", "").lines())
                .containsExactlyInAnyOrderElementsOf(
                        checked.err().replaceAll("(?m)^error: ", "").lines().toList());
    }

    @Test
    void shouldSayThatAConfigurationIsFine() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), TestServer.SECRET);

        Result result = run("check-config", "--set", "auth.hmac-secret-file=" + secret);

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("ok" + System.lineSeparator());
    }

    @Test
    void shouldPrintAConfigurationThatItTakesBack() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), TestServer.SECRET);
        Result printed = run(
                "print-config",
                "--set",
                "auth.hmac-secret-file=" + secret,
                "--set",
                "public.port=7001",
                "--set",
                "limits.connections-per-ip=unlimited");
        Path file = Files.writeString(directory.resolve("printed.yaml"), printed.out());

        Result again = run("print-config", "--config", file.toString());
        Result check = run("check-config", "--config", file.toString());

        assertThat(printed.exitCode()).as(printed.err()).isZero();
        assertThat(printed.out()).contains("port: 7001").contains("# --set").contains("# default");
        assertThat(withoutSources(again.out())).isEqualTo(withoutSources(printed.out()));
        assertThat(check.exitCode()).as(check.err()).isZero();
    }

    private static String withoutSources(String yaml) {
        return yaml.replaceAll("(?m) +# [^#]*$", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256 of a secret in an argument", "and in a file"})
    void shouldMintATokenThatTheServerTakes(String how) throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), TestServer.SECRET + "\n");
        String source =
                how.contains("file") ? "auth.hmac-secret-file=" + secret : "auth.hmac-secret=" + TestServer.SECRET;

        Result result =
                run("token", "--user", "alice", "--ttl", "5m", "--publish", "user:*", "--admin", "--set", source);

        assertThat(result.exitCode()).as(result.err()).isZero();
        String token = result.out().strip();
        try (TestServer server = TestServer.start()) {
            WebSocketClient alice =
                    WebSocketClient.open(server.open(), server.handshake().bearer(token));
            assertThat(alice.welcome().path("user").asText()).isEqualTo("alice");
            assertThat(alice.publish("user:bob", "1").path("outcome").asText()).isEqualTo("no_route");
            assertThat(server.ask("GET", "/v1/stats", token, "text/plain", "").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void shouldCheckATokenOfAnArgumentOrOfStandardInput() throws Exception {
        String secret = "auth.hmac-secret=" + TestServer.SECRET;
        String token = TestServer.minter(Instant::now).mint("alice", Duration.ofMinutes(1), Grants.NONE);

        Result good = run("token", "--check", token, "--set", secret);
        assertThat(good.exitCode()).as(good.out() + good.err()).isZero();
        assertThat(good.out()).startsWith("good: ").contains("user: alice");

        Process checking = start("token", "--check", "-", "--set", secret, "--set", "auth.issuer=other");
        checking.getOutputStream().write((token + "\n").getBytes(UTF_8));
        checking.getOutputStream().close();
        String out = new String(checking.getInputStream().readAllBytes(), UTF_8);
        assertThat(checking.waitFor()).isEqualTo(1);
        assertThat(out)
                .startsWith("refused: issuer_mismatch")
                .contains("auth.issuer")
                .doesNotContain(token);

        assertThat(run("token", "--check", token).exitCode()).isEqualTo(2);
        assertThat(run("token", "--check", token, "--user", "alice", "--set", secret)
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void shouldNotMintWithoutASecret() throws Exception {
        Result result = run("token", "--user", "alice");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("auth.hmac-secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--ttl=x", "--publish=connection:x", "--user=null"})
    void shouldRefuseBadOptionsOfToken(String option) throws Exception {
        Result result = option.startsWith("--user")
                ? run("token", option, "--set", "auth.hmac-secret=" + TestServer.SECRET)
                : run("token", "--user", "alice", option, "--set", "auth.hmac-secret=" + TestServer.SECRET);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("expected").doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void shouldPassItsOwnTest() throws Exception {
        Result result = run("selftest");

        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        assertThat(result.out()).contains("all checks passed").doesNotContain("FAIL");
    }

    @Test
    void shouldSayWhatItIs() throws Exception {
        assertThat(run("version").out()).startsWith("ws-router ").contains("netty 4.2.");
        assertThat(run("--help").out())
                .contains("serve", "check-config", "print-config", "token", "selftest", "version");
        assertThat(run("sevre").exitCode()).isEqualTo(2);
    }

    @Test
    void shouldEndWithinASecondOfSigtermWhenNobodyIsConnected() throws Exception {
        Process server = start(SERVE);
        awaitPorts(server);

        Duration took = end(server);

        assertThat(server.exitValue()).isZero();
        assertThat(took).isLessThan(Duration.ofSeconds(3));
        System.out.println("SIGTERM without connections took " + took.toMillis() + " ms");
    }

    @Test
    void shouldTellClientsOfSigterm() throws Exception {
        Process server = start(SERVE);
        Matcher ports = awaitPorts(server);
        int port = Integer.parseInt(ports.group(1));
        String token = TestServer.minter(Instant::now).mint("alice", Duration.ofMinutes(1), Grants.NONE);
        List<WebSocketClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(WebSocketClient.open(TestSocket.open(port), new Handshake("localhost").bearer(token)));
        }
        long startNanos = System.nanoTime();
        server.destroy();

        for (WebSocketClient client : clients) {
            Frame close = client.awaitClose();
            assertThat(close.closeCode()).isEqualTo(1012);
            client.close();
        }

        assertThat(server.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isZero();
        System.out.println("SIGTERM with clients took " + (System.nanoTime() - startNanos) / 1_000_000 + " ms");
    }

    @Test
    void shouldServeTheDemoOnLoopback() throws Exception {
        Process server = start("serve", "--dev", "--set", "public.port=0", "--set", "internal.port=0");
        Matcher ports = awaitPorts(server);
        try (TestSocket page = TestSocket.open(Integer.parseInt(ports.group(1)));
                TestSocket rebound = TestSocket.open(Integer.parseInt(ports.group(1)))) {
            page.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            TestSocket.Response response = page.readResponse();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers().get("content-type")).startsWith("text/html");

            rebound.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            assertThat(rebound.readResponse().status()).isEqualTo(421);
        }

        end(server);

        assertThat(server.exitValue()).isZero();
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "-Dlogback.configurationFile=logback-test.xml",
                "-XX:TieredStopAtLevel=1",
                RouterMain.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(directory.resolve("err").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("WSROUTER_"));
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private static String[] options(String[] command, String... more) {
        return Stream.concat(Stream.of(command).skip(1), Stream.of(more)).toArray(String[]::new);
    }

    private Result run(String command, String[] options) throws Exception {
        return run(Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new));
    }

    private Result run(String... arguments) throws Exception {
        Process process = start(arguments);
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), out, Files.readString(directory.resolve("err")));
    }

    private Matcher awaitPorts(Process server) throws IOException {
        BufferedReader out = server.inputReader(UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher ports = PORTS.matcher(line);
            if (ports.find()) {
                return ports;
            }
        }
        throw new AssertionError("it does not listen: " + Files.readString(directory.resolve("err")));
    }

    private static Duration end(Process server) throws InterruptedException {
        long startNanos = System.nanoTime();
        server.destroy();
        assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }
}
