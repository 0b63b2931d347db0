package io.wsrouter.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code scripts/bench load} says and leaves when it cannot load. */
class LoadCommandTest {

    private static final int FOUND = 1;
    private static final int NOT_RUN = 2;

    @TempDir
    private Path directory;

    private final StringWriter errors = new StringWriter();
    private Path secret;
    private int closedPort;

    @BeforeEach
    void prepare() throws IOException {
        secret = Files.writeString(directory.resolve("secret"), "x".repeat(32));
        try (ServerSocket closing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closedPort = closing.getLocalPort();
        }
    }

    private int load(Object... arguments) {
        List<String> all = new ArrayList<>(List.of("load"));
        Arrays.stream(arguments).map(Object::toString).forEach(all::add);
        CommandLine command = LoadMain.commandLine();
        command.setOut(new PrintWriter(StringWriter.nullWriter()));
        command.setErr(new PrintWriter(errors, true));
        return command.execute(all.toArray(new String[0]));
    }

    @Test
    void shouldLeaveAResultWhenTheServerRefusesEveryConnection() throws IOException {
        Path result = directory.resolve("result.json");

        int code = load(
                "unicast",
                "--url=ws://127.0.0.1:" + closedPort + "/ws",
                "--token-secret-file=" + secret,
                "--connections=5",
                "--connect-timeout=200ms",
                "--warmup=0s",
                "--duration=200ms",
                "--out=" + result);

        assertThat(code).isEqualTo(FOUND);
        LoadResult left = ResultFile.read(result);
        assertThat(left.claims().faults()).contains("connections: 0 of 21");
        assertThat(left.groups().get(0).failures()).containsKey("connection refused");
        assertThat(Verification.of(left)).isEmpty();
    }

    @Test
    void shouldSayWhichSecretFileIsMissing() {
        Path missing = directory.resolve("missing");

        assertThat(load("unicast", "--url=ws://127.0.0.1:1/ws", "--token-secret-file=" + missing))
                .isEqualTo(NOT_RUN);
        assertThat(errors.toString())
                .contains("token-secret-file: " + missing + " does not exist (expected the file of the secret");
    }

    @Test
    void shouldSayHowLongASecretHasToBe() throws IOException {
        Files.writeString(secret, "secret\n");

        assertThat(load("unicast", "--url=ws://127.0.0.1:1/ws", "--token-secret-file=" + secret))
                .isEqualTo(NOT_RUN);
        assertThat(errors.toString())
                .contains(secret + " has 6 bytes (expected")
                .contains("at least 32 bytes");
    }

    @Test
    void shouldSayThatNobodyWaitsWhereItWasToJoin() {
        assertThat(load("--join=127.0.0.1:" + closedPort, "--token-secret-file=" + secret))
                .isEqualTo(NOT_RUN);
        assertThat(errors.toString())
                .contains("join: 127.0.0.1:" + closedPort + ", Connection refused (expected where a run with --hosts");
    }
}
