package io.wsrouter.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A well-formed JSON text, kept byte for byte as it was received and never interpreted. It may be a view: then it is valid
 * as long as its array is left alone, and who keeps it longer copies it.
 */
public final class RawJson {

    private final byte[] utf8;
    private final int offset;
    private final int length;

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
