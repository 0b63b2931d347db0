package io.wsrouter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.wsrouter.config.ConfigSources;
import io.wsrouter.config.KeyDoc;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.server.StartCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/configuration.md} says what the records say. */
final class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path directory;

    @Test
    void shouldBeWhatTheRecordsSay() throws Exception {
        assertThat(Files.readString(PAGE))
                .as("run: scripts/router config-doc > docs/configuration.md")
                .isEqualTo(ConfigurationPage.markdown());
    }

    @Test
    void shouldHaveARowForEveryKey() {
        String page = ConfigurationPage.markdown();

        for (KeyDoc key : RouterConfig.keys()) {
            assertThat(page).contains("\n| `" + key.path() + "` | ").contains(" | `" + key.environment() + "` |\n");
        }
    }

    /** The files that the examples name are put in place; nothing is wrong with them, and nothing deserves a warning. */
    @Test
    void shouldHaveAnExampleForProductionThatIsSound() throws Exception {
        assertSound(ConfigurationPage.markdown());
        assertSound(Files.readString(Path.of("..", "README.md")));
    }

    private void assertSound(String page) throws Exception {
        Matcher example = EXAMPLE.matcher(page);
        assertThat(example.find()).isTrue();
        X509Bundle pair = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        write("cert.pem", pair.getCertificatePathPEM());
        write("key.pem", pair.getPrivateKeyPEM());
        write(
                "issuer.pem",
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(pair.getKeyPair().getPublic().getEncoded())
                        + "\n-----END PUBLIC KEY-----\n");
        Path file = write("router.yaml", example.group(1).replace("/etc/ws-router", directory.toString()));

        StartCheck check = StartCheck.of(ConfigSources.of().file(file));

        assertThat(check.errors()).isEmpty();
        assertThat(check.warnings()).isEmpty();
    }

    private Path write(String name, String text) throws Exception {
        Path file = Files.writeString(directory.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
