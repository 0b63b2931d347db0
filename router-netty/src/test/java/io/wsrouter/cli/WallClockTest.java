package io.wsrouter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wsrouter.address.ConnectionId;
import io.wsrouter.server.Frame;
import io.wsrouter.server.Handshake;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A router in a process whose wall clock is stepped by libfaketime, a Debian package; the machine's own clock is left alone.
 * Tokens end by the wall clock, so these last for years; who lives must not depend on it.
 */
final class WallClockTest {

    private static final Pattern PORT = Pattern.compile("://127\\.0\\.0\\.1:([0-9]+)/ws,");
    private static final int MISSES = 3;
    private static final Duration YEARS = Duration.ofDays(3_650);

    @TempDir
    private Path directory;

    private Process router;
    private int port;

    @BeforeEach
    void start() throws IOException {
        setClock("+0");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dlogback.configurationFile=logback-test.xml",
                        "-XX:TieredStopAtLevel=1",
                        RouterMain.class.getName(),
                        "serve",
                        "--set",
                        "degradation.enabled=false",
                        "--set",
                        "public.host=127.0.0.1",
                        "--set",
                        "public.port=0",
                        "--set",
                        "internal.port=0",
                        "--set",
                        "heartbeat.interval=500ms",
                        "--set",
                        "heartbeat.misses=" + MISSES,
                        "--set",
                        "auth.hmac-secret=" + TestServer.SECRET)
                .redirectError(directory.resolve("err").toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("WSROUTER_"));
        environment.put("LD_PRELOAD", fakeTime().toString());
        environment.put("FAKETIME_TIMESTAMP_FILE", clock().toString());
        environment.put("FAKETIME_NO_CACHE", "1");
        environment.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        router = builder.start();
        port = awaitPort();
    }

    @AfterEach
    void end() {
        router.destroyForcibly();
    }

    @Test
    void shouldNotMindAStepOfTheWallClock() throws IOException {
        WebSocketClient lively = connect("lively");
        Thread answering = new Thread(() -> answerPings(lively), "lively");
        answering.setDaemon(true);
        answering.start();

        stepWhileSomebodyIsSilent(86_400, lively.id());
        stepWhileSomebodyIsSilent(-86_400, lively.id());

        lively.close();
    }

    private void stepWhileSomebodyIsSilent(long seconds, String livelyId) throws IOException {
        WebSocketClient silent = connect("silent");
        assertThat(opcodeOfNextFrame(silent)).isEqualTo(Frame.PING);

        setClock((seconds > 0 ? "+" : "") + seconds);

        for (int ping = 2; ping <= MISSES; ping++) {
            assertThat(opcodeOfNextFrame(silent)).as("ping %d", ping).isEqualTo(Frame.PING);
        }
        Frame close = silent.awaitClose();
        assertThat(close.closeCode()).isEqualTo(1001);
        assertThat(close.closeReason()).isEqualTo("heartbeat_lost");
        WebSocketClient later = connect("later");
        assertThat(later.publish("connection:" + livelyId, "1").path("outcome").asText())
                .as("who answers pings")
                .isEqualTo("delivered");
        await("the step").atMost(TestSocket.PATIENCE).until(() -> hasGone(seconds, livelyId));
        silent.close();
        later.close();
    }

    /** Whether the router's wall clock has gone so far; libfaketime may now and then give the old time to a thread. */
    private boolean hasGone(long seconds, String since) {
        try (WebSocketClient client = connect("clock")) {
            long gone = secondOf(client.id()) - secondOf(since);
            return gone >= seconds - 1 && gone <= seconds + 60;
        }
    }

    private static int opcodeOfNextFrame(WebSocketClient client) {
        try {
            return client.readFrame().opcode();
        } catch (UncheckedIOException e) {
            throw new AssertionError("no frame came", e);
        }
    }

    private static void answerPings(WebSocketClient client) {
        for (Frame frame = client.readFrame(); frame != null; frame = client.readFrame()) {
            if (frame.opcode() == Frame.PING) {
                client.send(Frame.of(Frame.PONG, frame.payload()));
            }
        }
    }

    private static long secondOf(String id) {
        return ConnectionId.parse(id).epochSeconds();
    }

    private WebSocketClient connect(String user) {
        String token = TestServer.minter(Instant::now).mint(user, YEARS, TestServer.ALL);
        return WebSocketClient.open(TestSocket.open(port), new Handshake("localhost").bearer(token));
    }

    private Path clock() {
        return directory.resolve("clock");
    }

    /** In one step, so that nobody reads half of it. */
    private void setClock(String offset) throws IOException {
        Path next = Files.writeString(directory.resolve("next"), offset + "\n");
        Files.move(next, clock(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path fakeTime() throws IOException {
        try (Stream<Path> found =
                Files.find(Path.of("/usr/lib"), 3, (path, attributes) -> path.endsWith("faketime/libfaketime.so.1"))) {
            return found.findFirst().orElseThrow(() -> new AssertionError("apt-get install libfaketime"));
        }
    }

    private int awaitPort() throws IOException {
        BufferedReader out = router.inputReader(UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher found = PORT.matcher(line);
            if (found.find()) {
                return Integer.parseInt(found.group(1));
            }
        }
        throw new AssertionError("it does not listen: " + Files.readString(directory.resolve("err")));
    }
}
