package io.wsrouter.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.JwtRules;
import io.wsrouter.config.ConfigSources;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.config.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfiguredKeysTest {

    private static final String SECRET = "a secret of the tests, more than 32 bytes long";

    @TempDir
    private Path directory;

    @Test
    void shouldReadASecretFromTheConfigurationOrAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("secret"), SECRET + "\n");

        Secret direct = ConfiguredKeys.hmacSecret(auth("auth.hmac-secret=" + SECRET));
        Secret fromFile = ConfiguredKeys.hmacSecret(auth("auth.hmac-secret-file=" + file));

        assertThat(direct.bytes()).isEqualTo(SECRET.getBytes(StandardCharsets.UTF_8));
        assertThat(fromFile.bytes()).isEqualTo(direct.bytes());
        assertThat(ConfiguredKeys.hmacSecret(auth())).isNull();
    }

    @Test
    void shouldReadPublicKeys() throws Exception {
        byte[] encoded = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPublic()
                .getEncoded();
        Path pem = Files.writeString(
                directory.resolve("key.pem"),
                "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
                        + "\n-----END PUBLIC KEY-----\n");

        assertThat(ConfiguredKeys.read(auth("auth.public-key-files=[" + pem + "]"))
                        .algorithms())
                .containsExactly(JwtAlgorithm.EDDSA);
    }

    @Test
    void shouldNameTheFileThatHoldsNoKey() throws Exception {
        Path pem = Files.writeString(directory.resolve("key.pem"), "no key");

        assertThatThrownBy(() -> ConfiguredKeys.read(auth("auth.public-key-files=[" + pem + "]")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key.pem");
    }

    @Test
    void shouldPassOnTheRules() {
        JwtRules rules =
                ConfiguredKeys.rules(auth("auth.algorithms=[HS256, EdDSA]", "auth.issuer=i", "auth.audience=a"));

        assertThat(rules.algorithms()).containsExactlyInAnyOrder(JwtAlgorithm.HS256, JwtAlgorithm.EDDSA);
        assertThat(rules.issuer()).isEqualTo("i");
        assertThat(rules.audience()).isEqualTo("a");
    }

    private static RouterConfig.Auth auth(String... assignments) {
        ConfigSources sources = ConfigSources.of();
        for (String assignment : assignments) {
            sources = sources.set(assignment);
        }
        return RouterConfig.load(sources).auth();
    }
}
