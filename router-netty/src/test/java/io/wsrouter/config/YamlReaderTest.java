package io.wsrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing\n",
                "---\n",
                "~\n",
                "{}",
                "public:\nauth:\n",
                "public: {tls: {}}\n",
                "\ufeffnode: n1\n"
            })
    void shouldAcceptAFileThatSaysLittle(String yaml) {
        assertThat(RouterYaml.in(directory, yaml).errors()).isEmpty();
    }

    @Test
    void shouldAcceptDottedPaths() {
        RouterConfig config =
                RouterYaml.in(directory, "public.port: 1\npublic: {host: h}\n").load();

        assertThat(config.publicEndpoint().port()).isEqualTo(1);
        assertThat(config.publicEndpoint().host()).isEqualTo("h");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "node: a~node: b                 | node: given a second time in router.yaml:2",
                "public: {port: 1}~public.port: 2 | public.port: given a second time in router.yaml:2",
                "node: a: b                      | router.yaml:1: malformed YAML: mapping values are not allowed here",
                "node: 'a~loops: 1               | router.yaml:2: malformed YAML: while scanning a quoted scalar from"
                        + " line 1: found unexpected end of stream",
                "public: {port: 1~node: b        | router.yaml:2: malformed YAML: while parsing a flow mapping from"
                        + " line 1: expected ',' or '}', but got :",
                "node: a~--- ~node: b            | router.yaml:3: a second document, where one is expected",
                "- a                             | router.yaml:1: expected keys such as public, auth and limits",
                "hello                           | router.yaml:1: expected keys such as public, auth and limits",
                "node:                           | node: no value where 1 to 64 letters, digits, '.', '_' or '-' is"
                        + " expected, in router.yaml:1",
                "node: {a: b}                    | node: nested values where 1 to 64 letters, digits, '.', '_' or '-'"
                        + " is expected, in router.yaml:1",
                "auth: {algorithms: [[HS256]]}   | auth.algorithms: nested values where a list such as [a, b], each"
                        + " HS256, RS256, PS256, ES256, their 384 and 512 variants, or EdDSA is expected, in"
                        + " router.yaml:1",
                "receipt-timeout: !!str 5s       | receipt-timeout: an alias or a tag where a duration such as"
                        + " 2s, from 1ms to 24h is expected, in router.yaml:1",
                "auth: [a]                       | auth: a value where nested keys are expected in router.yaml:1",
                "? [a, b]~: c                    | router.yaml:1: malformed YAML",
            })
    void shouldTellTheLine(String yaml, String error) {
        assertThat(RouterYaml.in(directory, yaml.replace('~', '\n')).errors()).contains(error);
    }

    @Test
    void shouldTellTheLineOfATabAndOfAControlCharacter() {
        assertThat(RouterYaml.in(directory, "public:\n\tport: 1\n").errors())
                .singleElement()
                .asString()
                .startsWith("router.yaml:2: malformed YAML: found character '\\t(TAB)' that cannot start any token");
        assertThat(RouterYaml.in(directory, "node: a\nloops: 1\n# \u0007\n").errors())
                .containsExactly("router.yaml:3: malformed YAML: a character that is not allowed");
    }

    @Test
    void shouldNotCallAKeyMissingWhenTheFileIsBroken() {
        RouterYaml file = RouterYaml.in(directory, "node: a: b\npublic: {tls: {key: k}}\n");

        List<String> errors = file.errors(file.sources()
                .set("public.tls.certificate", directory.resolve("router.yaml"))
                .set("loops=none"));

        assertThat(errors).hasSize(2);
        assertThat(errors.get(1)).startsWith("loops: ");
    }

    @Test
    void shouldNameAFileThatCannotBeRead() throws IOException {
        Path latin1 =
                Files.write(directory.resolve("latin1.yaml"), "node: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Path missing = directory.resolve("missing.yaml");

        assertThat(RouterYaml.errorsOf(ConfigSources.of().file(missing))).containsExactly(missing + ": no such file");
        assertThat(RouterYaml.errorsOf(ConfigSources.of().file(directory)))
                .containsExactly(directory + ": cannot be read, it is a directory");
        assertThat(RouterYaml.errorsOf(ConfigSources.of().file(latin1))).containsExactly(latin1 + ": not UTF-8");
    }

    @Test
    void shouldRefuseWhatIsNoText() throws IOException {
        Path zeros = Files.write(directory.resolve("zeros"), new byte[64]);
        Path jar = Files.write(directory.resolve("jar"), new byte[] {'P', 'K', 3, 4, 20, 0, (byte) 0x8f, (byte) 0xff});

        assertThat(RouterYaml.errorsOf(ConfigSources.of().file(zeros)))
                .containsExactly(zeros + ":1: malformed YAML: a character that is not allowed");
        assertThat(RouterYaml.errorsOf(ConfigSources.of().file(jar))).containsExactly(jar + ": not UTF-8");
    }

    @Test
    void shouldRefuseAFileBeyondItsBound() {
        assertThat(RouterYaml.in(directory, "#".repeat(1 << 20)).errors()).isEmpty();
        assertThat(RouterYaml.in(directory, "#".repeat((1 << 20) + 1)).errors())
                .containsExactly("router.yaml: larger than 1MiB");
    }

    @Test
    void shouldRefuseAliases() {
        List<String> errors = RouterYaml.in(
                        directory, "node: &n n1\nauth: {issuer: *n, algorithms: [*n]}\npublic: *n\n")
                .errors();

        assertThat(errors)
                .hasSize(3)
                .anyMatch(error -> error.startsWith("auth.issuer: an alias or a tag where"))
                .anyMatch(error -> error.startsWith("auth.algorithms: nested values where"))
                .anyMatch(error -> error.startsWith("public: a value where"));
    }

    @Test
    @Timeout(60)
    void shouldSurviveHostileFiles() {
        List<String> hostile = List.of(
                "a: &a [x, x]\n" + "b: &b [*a, *a]\n".repeat(50_000),
                "[".repeat(1 << 20),
                "{a: ".repeat(1 << 18),
                "- ".repeat(1 << 19),
                "? ".repeat(1 << 19),
                "public:\n".repeat(100_000),
                "public: {tls: " + "{a: ".repeat(900) + "}".repeat(900) + "}",
                "auth: {algorithms: [" + "a,".repeat(400_000) + "]}",
                "'".repeat(1 << 20),
                "node: " + "x".repeat(1_000_000),
                "k".repeat(1_000_000) + ": 1");
        for (String yaml : hostile) {
            List<String> errors = RouterYaml.in(directory, yaml).errors();
            assertThat(errors).isNotEmpty().hasSizeLessThanOrEqualTo(100);
            assertThat(errors).allSatisfy(error -> assertThat(error).hasSizeLessThan(1000));
        }
    }
}
