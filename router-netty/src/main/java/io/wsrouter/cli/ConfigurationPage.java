package io.wsrouter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.config.KeyDoc;
import io.wsrouter.config.RouterConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The page that documents every key: an introduction, and a table for each section made from the records. */
final class ConfigurationPage {

    private static final String TOP = "";
    private static final String TABLES = "__KEYS__";

    private ConfigurationPage() {}

    static String markdown() {
        try (InputStream introduction = ConfigurationPage.class.getResourceAsStream("configuration.md")) {
            if (introduction == null) {
                throw new IllegalStateException("configuration.md is missing from the jar");
            }
            return new String(introduction.readAllBytes(), UTF_8).replace(TABLES, tables());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tables() {
        Map<String, List<KeyDoc>> sections = RouterConfig.keys().stream()
                .collect(Collectors.groupingBy(ConfigurationPage::section, LinkedHashMap::new, Collectors.toList()));
        return sections.entrySet().stream()
                .map(section -> table(section.getKey(), section.getValue()))
                .collect(Collectors.joining("\n"));
    }

    private static String section(KeyDoc key) {
        return key.path().substring(0, Math.max(0, key.path().lastIndexOf('.')));
    }

    private static String table(String section, List<KeyDoc> keys) {
        String rows = keys.stream().map(ConfigurationPage::row).collect(Collectors.joining());
        return "### " + (section.equals(TOP) ? "Without a section" : code(section))
                + "\n\n| key | default | meaning | takes | environment |\n|---|---|---|---|---|\n" + rows;
    }

    private static String row(KeyDoc key) {
        return "| " + code(key.path())
                + " | " + (key.defaultText().isEmpty() ? "" : code(key.defaultText()))
                + " | " + cell(key.doc() + (key.secret() ? " Never shown." : ""))
                + " | " + cell(key.expected())
                + " | " + code(key.environment()) + " |\n";
    }

    private static String code(String text) {
        return '`' + text.replace("|", "\\|") + '`';
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;");
    }
}
