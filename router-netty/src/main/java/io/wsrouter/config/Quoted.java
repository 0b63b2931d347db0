package io.wsrouter.config;

/** Text in double quotes that is safe to show and that YAML reads back: nothing in it ends a line or moves a cursor. */
final class Quoted {
    private static final int MAX_SHOWN = 100;

    private Quoted() {}

    /** All of the text. */
    static String of(String text) {
        return '"' + escaped(text.replace("\\", "\\\\").replace("\"", "\\\"")) + '"';
    }

    /** All of the text in one line, without quotes. */
    static String line(String text) {
        return escaped(text);
    }

    /** The start of the text, enough to recognise it. */
    static String startOf(String text) {
        return of(clipped(text));
    }

    /** The start of a name, without quotes. */
    static String name(String text) {
        return escaped(clipped(text));
    }

    private static String clipped(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }

    private static String escaped(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isInvisible(c)) {
                shown.append(String.format(c > 0xffff ? "\\U%08x" : "\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    private static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
