package io.wsrouter.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * A well-formed JSON text, kept byte for byte as it was received and never interpreted. It may be a view: then it is valid
 * as long as its array is left alone, and who keeps it longer takes what {@link #kept} returns.
 */
public final class RawJson {

    private byte[] utf8;
    private int offset;
    private int length;

    private RawJson(byte[] utf8, int offset, int length) {
        this.utf8 = utf8;
        this.offset = offset;
        this.length = length;
    }

    /** A view of {@code length} bytes, which hold one well-formed JSON text. */
    public static RawJson of(byte[] utf8, int offset, int length) {
        return new RawJson(utf8, offset, length);
    }

    /** Wraps {@code json}, which holds one well-formed JSON text. */
    public static RawJson of(String json) {
        byte[] utf8 = json.getBytes(UTF_8);
        return new RawJson(utf8, 0, utf8.length);
    }

    /** The JSON string that stands for {@code text}. */
    public static RawJson ofText(String text) {
        byte[] utf8 = new JsonText(text.length() + 2).string(text).toBytes();
        return new RawJson(utf8, 0, utf8.length);
    }

    /** Views other bytes from now on: for a reader that uses its views again, one text after the other. */
    public void wrap(byte[] newUtf8, int newOffset, int newLength) {
        utf8 = newUtf8;
        offset = newOffset;
        length = newLength;
    }

    /** The same text with bytes of its own. */
    public RawJson kept() {
        return new RawJson(Arrays.copyOfRange(utf8, offset, offset + length), 0, length);
    }

    /** What a JSON string stands for: without its quotes, its escapes resolved. Only for a string. */
    public String text() {
        String inside = new String(utf8, offset + 1, length - 2, UTF_8);
        return inside.indexOf('\\') < 0 ? inside : unescaped(inside);
    }

    /** Resolves the escapes in the inside of a JSON string. */
    public static String unescaped(String inside) {
        StringBuilder text = new StringBuilder(inside.length());
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escape = inside.charAt(++i);
            switch (escape) {
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'u' -> {
                    text.append((char) Integer.parseInt(inside, i + 1, i + 5, 16));
                    i += 4;
                }
                default -> text.append(escape);
            }
        }
        return text.toString();
    }

    /** Its length in bytes. */
    public int lengthBytes() {
        return length;
    }

    /** Copies the text into {@code target} and returns the offset after it. */
    int copyTo(byte[] target, int targetOffset) {
        System.arraycopy(utf8, offset, target, targetOffset, length);
        return targetOffset + length;
    }

    /** Says how long it is; the text may be private. */
    @Override
    public String toString() {
        return "RawJson[" + length + " bytes]";
    }
}
