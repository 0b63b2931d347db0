package io.wsrouter.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.protocol.RawJson;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Walks over one JSON text (RFC 8259) in UTF-8 and builds nothing. Each method starts at the present position and leaves it
 * after what it has read; where it answers false, the text is malformed and the position means nothing. Not thread-safe.
 *
 * <p>Strings are read eight bytes at a time; the arithmetic is that of "Determine if a word has a byte less than n" and
 * "has a zero byte" in Anderson, Bit Twiddling Hacks.
 */
final class JsonScanner {

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH_BYTE = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long QUOTES = EACH_BYTE * '"';
    private static final long BACKSLASHES = EACH_BYTE * '\\';
    private static final long SPACES = EACH_BYTE * ' ';

    private static final byte[] NOTHING = {};

    private byte[] json = NOTHING;
    private int end;
    private int position;
    private boolean hasEscapes;

    JsonScanner() {}

    /** Begins with the first {@code length} bytes, which are borrowed until the next text. */
    void start(byte[] newJson, int length) {
        json = newJson;
        end = length;
        position = 0;
    }

    int position() {
        return position;
    }

    /** Whether everything has been read. */
    boolean isAtEnd() {
        return position == end;
    }

    /** Whether the string that was read last holds an escape. */
    boolean hasEscapes() {
        return hasEscapes;
    }

    /** Reads {@code expected} if it is the next byte, and says so. */
    boolean take(char expected) {
        if (position < end && json[position] == expected) {
            position++;
            return true;
        }
        return false;
    }

    /** Whether the next byte is {@code expected}. */
    boolean isNext(char expected) {
        return position < end && json[position] == expected;
    }

    /** Reads white space. */
    void skipSpace() {
        while (position < end && isSpace(json[position])) {
            position++;
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** Reads a string with its quotes. */
    boolean skipString() {
        hasEscapes = false;
        if (!take('"')) {
            return false;
        }
        while (true) {
            position = endOfPlainCharacters(position);
            if (position >= end) {
                return false;
            }
            byte b = json[position++];
            if (b == '"') {
                return true;
            }
            if (b != '\\' || !skipEscape()) {
                return false;
            }
            hasEscapes = true;
        }
    }

    /** The position of the next quote, backslash or control character. */
    private int endOfPlainCharacters(int from) {
        int at = from;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            long word = (long) WORD.get(json, at);
            long special =
                    zeroBytes(word ^ QUOTES) | zeroBytes(word ^ BACKSLASHES) | (word - SPACES & ~word & HIGH_BITS);
            if (special != 0) {
                return at + (Long.numberOfTrailingZeros(special) >>> 3);
            }
        }
        while (at < end && json[at] != '"' && json[at] != '\\' && (json[at] < 0 || json[at] >= ' ')) {
            at++;
        }
        return at;
    }

    /** The high bit of each byte that is zero; above the first one there may be more. */
    private static long zeroBytes(long word) {
        return word - EACH_BYTE & ~word & HIGH_BITS;
    }

    private boolean skipEscape() {
        if (position >= end) {
            return false;
        }
        return switch (json[position++]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> true;
            case 'u' -> skipHexDigits();
            default -> false;
        };
    }

    private boolean skipHexDigits() {
        if (end - position < 4) {
            return false;
        }
        for (int i = 0; i < 4; i++) {
            if (Character.digit(json[position++], 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Reads any value in which arrays and objects are nested at most {@code mostLevels} deep, 64 at most. */
    boolean skipValue(int mostLevels) {
        long objects = 0; // one bit for each open level, the innermost lowest: an object, or an array
        int levels = 0;
        while (true) {
            skipSpace();
            if (position >= end) {
                return false;
            }
            byte first = json[position];
            if (first == '{' || first == '[') {
                position++;
                if (++levels > mostLevels) {
                    return false;
                }
                objects = objects << 1 | (first == '{' ? 1 : 0);
                skipSpace();
                if (!isNext(first == '{' ? '}' : ']')) {
                    if (first == '{' && !skipName()) {
                        return false;
                    }
                    continue;
                }
            } else if (!skipScalar(first)) {
                return false;
            }
            while (true) {
                if (levels == 0) {
                    return true;
                }
                boolean isObject = (objects & 1) != 0;
                skipSpace();
                if (take(',')) {
                    if (isObject && !skipName()) {
                        return false;
                    }
                    break;
                }
                if (!take(isObject ? '}' : ']')) {
                    return false;
                }
                objects >>>= 1;
                levels--;
            }
        }
    }

    /** Reads the name of a member and its colon. */
    private boolean skipName() {
        skipSpace();
        if (!skipString()) {
            return false;
        }
        skipSpace();
        return take(':');
    }

    private boolean skipScalar(byte first) {
        return switch (first) {
            case '"' -> skipString();
            case 't' -> skipWord("true");
            case 'f' -> skipWord("false");
            case 'n' -> skipWord("null");
            default -> skipNumber();
        };
    }

    private boolean skipWord(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!take(word.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean skipNumber() {
        take('-');
        if (!take('0') && !skipDigits()) {
            return false;
        }
        if (take('.') && !skipDigits()) {
            return false;
        }
        if (take('e') || take('E')) {
            if (!take('+')) {
                take('-');
            }
            return skipDigits();
        }
        return true;
    }

    private boolean skipDigits() {
        int start = position;
        while (position < end && json[position] >= '0' && json[position] <= '9') {
            position++;
        }
        return position > start;
    }

    /** Whether the bytes between two positions are {@code word}, which is ASCII. */
    boolean isWord(String word, int from, int to) {
        if (to - from != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (json[from + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The text between two positions: the inside of a string that was read, its escapes resolved if it has any. */
    String text(int from, int to, boolean isEscaped) {
        String raw = new String(json, from, to - from, UTF_8);
        return isEscaped ? RawJson.unescaped(raw) : raw;
    }
}
