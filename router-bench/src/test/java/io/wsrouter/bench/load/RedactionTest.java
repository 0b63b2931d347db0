package io.wsrouter.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RedactionTest {

    @Test
    void shouldHideWhatIsNamedSecret() {
        assertThat(Redaction.of(List.of(
                        "--set",
                        "auth.hmac-secret=one two=three",
                        "--set=auth.hmac-secret=four",
                        "auth={hmac-secret: five}",
                        "-Djavax.net.ssl.keyStorePassword=six",
                        "--token",
                        "seven",
                        "wss://eight:nine@example.org/ws?access_token=ten")))
                .containsExactly(
                        "--set",
                        "auth.hmac-secret=(hidden)",
                        "--set=auth.hmac-secret=(hidden)",
                        "auth={hmac-secret: (hidden)",
                        "-Djavax.net.ssl.keyStorePassword=(hidden)",
                        "--token",
                        "(hidden)",
                        "wss://(hidden)@example.org/ws?access_token=(hidden)");
    }

    @Test
    void shouldShowWhatRepeatsTheRun() {
        List<String> command = List.of(
                "load",
                "unicast",
                "--token-secret-file",
                "secret.txt",
                "--set",
                "auth.hmac-secret-file=/etc/secret",
                "--url",
                "ws://127.0.0.1:1/ws",
                "--rate=20000");

        assertThat(Redaction.of(command)).isEqualTo(command);
    }

    @Test
    void shouldHideSecretBehindFileOfOne() {
        assertThat(Redaction.of("a-secret-file=b c-secret=d")).isEqualTo("a-secret-file=b c-secret=(hidden)");
    }
}
