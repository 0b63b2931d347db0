package io.wsrouter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigErrorsTest {
    @TempDir
    Path directory;

    @Test
    void shouldTellAllErrorsAtOnce() {
        RouterYaml file = RouterYaml.in(directory, """
            public:
              host: ""
              prot: 80
            auth:
              hmac-secret: too-short
            heartbeat: {misses: 0}
            drain: 5s
            heartbeat: {misses: 1}
            """);

        List<String> errors = file.errors(file.sources()
                .environment(Map.of("WSROUTER_LIMITS_MESSAGE_BYTES", "64KB", "WSROUTER_PUBLIC_PROT", "80"))
                .set("public.port=70000")
                .set("limit.connections=5")
                .set("nonsense")
                .set("auth.hmac-secret 1-that-nobody-may-see"));

        assertThat(errors)
                .containsExactly(
                        "public.prot: unknown key in router.yaml:3; did you mean public.port?",
                        "drain: a value where nested keys are expected in router.yaml:7",
                        "heartbeat: given a second time in router.yaml:8",
                        "WSROUTER_PUBLIC_PROT: unknown variable in the environment; did you mean WSROUTER_PUBLIC_PORT?",
                        "limit.connections: unknown key in --set; did you mean limits.connections?",
                        "--set: \"nonsense\" has no = (expected path=value, such as public.port=8080)",
                        "--set: \"auth.hmac-secret\" and more has no = (expected path=value, such as public.port=8080)",
                        "public.host: \"\" in router.yaml:2: expected a host name or an IP address",
                        "public.port: \"70000\" in --set: expected a whole number from 0 to 65535",
                        "auth.hmac-secret: (hidden) in router.yaml:5: expected at least 32 bytes",
                        "limits.message-bytes: \"64KB\" in WSROUTER_LIMITS_MESSAGE_BYTES:"
                                + " expected a size such as 64KiB, from 1B to 1GiB",
                        "heartbeat.misses: \"0\" in router.yaml:6: expected a whole number from 1 to 100");
    }

    @Test
    void shouldOfferEachErrorToPrograms() {
        ConfigSources sources = ConfigSources.of().set("public.port=x").set("nod=x");

        ConfigException e = catchThrowableOfType(ConfigException.class, () -> RouterConfig.load(sources));

        assertThat(e.errors())
                .containsExactly(
                        new ConfigError("nod", "--set", null, "unknown key", "node"),
                        new ConfigError("public.port", "--set", "x", "expected a whole number from 0 to 65535", null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "node=''                       | 1 to 64 letters, digits, '.', '_' or '-'",
                "node=a b                      | 1 to 64 letters, digits, '.', '_' or '-'",
                "loops=0                       | a whole number from 1 to 1024, or auto",
                "loops=unlimited               | a whole number from 1 to 1024, or auto",
                "loops=1025                    | a whole number from 1 to 1024, or auto",
                "transport=kqueue              | one of auto, epoll, io_uring, nio",
                "transport=NIO                 | one of auto, epoll, io_uring, nio",
                "busy-poll=2ms                 | a duration such as 0us, from 0us to 1ms",
                "busy-poll=1us5                | a duration such as 0us, from 0us to 1ms",
                "public.port=-1                | a whole number from 0 to 65535",
                "public.port=65536             | a whole number from 0 to 65535",
                "public.port=010               | a whole number from 0 to 65535",
                "public.port=0x50              | a whole number from 0 to 65535",
                "public.port=8_080             | a whole number from 0 to 65535",
                "public.port=80.0              | a whole number from 0 to 65535",
                "public.port=99999999999999999999999 | a whole number from 0 to 65535",
                "public.port=[1]               | a whole number from 0 to 65535",
                "public.port=                  | a whole number from 0 to 65535, with quotes around what is special in"
                        + " YAML",
                "public.port={a: 1}            | a whole number from 0 to 65535, with quotes around what is special in"
                        + " YAML",
                "public.path=ws                | a path that starts with / and has no blank, ? or #",
                "public.path=/a b              | a path that starts with / and has no blank, ? or #",
                "public.path=/ws?x             | a path that starts with / and has no blank, ? or #",
                "limits.connections=unlimited  | a whole number from 1 to 2147483647, or auto",
                "limits.connections=0          | a whole number from 1 to 2147483647, or auto",
                "limits.connections-per-user=0 | a whole number from 1 to 2147483647, or unlimited",
                "limits.messages-per-second=2147483648 | a whole number from 1 to 2147483647, or unlimited",
                "limits.subscriptions-per-connection=unlimited | a whole number from 1 to 2147483647",
                "limits.message-bytes=0        | a size such as 64KiB, from 1B to 1GiB",
                "limits.message-bytes=64 KiB   | a size such as 64KiB, from 1B to 1GiB",
                "limits.message-bytes=64kib    | a size such as 64KiB, from 1B to 1GiB",
                "limits.message-bytes=2GiB     | a size such as 64KiB, from 1B to 1GiB",
                "limits.message-bytes=999999999999999999GiB | a size such as 64KiB, from 1B to 1GiB",
                "limits.message-bytes=5s       | a size such as 64KiB, from 1B to 1GiB",
                "limits.socket-send-buffer=4095 | a size such as 256KiB, from 4KiB to 1GiB",
                "limits.handshake-timeout=5    | a duration such as 5s, from 1ms to 24h",
                "limits.handshake-timeout=5S   | a duration such as 5s, from 1ms to 24h",
                "limits.handshake-timeout=1.5s | a duration such as 5s, from 1ms to 24h",
                "limits.handshake-timeout=-5s  | a duration such as 5s, from 1ms to 24h",
                "limits.handshake-timeout=25h  | a duration such as 5s, from 1ms to 24h",
                "limits.handshake-timeout=5KiB | a duration such as 5s, from 1ms to 24h",
                "connections-per-user-policy=kick | one of refuse, replace",
                "receipt-timeout=0s            | a duration such as 2s, from 1ms to 24h",
                "heartbeat.interval=99ms       | a duration such as 25s, from 100ms to 24h",
                "drain.timeout=0s              | a duration such as 4s, from 1ms to 24h",
                "auth.allow-query-token=yes    | true or false",
                "auth.issuer=''                | a text that is not empty",
                "auth.jwks-url=issuer.example  | an http or https URL without user, password and fragment",
                "auth.jwks-url=https://u:p@issuer.example/jwks | an http or https URL without user, password and fragment",
                "auth.jwks-url=file:///etc/jwks.json | an http or https URL without user, password and fragment",
                "auth.jwks-refresh=10ms        | a duration such as 5m, from 1s to 24h",
                "auth.public-key-files=/x      | a list such as [a, b], each a file that can be read",
                "auth.public-key-files=[/no/such.pem] | a file that can be read",
                "auth.algorithms=[none]        | HS256, RS256, PS256, ES256, their 384 and 512 variants, or EdDSA",
                "auth.hmac-secret-file=/no/such | a file that can be read and holds at least 32 bytes",
            })
    void shouldRefuse(String assignment, String expected) {
        String key = assignment.substring(0, assignment.indexOf('='));

        List<String> errors = RouterYaml.errorsOf(ConfigSources.of().set(assignment));

        assertThat(errors).singleElement().asString().startsWith(key + ": ").endsWith(": expected " + expected);
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example",
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:8080",
        "https://a.example:80",
        "chrome-extension://abcdef",
        "*",
    })
    void shouldAcceptOrigin(String origin) {
        RouterConfig config = RouterConfig.load(ConfigSources.of().set("public.allowed-origins", List.of(origin)));

        assertThat(config.publicEndpoint().allowedOrigins()).containsExactly(origin);
    }

    @ParameterizedTest
    @CsvSource({
        "a.example",
        "https://a.example/",
        "https://a.example/path",
        "https://*.example",
        "https://A.example",
        "https://a.example:443",
        "http://a.example:80",
        "https://a.example:0",
        "https://",
        "null",
        "''",
        "https://a.example https://b.example",
    })
    void shouldRefuseOrigin(String origin) {
        List<String> errors =
                RouterYaml.errorsOf(ConfigSources.of().set("public.allowed-origins", List.of("*", origin)));

        assertThat(errors)
                .singleElement()
                .asString()
                .startsWith("public.allowed-origins: \"" + origin + "\" in --set: expected * or scheme://host[:port]");
    }

    @ParameterizedTest
    @CsvSource({
        "public.prot, public.port",
        "port, public.port",
        "tls, public.tls",
        "limit, limits",
        "nod, node",
        "ndoe, node",
        "Loops, loops",
        "limits.max-message-bytes, limits.message-bytes",
        "limits.message_bytes, limits.message-bytes",
        "limits.connectionsPerUser, limits.connections-per-user",
        "heartbeat.intervall, heartbeat.interval",
        "auth.secret, auth.hmac-secret",
    })
    void shouldSuggestTheNearestKey(String unknown, String nearest) {
        List<String> errors = RouterYaml.errorsOf(ConfigSources.of().set(unknown + "=1"));

        assertThat(errors).containsExactly(unknown + ": unknown key in --set; did you mean " + nearest + "?");
    }

    @ParameterizedTest
    @CsvSource({"cluster", "somewhere.else.entirely", "''", "."})
    void shouldSuggestNothingWhenNothingIsNear(String unknown) {
        List<String> errors = RouterYaml.errorsOf(ConfigSources.of().set(unknown + "=1"));

        assertThat(errors).singleElement().asString().contains("unknown key").doesNotContain("did you mean");
    }

    @Test
    void shouldRefuseUnknownVariablesOfOursOnly() {
        List<String> errors = RouterYaml.errorsOf(ConfigSources.of()
                .environment(
                        Map.of("PATH", "/bin", "WSROUTER_PORT", "1", "WSROUTER_", "1", "WSROUTER_public_port", "1")));

        assertThat(errors)
                .containsExactly(
                        "WSROUTER_: unknown variable in the environment",
                        "WSROUTER_PORT: unknown variable in the environment; did you mean WSROUTER_PUBLIC_PORT?",
                        "WSROUTER_public_port: unknown variable in the environment");
    }

    @Test
    void shouldRefuseContradictions() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "0123456789012345678901234567890123456789\n");
        RouterYaml file = RouterYaml.in(directory, """
            public: {tls: {certificate: SECRET}}
            auth: {hmac-secret: 0123456789012345678901234567890123456789}
            """.replace("SECRET", secret.toString()));

        List<String> errors =
                file.errors(file.sources().environment(Map.of("WSROUTER_AUTH_HMAC_SECRET_FILE", secret.toString())));

        assertThat(errors)
                .containsExactly(
                        "auth.hmac-secret: (hidden) in router.yaml:2:"
                                + " contradicts auth.hmac-secret-file in WSROUTER_AUTH_HMAC_SECRET_FILE",
                        "public.tls.key: missing, and needed with public.tls.certificate in router.yaml:1");
    }

    @Test
    void shouldRefuseToPollOverARing() {
        assertThat(RouterYaml.errorsOf(
                        ConfigSources.of().set("transport=io_uring").set("busy-poll=50us")))
                .containsExactly(
                        "busy-poll: \"50us\" in --set: expected 0us with transport io_uring, or transport epoll or nio");
    }

    @Test
    void shouldStopAtAHundredErrors() {
        ConfigSources sources = ConfigSources.of();
        for (int i = 0; i < 150; i++) {
            sources = sources.set("no.such-key-" + i + "=1");
        }

        assertThat(RouterYaml.errorsOf(sources)).hasSize(100);
    }

    @Test
    void shouldShowOddTextInOneLine() {
        List<String> errors = RouterYaml.errorsOf(ConfigSources.of()
                .set("pub\u001blic.port\n=1")
                .set("public.path", "a\nb\u001b[31m\u202e\"" + "x".repeat(1000)));

        assertThat(errors)
                .containsExactly(
                        "pub\\u001blic.port\\u000a: unknown key in --set; did you mean public.port?",
                        "public.path: \"a\\u000ab\\u001b[31m\\u202e\\\"" + "x".repeat(90)
                                + "...\" in --set: expected a path that starts with / and has no blank, ? or #");
    }
}
