package io.wsrouter.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A well-formed JSON text, kept byte for byte as it was received and never interpreted. Immutable, any thread. */
public final class RawJson {

    private final byte[] utf8;

    private RawJson(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** Takes over {@code utf8}, which holds one well-formed JSON text. */
    public static RawJson of(byte[] utf8) {
        return new RawJson(utf8);
    }

    /** Wraps {@code json}, which holds one well-formed JSON text. */
    public static RawJson of(String json) {
        return new RawJson(json.getBytes(UTF_8));
    }

    /** Its length in bytes. */
    public int lengthBytes() {
        return utf8.length;
    }

    byte[] utf8() {
        return utf8;
    }

    /** Says how long it is; the text may be private. */
    @Override
    public String toString() {
        return "RawJson[" + utf8.length + " bytes]";
    }
}
