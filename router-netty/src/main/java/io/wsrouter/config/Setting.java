package io.wsrouter.config;

import java.util.List;

/**
 * What a source says about one key, not yet judged.
 *
 * @param texts the elements of a list, or one text
 * @param isList whether it was written as a list
 * @param source where it was written
 */
record Setting(List<String> texts, boolean isList, String source) {
    static Setting scalar(String text, String source) {
        return new Setting(List.of(text), false, source);
    }

    static Setting list(List<String> texts, String source) {
        return new Setting(List.copyOf(texts), true, source);
    }

    /** As messages show it. */
    String text() {
        return isList ? "[" + String.join(", ", texts) + "]" : texts.get(0);
    }

    /** As YAML reads it back. */
    String yaml() {
        List<String> quoted = texts.stream().map(Setting::yaml).toList();
        return isList ? "[" + String.join(", ", quoted) + "]" : quoted.get(0);
    }

    private static String yaml(String text) {
        boolean isPlain = text.matches("[A-Za-z0-9/.][A-Za-z0-9/._:+-]*")
                && !text.endsWith(":")
                && !text.equalsIgnoreCase("null");
        return isPlain ? text : Quoted.of(text);
    }
}
