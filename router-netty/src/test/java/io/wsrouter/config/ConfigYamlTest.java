package io.wsrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code print-config} prints. */
class ConfigYamlTest {
    private static final String SECRET = "s3cr3t-Pa55-w0rd-T0k3n-K3y5-0123";

    @TempDir
    Path directory;

    @Test
    void shouldSayWhereEachValueCameFrom() {
        RouterYaml file = RouterYaml.in(directory, "public:\n  port: 8443\n");

        String yaml = EffectiveConfig.load(file.sources()
                        .environment(Map.of("WSROUTER_LIMITS_MESSAGE_BYTES", "32KiB"))
                        .set("drain.timeout=3s"))
                .toYaml()
                .replace(directory + "/", "");

        assertThat(yaml.lines().map(line -> line.replaceAll(" +#", " #")))
                .contains(
                        "public:",
                        "  host: 0.0.0.0 # default",
                        "  port: 8443 # router.yaml:2",
                        " # tls:",
                        " # certificate: (not set) # default",
                        "  message-bytes: 32KiB # WSROUTER_LIMITS_MESSAGE_BYTES",
                        "drain:",
                        "  timeout: 3s # --set");
        assertThat(yaml.lines().map(line -> line.replaceFirst("^[ #]*", "").replaceFirst(":.*", "")))
                .containsAll(RouterConfig.keys().stream()
                        .map(key -> key.path().substring(key.path().lastIndexOf('.') + 1))
                        .toList());
    }

    @Test
    void shouldGiveTheSameConfigurationWhenItIsLoadedAgain() throws IOException {
        Path pem = Files.writeString(directory.resolve("key: #.pem"), "pem");
        EffectiveConfig effective = EffectiveConfig.load(ConfigSources.of()
                .set("node", "n1")
                .set("loops=3")
                .set("transport=nio")
                .set("public.host", "::")
                .set("public.allowed-origins", List.of("*", "https://a.example:8443"))
                .set("public.tls.certificate", pem)
                .set("public.tls.key", pem)
                .set("auth.hmac-secret", SECRET)
                .set("auth.public-key-files", List.of(pem, pem))
                .set("auth.issuer", " a: [\"b\"] # c\n\t'\u2028 null")
                .set("auth.audience", "true")
                .set("limits.connections-per-ip=unlimited")
                .set("limits.handshake-timeout=500ms"));

        assertThat(loadedAgain(effective)).isEqualTo(effective.config());
        assertThat(loadedAgain(EffectiveConfig.load(ConfigSources.of()))).isEqualTo(RouterConfig.defaults());
    }

    @Test
    void shouldHideSecretsAndRefuseToLoadWhatHidesThem() {
        String yaml = EffectiveConfig.load(ConfigSources.of().set("auth.hmac-secret", SECRET))
                .toYaml();

        assertThat(yaml).contains("hmac-secret: (hidden)").doesNotContain(SECRET);
        assertThat(RouterYaml.in(directory, yaml).errors())
                .singleElement()
                .asString()
                .startsWith("auth.hmac-secret: (hidden) in router.yaml:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"null", "~", "yes", "0x10", "1e3", "-", "a #b", "a: b", "'", "\"", "\\", "[a]", "{a}", "*a", "&a"
            })
    void shouldQuoteWhatYamlWouldReadAsSomethingElse(String text) {
        EffectiveConfig effective =
                EffectiveConfig.load(ConfigSources.of().set("auth.issuer", text).set("node", "n1"));

        assertThat(loadedAgain(effective).auth().issuer()).isEqualTo(text);
    }

    @Test
    void shouldKeepAnOddFileNameInItsComment() throws IOException {
        Path file = Files.writeString(directory.resolve("a\nloops: 7.yaml"), "node: n1\n");

        EffectiveConfig effective = EffectiveConfig.load(ConfigSources.of().file(file));

        assertThat(loadedAgain(effective)).isEqualTo(effective.config());
    }

    private RouterConfig loadedAgain(EffectiveConfig effective) {
        return RouterYaml.in(directory, effective.toYaml().replace(Secret.HIDDEN, SECRET))
                .load();
    }
}
