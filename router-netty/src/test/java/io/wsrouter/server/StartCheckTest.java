package io.wsrouter.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.uring.IoUring;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.wsrouter.config.ConfigError;
import io.wsrouter.config.ConfigException;
import io.wsrouter.config.ConfigSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a start would need, as {@code check-config} and {@code serve} say it. */
final class StartCheckTest {

    @TempDir
    private Path directory;

    @Test
    void shouldFindNothingWrongWithASecretInAPrivateFile() throws Exception {
        StartCheck check = StartCheck.of(withSecret());

        assertThat(check.errors()).isEmpty();
        assertThat(check.warnings()).isEmpty();
        assertThat(check.config().auth().hmacSecretFile()).isNotNull();
    }

    @Test
    void shouldDemandAKey() {
        assertThat(errors(ConfigSources.of()))
                .singleElement()
                .asString()
                .startsWith("auth: no key to verify tokens with")
                .contains("auth.hmac-secret", "auth.hmac-secret-file", "auth.public-key-files", "--dev");
    }

    @Test
    void shouldTellWhatIsWrongWithValuesAndWithFilesAtOnce() throws Exception {
        X509Bundle one = certificate(Algorithm.ecp256);
        X509Bundle other = certificate(Algorithm.ecp256);
        Path file = write("router.yaml", """
                public:
                  prot: 80
                  port: 9090
                  tls: {certificate: DIR/one.pem, key: DIR/other-key.pem}
                auth:
                  public-key-files: [DIR/one.pem, DIR/other-key.pem, DIR/router.yaml]
                """.replace("DIR", directory.toString()));
        write("one.pem", one.getCertificatePathPEM());
        write("other-key.pem", other.getPrivateKeyPEM());

        List<String> errors = errors(ConfigSources.of()
                .file(file)
                .environment(Map.of("WSROUTER_LOOPS", "many", "WSROUTER_LOPS", "2"))
                .set("limits.message-bytes=2MiB")
                .set("limits.connections=2000000000"));

        assertThat(errors)
                .anySatisfy(error -> assertThat(error)
                        .startsWith("public.prot: unknown key in router.yaml:2; did you mean public.port?"))
                .anySatisfy(error -> assertThat(error)
                        .startsWith("WSROUTER_LOPS: unknown variable in the environment; did you mean WSROUTER_LOOPS?"))
                .anySatisfy(error -> assertThat(error).startsWith("loops: \"many\" in WSROUTER_LOOPS: expected"))
                .anySatisfy(error -> assertThat(error)
                        .startsWith("limits.message-bytes: \"2MiB\" in --set: expected at most"
                                + " limits.queued-bytes-per-connection, \"1MiB\" in default"))
                .anySatisfy(error -> assertThat(error)
                        .startsWith("internal.port: \"9090\" in default: expected another port than public.port,"
                                + " \"9090\" in router.yaml:3"))
                .anySatisfy(error -> assertThat(error)
                        .startsWith("public.tls.key: \"other-key.pem\" in router.yaml:4: expected the private key of"))
                .anySatisfy(error ->
                        assertThat(error).startsWith("auth.public-key-files: ").contains("holds a private key"))
                .anySatisfy(error ->
                        assertThat(error).startsWith("auth.public-key-files: ").contains("router.yaml holds no key"))
                .anySatisfy(error -> assertThat(error)
                        .startsWith("limits.connections: \"2000000000\" in --set: expected at most the limit of open"
                                + " files"))
                .hasSize(9);
    }

    @Test
    void shouldThrowAllErrorsToAStart() {
        StartCheck check = StartCheck.of(ConfigSources.of().set("public.port=9090"));

        assertThatThrownBy(check::config)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("internal.port")
                .extracting(thrown -> ((ConfigException) thrown).errors())
                .isEqualTo(check.errors());
    }

    // ---- certificates

    @ParameterizedTest
    @EnumSource(names = {"rsa2048", "ecp256", "ecp384", "ed25519"})
    void shouldTakeACertificateWithItsKeyOnly(Algorithm algorithm) throws Exception {
        X509Bundle pair = certificate(algorithm);
        Path certificate = write("cert.pem", pair.getCertificatePathPEM());
        Path key = write("key.pem", pair.getPrivateKeyPEM());
        Path otherKey = write("other.pem", certificate(algorithm).getPrivateKeyPEM());
        Path foreignKey = write(
                "foreign.pem",
                certificate(algorithm == Algorithm.rsa2048 ? Algorithm.ecp256 : Algorithm.rsa2048)
                        .getPrivateKeyPEM());

        assertThat(errors(withTls(certificate, key))).isEmpty();
        assertThat(StartCheck.of(withTls(certificate, key)).warnings()).isEmpty();
        for (Path wrong : List.of(otherKey, foreignKey)) {
            assertThat(errors(withTls(certificate, wrong)))
                    .singleElement()
                    .asString()
                    .startsWith("public.tls.key: ")
                    .contains("expected the private key of the certificate in public.tls.certificate, cert.pem");
        }
    }

    @Test
    void shouldSayWhichOfThePairIsNone() throws Exception {
        X509Bundle pair = certificate(Algorithm.ecp256);
        Path certificate = write("cert.pem", pair.getCertificatePathPEM());
        Path key = write("key.pem", pair.getPrivateKeyPEM());
        Path text = write("text.pem", "neither");
        Path broken = write("broken.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

        assertThat(errors(withTls(key, certificate)))
                .hasSize(2)
                .anySatisfy(error -> assertThat(error)
                        .startsWith("public.tls.certificate: ")
                        .endsWith("expected a PEM file with an X.509 certificate"))
                .anySatisfy(error -> assertThat(error)
                        .startsWith("public.tls.key: ")
                        .contains("expected a PEM file with a private key in PKCS #8"));
        assertThat(errors(withTls(text, key))).singleElement().asString().startsWith("public.tls.certificate: ");
        assertThat(errors(withTls(certificate, text)))
                .singleElement()
                .asString()
                .startsWith("public.tls.key: ");
        assertThat(errors(withTls(certificate, broken)))
                .singleElement()
                .asString()
                .startsWith("public.tls.key: ");
    }

    @ParameterizedTest
    @CsvSource({"-20, -10, expired on", "10, 20, not valid before"})
    void shouldWarnOfACertificateOutOfItsTime(int startDays, int endDays, String problem) throws Exception {
        X509Bundle pair = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .algorithm(Algorithm.ecp256)
                .notBefore(Instant.now().plus(Duration.ofDays(startDays)))
                .notAfter(Instant.now().plus(Duration.ofDays(endDays)))
                .buildSelfSigned();

        StartCheck check = StartCheck.of(
                withTls(write("cert.pem", pair.getCertificatePathPEM()), write("key.pem", pair.getPrivateKeyPEM())));

        assertThat(check.errors()).isEmpty();
        assertThat(check.warnings())
                .singleElement()
                .asString()
                .startsWith("public.tls.certificate: ")
                .contains(problem);
    }

    // ---- tokens

    @Test
    void shouldRefuseAlgorithmsThatNoKeyVerifies() throws Exception {
        assertThat(errors(withSecret().set("auth.algorithms=[ES256, RS256]")))
                .singleElement()
                .asString()
                .startsWith("auth.algorithms: \"[ES256, RS256]\" in --set: no configured key verifies ES256, RS256")
                .contains("HS256");
        assertThat(warnings(withSecret().set("auth.algorithms=[HS256, ES256]")))
                .singleElement()
                .asString()
                .contains("no configured key verifies ES256");
        assertThat(errors(withSecret().set("auth.algorithms=[HS256, ES256]"))).isEmpty();
    }

    @Test
    void shouldNameThePublicKeyFileThatIsNone() throws Exception {
        KeyPair pair = certificate(Algorithm.rsa2048).getKeyPair();
        Path good = write("good.pem", publicKey(pair));
        Path bad = write("bad.pem", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
        Path latin1 = Files.write(directory.resolve("latin1.pem"), new byte[] {(byte) 0xE9, (byte) 0xFF});

        assertThat(errors(ConfigSources.of().set("auth.public-key-files", List.of(good))))
                .isEmpty();
        assertThat(errors(ConfigSources.of().set("auth.public-key-files", List.of(good, bad, latin1))))
                .hasSize(2)
                .anySatisfy(error -> assertThat(error).contains("bad.pem"))
                .anySatisfy(error -> assertThat(error).contains("latin1.pem: not a text that can be read"));
        assertThat(errors(ConfigSources.of().set("auth.public-key-files", List.of(good, good))))
                .singleElement()
                .asString()
                .contains("verify the same algorithm");
    }

    @Test
    void shouldNameTheJwksFileThatIsNone() throws Exception {
        Path text = write("jwks.json", "{\"keys\": {}}");

        assertThat(errors(ConfigSources.of().set("auth.jwks-file", text)))
                .singleElement()
                .asString()
                .startsWith("auth.jwks-file: \"jwks.json\" in --set: ")
                .contains("expected a JWK Set");
    }

    @Test
    void shouldFetchNothingAndTakeAlgorithmsOfKeysThatAreToBeFetched() throws Exception {
        ConfigSources fetched = ConfigSources.of()
                .set("auth.jwks-url", "https://issuer.invalid/jwks.json")
                .set("auth.algorithms=[ES256]");

        assertThat(errors(fetched)).isEmpty();
        assertThat(warnings(fetched)).isEmpty();
    }

    @Test
    void shouldWarnOfSecretsThatEverybodyCanRead() throws Exception {
        X509Bundle pair = certificate(Algorithm.ecp256);
        Path secret = open(write("secret", TestServer.SECRET));
        Path key = open(write("key.pem", pair.getPrivateKeyPEM()));
        Path certificate = write("cert.pem", pair.getCertificatePathPEM());
        Path file = open(write("router.yaml", "auth: {hmac-secret: \"" + TestServer.SECRET + "\"}\n"));

        assertThat(warnings(withTls(certificate, key).set("auth.hmac-secret-file", secret)))
                .hasSize(2)
                .allSatisfy(warning -> assertThat(warning).contains("every user of this machine can read this file"))
                .anySatisfy(warning -> assertThat(warning).startsWith("auth.hmac-secret-file: \"secret\""))
                .anySatisfy(warning -> assertThat(warning).startsWith("public.tls.key: \"key.pem\""));
        assertThat(warnings(ConfigSources.of().file(file)))
                .singleElement()
                .asString()
                .startsWith("auth.hmac-secret: (hidden) in router.yaml:1: every user")
                .doesNotContain(TestServer.SECRET);
        assertThat(warnings(ConfigSources.of().set("auth.hmac-secret", TestServer.SECRET)))
                .singleElement()
                .asString()
                .startsWith("auth.hmac-secret: (hidden) in --set: ")
                .doesNotContain(TestServer.SECRET);
        assertThat(warnings(ConfigSources.of().environment(Map.of("WSROUTER_AUTH_HMAC_SECRET", TestServer.SECRET))))
                .isEmpty();
    }

    // ---- this machine

    @Test
    void shouldRefuseATransportThatIsNotThere() throws Exception {
        assertThat(errors(withSecret().set("transport=nio"))).isEmpty();
        assertThat(errors(withSecret().set("transport=io_uring")).size()).isEqualTo(IoUring.isAvailable() ? 0 : 1);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 0", "localhost, 0", "::1, 0", "0.0.0.0, 1", "10.0.0.1, 1"})
    void shouldWarnOfAnInternalPortThatOthersReach(String host, int count) throws Exception {
        assertThat(warnings(withSecret().set("internal.host", host)))
                .hasSize(count)
                .allSatisfy(warning -> assertThat(warning).startsWith("internal.host: "));
    }

    // ---- values against each other

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, 7000, 7000, true",
        "localhost, 127.0.0.1, 7000, 7000, true",
        "0.0.0.0, 127.0.0.1, 7000, 7000, true",
        "::, 127.0.0.1, 7000, 7000, true",
        "10.0.0.1, 0.0.0.0, 7000, 7000, true",
        "10.0.0.1, 127.0.0.1, 7000, 7000, false",
        "127.0.0.1, 127.0.0.1, 7000, 7001, false",
        "127.0.0.1, 127.0.0.1, 0, 0, false",
    })
    void shouldRefuseOnePortForTwo(String host, String internalHost, int port, int internalPort, boolean isRefused)
            throws Exception {
        List<String> errors = errors(withSecret()
                .set("public.host", host)
                .set("internal.host", internalHost)
                .set("public.port", port)
                .set("internal.port", internalPort));

        assertThat(errors)
                .hasSize(isRefused ? 1 : 0)
                .allSatisfy(error -> assertThat(error).startsWith("internal.port: "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits.connections=10 | limits.connections-per-user=11 | limits.connections-per-user",
                "limits.connections=10 | limits.connections-per-ip=11 | limits.connections-per-ip",
                "limits.messages-per-second-per-user=10 | limits.messages-per-second=11 | limits.messages-per-second",
                "limits.connections=10 | limits.connections-per-user=10 |",
                "limits.connections=10 | limits.connections-per-user=unlimited |",
                "limits.connections=auto | limits.connections-per-user=11 |",
                "limits.connections=10 | node=n1 |",
                "node=n1 | 'public.allowed-origins=[\"*\", \"https://a.example\"]' | public.allowed-origins",
                "node=n1 | heartbeat.interval=60s | heartbeat.interval",
                "node=n1 | heartbeat.interval=59s |",
                "node=n1 | limits.handshake-timeout=31s | limits.handshake-timeout",
                "node=n1 | limits.handshake-timeout=30s |",
            })
    void shouldWarnOfWhatHasNoEffectOrAnOddOne(String one, String other, String key) throws Exception {
        List<String> warnings = warnings(withSecret().set(one).set(other));

        assertThat(warnings)
                .hasSize(key == null ? 0 : 1)
                .allSatisfy(warning -> assertThat(warning).startsWith(key + ": "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "public.proxy-protocol=true | node=n1 | true",
                "public.proxy-protocol=true | public.trusted-proxies=[] | true",
                "public.proxy-protocol=true | public.trusted-proxies=[10.0.0.0/8] | false",
                "public.proxy-protocol=false | node=n1 | false",
            })
    void shouldRefuseProxyHeadersOfNobody(String one, String other, boolean isRefused) throws Exception {
        List<String> errors = errors(withSecret().set(one).set(other));

        assertThat(errors)
                .hasSize(isRefused ? 1 : 0)
                .allSatisfy(error -> assertThat(error)
                        .isEqualTo("public.proxy-protocol: \"true\" in --set: expected the proxies' addresses in"
                                + " public.trusted-proxies"));
    }

    // ---- sources

    private ConfigSources withSecret() throws IOException {
        return ConfigSources.of().set("auth.hmac-secret-file", write("private-secret", TestServer.SECRET));
    }

    private ConfigSources withTls(Path certificate, Path key) throws IOException {
        return withSecret().set("public.tls.certificate", certificate).set("public.tls.key", key);
    }

    private List<String> errors(ConfigSources sources) {
        return lines(StartCheck.of(sources).errors());
    }

    private List<String> warnings(ConfigSources sources) {
        return lines(StartCheck.of(sources).warnings());
    }

    private List<String> lines(List<ConfigError> findings) {
        return findings.stream()
                .map(finding -> finding.toString().replace(directory + "/", ""))
                .toList();
    }

    /** Writes a file that only its owner can read. */
    private Path write(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static Path open(Path file) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static X509Bundle certificate(Algorithm algorithm) throws Exception {
        return new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .algorithm(algorithm)
                .buildSelfSigned();
    }

    private static String publicKey(KeyPair pair) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }
}
