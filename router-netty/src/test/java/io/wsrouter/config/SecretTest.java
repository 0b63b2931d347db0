package io.wsrouter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {
    private static final String SECRET = "s3cr3t-Pa55-w0rd-T0k3n-K3y5-0123";

    @TempDir
    Path directory;

    @Test
    void shouldNotBeShownByAnyRecord() {
        EffectiveConfig effective = EffectiveConfig.load(ConfigSources.of().set("auth.hmac-secret=" + SECRET));

        assertThat(effective.config().auth().hmacSecret()).isEqualTo(Secret.of(SECRET));
        assertThat(effective.toString()).contains("(hidden)").doesNotContain(SECRET);
        assertThat(effective.values())
                .filteredOn(value -> value.key().secret())
                .extracting(ConfigValue::text)
                .containsExactly("(hidden)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[SECRET]",
                "[SECRET, x]",
                "{SECRET: x}",
                "'SECRET",
                "@SECRET",
                "*SECRET",
                "&SECRET",
                "!SECRET!x y",
                "!SECRET x",
                "SECRET: x",
                "|SECRET",
                "\"\\xSECRET",
                "%SECRET"
            })
    void shouldNotBeShownByErrors(String value) {
        String odd = value.replace("SECRET", SECRET);

        assertThat(RouterYaml.errorsOf(ConfigSources.of().set("auth.hmac-secret=" + odd)))
                .isNotEmpty()
                .allSatisfy(SecretTest::assertHidden);
        assertThat(RouterYaml.in(directory, "auth:\n  hmac-secret: " + odd + "\n")
                        .errors())
                .isNotEmpty()
                .allSatisfy(SecretTest::assertHidden);
        assertThat(RouterYaml.in(directory, "auth:\n  hmac-secrets: " + SECRET + "\n")
                        .errors())
                .isNotEmpty()
                .allSatisfy(SecretTest::assertHidden);
        assertThat(RouterYaml.in(directory, "auth: " + SECRET + "\n").errors())
                .isNotEmpty()
                .allSatisfy(SecretTest::assertHidden);
    }

    @Test
    void shouldNotBeShownWhenItSlippedIntoThePlaceOfAKey() {
        RouterYaml file = RouterYaml.in(
                directory, "auth:\n  hmac-secret:\n  SECRET:\n  SECRET: x\nSECRET: y\n".replace("SECRET", SECRET));

        assertThat(file.errors(file.sources().set(SECRET + "=")))
                .contains("(hidden): unknown key in router.yaml:3", "(hidden): unknown key in --set")
                .hasSize(5)
                .allSatisfy(SecretTest::assertHidden);
    }

    @Test
    void shouldNotBeShownWhenShortOrContradicted() {
        String tooShort = SECRET.substring(1);

        assertThat(RouterYaml.errorsOf(ConfigSources.of()
                        .environment(
                                Map.of("WSROUTER_AUTH_HMAC_SECRET", tooShort, "WSROUTER_AUTH_HMAC_SECRETS", SECRET))
                        .set("auth.hmac-secret-file", directory)
                        .set(SECRET)))
                .hasSize(5)
                .allSatisfy(SecretTest::assertHidden);
    }

    /** A file that is valid but for a few random characters never makes an error that quotes the secret. */
    @Test
    void shouldNotBeShownWhateverIsWrongWithTheFile() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String yaml = "public: {port: 1}\nauth:\n  hmac-secret: " + SECRET + "\n  issuer: i\nnode: n1\n";
        int start = yaml.indexOf("hmac-secret: ") + "hmac-secret: ".length();
        String odd = "!&*|>%@`'\"#:?,[]{}- \n\t\\<~=\u0007";
        for (int i = 0; i < 3_000; i++) {
            StringBuilder broken = new StringBuilder(yaml);
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                int at = random.nextBoolean() ? start : start + random.nextInt(broken.length() - start);
                broken.insert(at, odd.charAt(random.nextInt(odd.length())));
            }
            assertThat(RouterYaml.in(directory, broken.toString()).errors())
                    .as("seed %d: %s", seed, broken)
                    .allSatisfy(SecretTest::assertHidden);
        }
    }

    private static void assertHidden(String error) {
        for (int i = 0; i + 8 <= SECRET.length(); i++) {
            if (error.contains(SECRET.substring(i, i + 8))) {
                throw new AssertionError("quotes the secret: " + error);
            }
        }
    }

    @Test
    void shouldCountBytesOfUtf8() {
        assertThat(Secret.of("\u00e9".repeat(16)).bytes()).hasSize(32);
        assertThatThrownBy(() -> Secret.of("\u00e9".repeat(15) + "e")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n"})
    void shouldStripOneLineBreakFromAFile(String end) throws IOException {
        Path file = Files.writeString(directory.resolve("secret"), SECRET + end);

        RouterConfig config = RouterConfig.load(ConfigSources.of().set("auth.hmac-secret-file", file));

        SecretFile secretFile = config.auth().hmacSecretFile();
        assertThat(secretFile).isEqualTo(new SecretFile(file));
        assertThat(new SecretFile(file).read()).isEqualTo(Secret.of(SECRET));
    }

    @Test
    void shouldKeepFurtherLineBreaksAndAnyBytes() throws IOException {
        byte[] bytes = ("\u0000\u00ff" + SECRET + "\n\n").getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.write(directory.resolve("secret"), bytes);

        assertThat(new SecretFile(file).read().bytes())
                .hasSize(bytes.length - 1)
                .endsWith('\n');
    }

    @Test
    void shouldRefuseFilesThatHoldNoSecret() throws IOException {
        Path small = Files.writeString(directory.resolve("small"), SECRET.substring(1) + "\n");
        Path large = Files.writeString(directory.resolve("large"), "x".repeat(65_537));

        for (Path file : List.of(small, large, directory, directory.resolve("missing"))) {
            assertThatThrownBy(() -> new SecretFile(file).read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toString());
            assertThat(RouterYaml.errorsOf(ConfigSources.of().set("auth.hmac-secret-file", file)))
                    .containsExactly("auth.hmac-secret-file: \"" + file
                            + "\" in --set: expected a file that can be read and holds at least 32 bytes");
        }
    }
}
