package io.wsrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.config.RouterConfig.ConnectionsPerUserPolicy;
import io.wsrouter.config.RouterConfig.Limits;
import io.wsrouter.config.RouterConfig.Transport;
import io.wsrouter.connection.SlowConsumerPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterConfigTest {
    @TempDir
    Path directory;

    @Test
    void shouldHaveADefaultForEveryKeyThatNeedsOne() {
        RouterConfig config = RouterConfig.defaults();

        assertThat(config.node()).matches("[A-Za-z0-9._-]{1,64}");
        assertThat(config.loops()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(config.transport()).isEqualTo(Transport.AUTO);
        assertThat(config.busyPoll()).isEqualTo(Duration.ZERO);
        assertThat(config.publicEndpoint())
                .isEqualTo(new RouterConfig.PublicEndpoint("0.0.0.0", 8080, "/ws", List.of(), List.of(), false, null));
        assertThat(config.internalEndpoint()).isEqualTo(new RouterConfig.InternalEndpoint("127.0.0.1", 9090));
        assertThat(config.auth())
                .isEqualTo(new RouterConfig.Auth(
                        null,
                        null,
                        List.of(),
                        null,
                        null,
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(10),
                        List.of(),
                        null,
                        null,
                        false));
        assertThat(config.limits())
                .isEqualTo(new Limits(
                        Limits.AUTO,
                        16,
                        1000,
                        5000,
                        100,
                        4096,
                        65_536,
                        100,
                        300,
                        100,
                        1_048_576,
                        1000,
                        268_435_456,
                        262_144,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(5)));
        assertThat(config.connectionsPerUserPolicy()).isEqualTo(ConnectionsPerUserPolicy.REFUSE);
        assertThat(config.receiptTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.heartbeat()).isEqualTo(new RouterConfig.Heartbeat(Duration.ofSeconds(25), 2));
        assertThat(config.slowConsumer().policy()).isEqualTo(SlowConsumerPolicy.DISCONNECT);
        assertThat(config.drain()).isEqualTo(new RouterConfig.Drain(Duration.ofSeconds(4)));
    }

    @Test
    void shouldLoadAFileWithLiftedLimits() {
        RouterConfig config = RouterYaml.in(directory, """
            # every safeguard on, rate limits out of the way
            node: bench
            public: {host: 127.0.0.1, port: 17150}
            internal: {host: 127.0.0.1, port: 17151}
            auth:
              hmac-secret: bench-secret-bench-secret-bench-secret-0001
            limits:
              connections: 19850
              connections-per-ip: unlimited
              handshakes-per-second: unlimited
              messages-per-second: unlimited
              messages-per-second-per-user: unlimited
            """).load();

        assertThat(config.node()).isEqualTo("bench");
        assertThat(config.publicEndpoint().port()).isEqualTo(17150);
        assertThat(config.internalEndpoint().port()).isEqualTo(17151);
        assertThat(config.auth().hmacSecret()).isEqualTo(Secret.of("bench-secret-bench-secret-bench-secret-0001"));
        assertThat(config.limits().connections()).isEqualTo(19850);
        assertThat(config.limits().connectionsPerUser()).isEqualTo(16);
        assertThat(config.limits().connectionsPerIp()).isEqualTo(Limits.UNLIMITED);
        assertThat(config.limits().handshakesPerSecond()).isEqualTo(Limits.UNLIMITED);
        assertThat(config.limits().messagesPerSecond()).isEqualTo(Limits.UNLIMITED);
        assertThat(config.limits().messagesPerSecondPerUser()).isEqualTo(Limits.UNLIMITED);
    }

    @Test
    void shouldLoadEveryKey() throws IOException {
        Path pem = Files.writeString(directory.resolve("key.pem"), "pem");
        RouterConfig config =
                RouterYaml.in(directory, """
                    node: n1
                    loops: 3
                    transport: io_uring
                    public:
                      host: "::"
                      port: 0
                      path: /
                      allowed-origins: ["*", "https://a.example:8443"]
                      trusted-proxies: [10.0.0.0/8, "::1"]
                      proxy-protocol: true
                      tls: {certificate: PEM, key: PEM}
                    internal: {host: localhost, port: 65535}
                    auth:
                      public-key-files:
                        - PEM
                      jwks-file: PEM
                      jwks-url: https://issuer.example/jwks?v=1
                      jwks-refresh: 1m
                      jwks-cooldown: 500ms
                      algorithms: [RS256, EdDSA]
                      issuer: https://issuer.example
                      audience: router
                      allow-query-token: true
                    limits:
                      connections: auto
                      connections-per-user: unlimited
                      message-bytes: 1000
                      subscriptions-per-connection: 7
                      queued-bytes-per-connection: 2MiB
                      queued-messages-per-connection: 8
                      queued-bytes: 3GiB
                      socket-send-buffer: 4KiB
                      handshake-timeout: 500ms
                    connections-per-user-policy: replace
                    slow-consumer: {policy: drop-oldest}
                    receipt-timeout: 1h
                    heartbeat: {interval: 2m, misses: 1}
                    drain: {timeout: 1ms}
                    """.replace("PEM", pem.toString())).load();

        assertThat(config.node()).isEqualTo("n1");
        assertThat(config.loops()).isEqualTo(3);
        assertThat(config.transport()).isEqualTo(Transport.IO_URING);
        assertThat(config.publicEndpoint())
                .isEqualTo(new RouterConfig.PublicEndpoint(
                        "::",
                        0,
                        "/",
                        List.of("*", "https://a.example:8443"),
                        List.of(IpNetwork.parse("10.0.0.0/8"), IpNetwork.parse("::1")),
                        true,
                        new RouterConfig.Tls(pem, pem)));
        assertThat(config.internalEndpoint()).isEqualTo(new RouterConfig.InternalEndpoint("localhost", 65535));
        assertThat(config.auth())
                .isEqualTo(new RouterConfig.Auth(
                        null,
                        null,
                        List.of(pem),
                        pem,
                        "https://issuer.example/jwks?v=1",
                        Duration.ofMinutes(1),
                        Duration.ofMillis(500),
                        List.of("RS256", "EdDSA"),
                        "https://issuer.example",
                        "router",
                        true));
        assertThat(config.limits())
                .isEqualTo(new Limits(
                        Limits.AUTO,
                        Limits.UNLIMITED,
                        1000,
                        5000,
                        100,
                        4096,
                        1000,
                        100,
                        300,
                        7,
                        2_097_152,
                        8,
                        3_221_225_472L,
                        4096,
                        Duration.ofSeconds(10),
                        Duration.ofMillis(500)));
        assertThat(config.connectionsPerUserPolicy()).isEqualTo(ConnectionsPerUserPolicy.REPLACE);
        assertThat(config.receiptTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(config.heartbeat()).isEqualTo(new RouterConfig.Heartbeat(Duration.ofMinutes(2), 1));
        assertThat(config.slowConsumer().policy()).isEqualTo(SlowConsumerPolicy.DROP_OLDEST);
        assertThat(config.drain().timeout()).isEqualTo(Duration.ofMillis(1));
    }

    @ParameterizedTest
    @CsvSource({
        "512, 512",
        "512B, 512",
        "64KiB, 65536",
        "3MiB, 3145728",
        "1GiB, 1073741824",
        "1, 1",
    })
    void shouldReadSizes(String text, int bytes) {
        RouterConfig config = RouterConfig.load(
                ConfigSources.of().set("limits.message-bytes=" + text).set("limits.queued-bytes-per-connection=1GiB"));

        assertThat(config.limits().messageBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"1ms, 1", "500ms, 500", "25s, 25000", "2m, 120000", "24h, 86400000"})
    void shouldReadDurations(String text, long millis) {
        RouterConfig config = RouterConfig.load(ConfigSources.of().set("receipt-timeout=" + text));

        assertThat(config.receiptTimeout()).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void shouldKnowWhetherAnyKeyIsConfigured() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "0123456789012345678901234567890123456789");

        assertThat(RouterConfig.defaults().auth().hasKeys()).isFalse();
        assertThat(auth("hmac-secret", "0123456789012345678901234567890123456789")
                        .hasKeys())
                .isTrue();
        assertThat(auth("hmac-secret-file", file).hasKeys()).isTrue();
        assertThat(auth("public-key-files", List.of(file)).hasKeys()).isTrue();
        assertThat(auth("jwks-file", file).hasKeys()).isTrue();
        assertThat(auth("jwks-url", "https://issuer.example/jwks").hasKeys()).isTrue();
    }

    private static RouterConfig.Auth auth(String key, Object value) {
        return RouterConfig.load(ConfigSources.of().set("auth." + key, value)).auth();
    }

    @Test
    void shouldDocumentEveryKey() {
        assertThat(RouterConfig.keys()).hasSize(50).allSatisfy(key -> {
            assertThat(key.doc()).as(key.path()).endsWith(".").hasSizeLessThan(120);
            assertThat(key.environment())
                    .isEqualTo("WSROUTER_" + key.path().replaceAll("[.-]", "_").toUpperCase(Locale.ROOT));
        });
        assertThat(RouterConfig.keys()).extracting(KeyDoc::environment).doesNotHaveDuplicates();
        assertThat(RouterConfig.keys())
                .contains(new KeyDoc(
                        "limits.socket-send-buffer",
                        "WSROUTER_LIMITS_SOCKET_SEND_BUFFER",
                        "256KiB",
                        "a size such as 256KiB, from 4KiB to 1GiB",
                        "The kernel's send buffer of one socket, which bounds what delivered may mean.",
                        false));
        assertThat(RouterConfig.keys())
                .filteredOn(KeyDoc::secret)
                .extracting(KeyDoc::path)
                .containsExactly("auth.hmac-secret");
    }

    /** A key that is neither optional nor has a default must be in a section that may be absent, as a whole. */
    @Test
    void shouldRequireKeysInOptionalSectionsOnly() {
        assertThat(ConfigLoader.TREE.keys())
                .filteredOn(ConfigKey::isRequired)
                .extracting(ConfigKey::section)
                .containsOnly("public.tls");
    }

    @Test
    void shouldAcceptItsOwnDocumentedDefaults() {
        ConfigSources sources = ConfigSources.of();
        for (KeyDoc key : RouterConfig.keys()) {
            if (!key.defaultText().isEmpty()) {
                sources = sources.set(key.path() + "=" + key.defaultText());
            }
        }

        assertThat(RouterConfig.load(sources)).isEqualTo(RouterConfig.defaults());
    }
}
