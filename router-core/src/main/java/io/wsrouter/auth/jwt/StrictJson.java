package io.wsrouter.auth.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object (RFC 8259) and leaves no room for a second reading of it: well-formed UTF-8, no duplicate member
 * at any depth, nothing after the object, no lone surrogate, at most {@value #MAX_DEPTH} levels.
 *
 * <p>Values are String, Long (an integer that fits), Double (any other number), Boolean, null, List and Map. Whatever
 * breaks a rule is {@link AuthFailure#TOKEN_MALFORMED}. One instance reads one text.
 */
final class StrictJson {

    private static final int MAX_DEPTH = 32;

    private final String text;
    private int position;

    private StrictJson(String text) {
        this.text = text;
    }

    static Map<String, @Nullable Object> readObject(byte[] utf8) {
        try {
            return readObject(UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
        } catch (CharacterCodingException e) {
            throw malformed();
        }
    }

    static Map<String, @Nullable Object> readObject(String text) {
        StrictJson json = new StrictJson(text);
        json.skipWhitespace();
        json.expect('{');
        Map<String, @Nullable Object> object = json.readMembers(1);
        json.skipWhitespace();
        if (json.position != text.length()) {
            throw malformed();
        }
        return object;
    }

    private @Nullable Object readValue(int depth) {
        skipWhitespace();
        return switch (next()) {
            case '{' -> readMembers(depth + 1);
            case '[' -> readElements(depth + 1);
            case '"' -> readString();
            case 't' -> readWord("true", true);
            case 'f' -> readWord("false", false);
            case 'n' -> readWord("null", null);
            default -> {
                position--;
                yield readNumber();
            }
        };
    }

    private Map<String, @Nullable Object> readMembers(int depth) {
        requireDepth(depth);
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        skipWhitespace();
        if (accept('}')) {
            return members;
        }
        do {
            skipWhitespace();
            expect('"');
            String name = readString();
            skipWhitespace();
            expect(':');
            if (members.containsKey(name)) {
                throw malformed();
            }
            members.put(name, readValue(depth));
            skipWhitespace();
        } while (accept(','));
        expect('}');
        return members;
    }

    private List<@Nullable Object> readElements(int depth) {
        requireDepth(depth);
        List<@Nullable Object> elements = new ArrayList<>();
        skipWhitespace();
        if (accept(']')) {
            return elements;
        }
        do {
            elements.add(readValue(depth));
            skipWhitespace();
        } while (accept(','));
        expect(']');
        return elements;
    }

    private @Nullable Object readWord(String word, @Nullable Object value) {
        int start = position - 1;
        if (!text.startsWith(word, start)) {
            throw malformed();
        }
        position = start + word.length();
        return value;
    }

    private Object readNumber() {
        int start = position;
        accept('-');
        if (!accept('0')) {
            skipDigits();
        }
        boolean isInteger = true;
        if (accept('.')) {
            isInteger = false;
            skipDigits();
        }
        if (accept('e') || accept('E')) {
            isInteger = false;
            if (!accept('+')) {
                accept('-');
            }
            skipDigits();
        }
        int end = position;
        if (isInteger && end - start <= 18) {
            return Long.parseLong(text, start, end, 10);
        }
        return Double.valueOf(text.substring(start, end));
    }

    private void skipDigits() {
        int start = position;
        while (position < text.length() && isDigit(text.charAt(position))) {
            position++;
        }
        if (position == start) {
            throw malformed();
        }
    }

    /** Reads a string whose opening quote has been taken. */
    private String readString() {
        int start = position;
        for (char c = next(); c != '"'; c = next()) {
            if (c == '\\') {
                position--;
                return readEscapedString(start);
            }
            if (c < ' ') {
                throw malformed();
            }
        }
        // A text that was decoded from bytes holds lone surrogates only where an escape made them.
        return text.substring(start, position - 1);
    }

    private String readEscapedString(int start) {
        StringBuilder string = new StringBuilder(text.length() - start).append(text, start, position);
        for (char c = next(); c != '"'; c = next()) {
            if (c < ' ') {
                throw malformed();
            }
            string.append(c == '\\' ? readEscape() : c);
        }
        requirePairedSurrogates(string);
        return string.toString();
    }

    private char readEscape() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> readHex();
            default -> throw malformed();
        };
    }

    private char readHex() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            char c = next();
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw malformed();
            }
            value = (value << 4) | digit;
        }
        return (char) value;
    }

    private static void requirePairedSurrogates(CharSequence string) {
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < string.length()
                    && Character.isLowSurrogate(string.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw malformed();
            }
        }
    }

    private static void requireDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw malformed();
        }
    }

    private void skipWhitespace() {
        while (position < text.length() && isWhitespace(text.charAt(position))) {
            position++;
        }
    }

    private char next() {
        if (position == text.length()) {
            throw malformed();
        }
        return text.charAt(position++);
    }

    private boolean accept(char c) {
        if (position < text.length() && text.charAt(position) == c) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw malformed();
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWhitespace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    private static AuthenticationException malformed() {
        return new AuthenticationException(AuthFailure.TOKEN_MALFORMED);
    }
}
