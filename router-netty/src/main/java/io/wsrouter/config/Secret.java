package io.wsrouter.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** Bytes that nobody may read in a log: {@code toString()} hides them. Immutable. */
public final class Secret {
    /** Length below which a secret is refused, in bytes. */
    public static final int MIN_BYTES = 32;

    static final String HIDDEN = "(hidden)";

    private final byte[] bytes;

    private Secret(byte[] bytes) {
        if (bytes.length < MIN_BYTES) {
            throw new IllegalArgumentException("a secret has at least " + MIN_BYTES + " bytes");
        }
        this.bytes = bytes;
    }

    /**
     * The UTF-8 bytes of a text.
     *
     * @throws IllegalArgumentException when they are fewer than {@link #MIN_BYTES}
     */
    public static Secret of(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A copy of the bytes.
     *
     * @throws IllegalArgumentException when they are fewer than {@link #MIN_BYTES}
     */
    public static Secret of(byte[] bytes) {
        return new Secret(bytes.clone());
    }

    /** The secret itself, as a copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HIDDEN;
    }
}
