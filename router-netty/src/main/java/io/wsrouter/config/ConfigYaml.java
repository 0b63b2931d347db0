package io.wsrouter.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes values as the nested YAML of a configuration file, a comment on each line says where its value came from. */
final class ConfigYaml {
    private static final String INDENT = "  ";
    private static final int COMMENT_COLUMN = 48;

    private final List<ConfigValue> values;
    private final StringBuilder yaml = new StringBuilder();
    private List<String> section = List.of();

    private ConfigYaml(List<ConfigValue> values) {
        this.values = values;
    }

    static String of(List<ConfigValue> values) {
        ConfigYaml page = new ConfigYaml(values);
        values.forEach(page::write);
        return page.yaml.toString();
    }

    private void write(ConfigValue value) {
        List<String> path = Arrays.asList(value.key().path().split("\\."));
        enter(path.subList(0, path.size() - 1));
        String name = INDENT.repeat(section.size()) + (isSet(value) ? "" : "# ") + path.get(path.size() - 1) + ": ";
        line(name + (isSet(value) ? value.text() : "(not set)"), Quoted.line(value.source()));
    }

    private void enter(List<String> next) {
        int common = 0;
        while (common < Math.min(section.size(), next.size())
                && section.get(common).equals(next.get(common))) {
            common++;
        }
        for (int depth = common; depth < next.size(); depth++) {
            String prefix = String.join(".", next.subList(0, depth + 1)) + '.';
            boolean hasValues =
                    values.stream().anyMatch(value -> value.key().path().startsWith(prefix) && isSet(value));
            yaml.append(INDENT.repeat(depth))
                    .append(hasValues ? "" : "# ")
                    .append(next.get(depth))
                    .append(":\n");
        }
        section = new ArrayList<>(next);
    }

    private void line(String text, String comment) {
        yaml.append(text)
                .append(" ".repeat(Math.max(1, COMMENT_COLUMN - text.length())))
                .append("# ")
                .append(comment)
                .append('\n');
    }

    private static boolean isSet(ConfigValue value) {
        return !value.text().isEmpty();
    }
}
