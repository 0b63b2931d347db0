package io.wsrouter.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Tells whether bytes that come in pieces are well-formed UTF-8, as early as it can be told (Unicode 15, table 3-7). Not
 * thread-safe.
 */
public final class Utf8Validator {

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final int LOWEST_CONTINUATION = 0x80;
    private static final int HIGHEST_CONTINUATION = 0xBF;

    private int missing;
    private int lowest = LOWEST_CONTINUATION;
    private int highest = HIGHEST_CONTINUATION;

    /** A validator at the start of a text. */
    public Utf8Validator() {}

    /** Whether the bytes from {@code from} to {@code to} are a well-formed text. */
    public static boolean isValid(byte[] bytes, int from, int to) {
        int asciiEnd = endOfAscii(bytes, from, to);
        if (asciiEnd == to) {
            return true;
        }
        Utf8Validator validator = new Utf8Validator();
        return validator.accept(bytes, asciiEnd, to) && validator.isComplete();
    }

    /** Reads the next piece, from {@code from} to {@code to}, and says whether all so far can be the start of a text. */
    public boolean accept(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (missing == 0) {
                at = endOfAscii(bytes, at, to);
                if (at < to && !acceptLead(bytes[at++] & 0xFF)) {
                    return false;
                }
            } else if (!acceptContinuation(bytes[at++] & 0xFF)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the text may end here: no character is half-way through. */
    public boolean isComplete() {
        return missing == 0;
    }

    private boolean acceptLead(int b) {
        if (b < 0xC2 || b > 0xF4) {
            return false;
        }
        missing = b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3;
        lowest = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : LOWEST_CONTINUATION;
        highest = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : HIGHEST_CONTINUATION;
        return true;
    }

    private boolean acceptContinuation(int b) {
        if (b < lowest || b > highest) {
            return false;
        }
        lowest = LOWEST_CONTINUATION;
        highest = HIGHEST_CONTINUATION;
        missing--;
        return true;
    }

    private static int endOfAscii(byte[] bytes, int from, int to) {
        int at = from;
        while (at + Long.BYTES <= to && ((long) WORD.get(bytes, at) & HIGH_BITS) == 0) {
            at += Long.BYTES;
        }
        while (at < to && bytes[at] >= 0) {
            at++;
        }
        return at;
    }
}
