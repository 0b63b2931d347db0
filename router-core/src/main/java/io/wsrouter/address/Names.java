package io.wsrouter.address;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Set;

/** The rules for user ids and topic names. */
final class Names {

    static final int MAX_USER_ID_BYTES = 128;
    static final int MAX_TOPIC_NAME_LENGTH = 200;

    private static final Set<String> PLACEHOLDERS = Set.of("null", "None", "undefined");

    private static final boolean[] IS_ALLOWED_IN_ASCII_USER_ID = new boolean[128];

    static {
        for (int c = 0; c < IS_ALLOWED_IN_ASCII_USER_ID.length; c++) {
            IS_ALLOWED_IN_ASCII_USER_ID[c] = isAllowedInUserId(c);
        }
    }

    private Names() {}

    static void requireUserId(String userId) {
        if (!isUserId(userId)) {
            throw new IllegalArgumentException("user id \"" + printable(userId) + "\" (expected 1 to "
                    + MAX_USER_ID_BYTES + " bytes without control characters, whitespace, quote, backslash, * or >,"
                    + " and no placeholder such as null)");
        }
    }

    static void requireTopicName(String name) {
        if (!isTopicName(name)) {
            throw new IllegalArgumentException("topic \"" + printable(name) + "\" (expected 1 to "
                    + MAX_TOPIC_NAME_LENGTH + " of A-Z a-z 0-9 . _ : / -)");
        }
    }

    static boolean isUserId(String userId) {
        return !userId.isEmpty() && !PLACEHOLDERS.contains(userId) && isPartOfUserId(userId);
    }

    /** Whether {@code text} could start a user id: its characters and length are allowed. */
    static boolean isPartOfUserId(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length() && bytes <= MAX_USER_ID_BYTES; ) {
            int codePoint = text.codePointAt(i);
            if (!isAllowedInUserId(codePoint)) {
                return false;
            }
            i += Character.charCount(codePoint);
            bytes += utf8Length(codePoint);
        }
        return bytes <= MAX_USER_ID_BYTES;
    }

    /** Whether these bytes are a user id of ASCII characters alone. */
    static boolean isAsciiUserId(byte[] utf8, int from, int to) {
        int length = to - from;
        for (int i = from; i < to; i++) {
            if (utf8[i] < 0 || !IS_ALLOWED_IN_ASCII_USER_ID[utf8[i]]) {
                return false;
            }
        }
        boolean mayBePlaceholder = length == 4 || length == 9;
        return length > 0
                && length <= MAX_USER_ID_BYTES
                && !(mayBePlaceholder && PLACEHOLDERS.contains(new String(utf8, from, length, US_ASCII)));
    }

    /** Whether these bytes are a topic name. */
    static boolean isTopicName(byte[] utf8, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isAllowedInTopicName(utf8[i])) {
                return false;
            }
        }
        return from < to && to - from <= MAX_TOPIC_NAME_LENGTH;
    }

    static boolean isTopicName(String name) {
        return !name.isEmpty() && isPartOfTopicName(name);
    }

    /** Whether {@code text} could start a topic name: its characters and length are allowed. */
    static boolean isPartOfTopicName(String text) {
        return text.length() <= MAX_TOPIC_NAME_LENGTH && text.chars().allMatch(Names::isAllowedInTopicName);
    }

    /** {@code text} as it may stand in an error: short, and without characters that could forge a line of a log. */
    static String printable(String text) {
        String head = text.codePointCount(0, text.length()) <= 64
                ? text
                : text.substring(0, text.offsetByCodePoints(0, 64)) + "...";
        return head.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isAllowedInUserId(int codePoint) {
        return !Character.isISOControl(codePoint)
                && !Character.isWhitespace(codePoint)
                && !Character.isSpaceChar(codePoint)
                && Character.getType(codePoint) != Character.SURROGATE
                && codePoint != '"'
                && codePoint != '\\'
                && codePoint != '*'
                && codePoint != '>';
    }

    private static boolean isAllowedInTopicName(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == ':'
                || c == '/'
                || c == '-';
    }

    private static int utf8Length(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }
}
