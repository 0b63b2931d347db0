package io.wsrouter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigSourcesTest {
    @TempDir
    Path directory;

    @Test
    void shouldLetEnvironmentOverrideFileAndAssignmentsOverrideBothKeyByKey() {
        RouterYaml file = RouterYaml.in(directory, "public: {host: file, port: 1, path: /file}\n");

        EffectiveConfig effective = EffectiveConfig.load(file.sources()
                .environment(Map.of("WSROUTER_PUBLIC_PORT", "2", "WSROUTER_PUBLIC_HOST", "environment", "HOME", "/"))
                .set("public.host=first")
                .set("public.host=last"));

        assertThat(effective.config().publicEndpoint())
                .isEqualTo(new RouterConfig.PublicEndpoint("last", 2, "/file", List.of(), List.of(), false, null));
        assertThat(effective.values())
                .filteredOn(value -> value.key().path().startsWith("public."))
                .extracting(value -> value.key().path(), ConfigValue::text, ConfigValue::source)
                .containsExactly(
                        tuple("public.host", "last", "--set"),
                        tuple("public.port", "2", "WSROUTER_PUBLIC_PORT"),
                        tuple("public.path", "/file", directory.resolve("router.yaml") + ":1"),
                        tuple("public.allowed-origins", "[]", "default"),
                        tuple("public.trusted-proxies", "[]", "default"),
                        tuple("public.proxy-protocol", "false", "default"),
                        tuple("public.tls.certificate", "", "default"),
                        tuple("public.tls.key", "", "default"));
    }

    @Test
    void shouldJudgeOnlyTheValueThatCounts() {
        RouterYaml file = RouterYaml.in(directory, "public: {port: none}\n");

        assertThat(RouterConfig.load(file.sources().set("public.port=1"))
                        .publicEndpoint()
                        .port())
                .isEqualTo(1);
    }

    @Test
    void shouldReadListsFromTheEnvironmentWithCommas() {
        assertThat(origins("https://a.example, https://b.example:8443"))
                .containsExactly("https://a.example", "https://b.example:8443");
        assertThat(origins("*")).containsExactly("*");
        assertThat(origins("")).isEmpty();
    }

    private static List<String> origins(String text) {
        return RouterConfig.load(ConfigSources.of().environment(Map.of("WSROUTER_PUBLIC_ALLOWED_ORIGINS", text)))
                .publicEndpoint()
                .allowedOrigins();
    }

    @Test
    void shouldTakeEnvironmentLiterally() {
        ConfigSources sources = ConfigSources.of().environment(Map.of("WSROUTER_AUTH_ISSUER", "[a]: \"b\" # c"));

        assertThat(RouterConfig.load(sources).auth().issuer()).isEqualTo("[a]: \"b\" # c");
    }

    @Test
    void shouldReadAssignmentsAsYaml() {
        RouterConfig config = RouterConfig.load(ConfigSources.of()
                .set("auth.issuer=\"a=b # c\"")
                .set("auth.algorithms=[HS256, 'HS512']")
                .set("public.allowed-origins=[\"*\"]"));

        assertThat(config.auth().issuer()).isEqualTo("a=b # c");
        assertThat(config.auth().algorithms()).containsExactly("HS256", "HS512");
        assertThat(config.publicEndpoint().allowedOrigins()).containsExactly("*");
    }

    @Test
    void shouldTakeValuesOfProgramsLiterally() {
        String odd = "a: [\"b\"] \\ # 'c'\n\t\u0085\u202e \ud83d\ude00 null";
        RouterConfig config = RouterConfig.load(ConfigSources.of()
                .set("public.port", 0)
                .set("auth.issuer", odd)
                .set("auth.audience", "null")
                .set("auth.algorithms", List.of("ES256", "PS384"))
                .set("receipt-timeout", Duration.ofMillis(1500))
                .set("transport", RouterConfig.Transport.NIO));

        assertThat(config.publicEndpoint().port()).isZero();
        assertThat(config.auth().issuer()).isEqualTo(odd);
        assertThat(config.auth().audience()).isEqualTo("null");
        assertThat(config.auth().algorithms()).containsExactly("ES256", "PS384");
        assertThat(config.receiptTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(config.transport()).isEqualTo(RouterConfig.Transport.NIO);
    }

    /** What print-config shows can be given back, secrets aside. */
    @Test
    void shouldShowValuesThatYamlReadsBack() {
        EffectiveConfig effective = EffectiveConfig.load(ConfigSources.of()
                .set("auth.issuer", "a: \"b\" # c\n")
                .set("auth.audience", "null")
                .set("public.allowed-origins", List.of("*", "https://a.example"))
                .set("limits.connections-per-ip=unlimited"));

        ConfigSources shown = ConfigSources.of();
        for (ConfigValue value : effective.values()) {
            if (!value.text().isEmpty()) {
                shown = shown.set(value.key().path() + "=" + value.text());
            }
        }

        assertThat(RouterConfig.load(shown)).isEqualTo(effective.config());
        assertThat(effective.values().get(0).text())
                .isEqualTo(effective.config().node());
    }
}
