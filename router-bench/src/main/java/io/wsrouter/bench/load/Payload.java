package io.wsrouter.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The data of a message, which says all that its receiver has to know: 32 characters of head, then a pattern up to the planned
 * size. No character needs escaping in JSON. An instance holds what was read last; it belongs to one thread.
 *
 * <p>The head is run (4 characters of 6 bits), host (1), source (4), target (4), sequence (5), intended time in nanoseconds (10)
 * and a check of all these (4). The pattern starts at a place that the sequence chooses, so the tail of one message under
 * the head of another is seen.
 */
final class Payload {

    static final int LEAST_BYTES = 32;
    static final int HOSTS = 64;

    private static final int RUN_CHARS = 4;
    private static final int CHECKED_CHARS = 28;
    private static final long TIME_MASK = (1L << 60) - 1;
    private static final int PATTERN_STARTS = 1 << 10;
    private static final byte[] DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_".getBytes(US_ASCII);
    private static final byte[] VALUES = values();
    private static final byte[] PATTERN = pattern();

    private final int run;

    private int host;
    private int source;
    private int target;
    private int sequence;
    private long intendedNanos;

    /** For the messages of a run. */
    Payload(String run) {
        byte[] chars = run.getBytes(US_ASCII);
        if (chars.length != RUN_CHARS || number(chars, 0, RUN_CHARS) < 0) {
            throw new IllegalArgumentException("run " + run + " (expected 4 letters or digits)");
        }
        this.run = (int) number(chars, 0, RUN_CHARS);
    }

    /** Writes a payload of {@code size} bytes. */
    void write(byte[] out, int at, int size, int host, int source, int target, int sequence, long intendedNanos) {
        put(out, at, RUN_CHARS, run);
        put(out, at + 4, 1, host);
        put(out, at + 5, 4, source);
        put(out, at + 9, 4, target);
        put(out, at + 13, 5, sequence);
        put(out, at + 18, 10, intendedNanos & TIME_MASK);
        put(out, at + CHECKED_CHARS, 4, check(out, at));
        System.arraycopy(PATTERN, sequence & (PATTERN_STARTS - 1), out, at + LEAST_BYTES, size - LEAST_BYTES);
    }

    /** Reads a payload; false when any byte of it is not as it was written in this run. */
    boolean read(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length < LEAST_BYTES || number(bytes, from, RUN_CHARS) != run) {
            return false;
        }
        host = (int) number(bytes, from + 4, 1);
        source = (int) number(bytes, from + 5, 4);
        target = (int) number(bytes, from + 9, 4);
        sequence = (int) number(bytes, from + 13, 5);
        intendedNanos = number(bytes, from + 18, 10);
        if (number(bytes, from + CHECKED_CHARS, 4) != check(bytes, from) || (host | source | target | sequence) < 0) {
            return false;
        }
        int start = sequence & (PATTERN_STARTS - 1);
        return Arrays.equals(bytes, from + LEAST_BYTES, to, PATTERN, start, start + length - LEAST_BYTES);
    }

    int host() {
        return host;
    }

    int source() {
        return source;
    }

    int target() {
        return target;
    }

    int sequence() {
        return sequence;
    }

    long intendedNanos() {
        return intendedNanos;
    }

    private static void put(byte[] out, int at, int chars, long value) {
        long left = value;
        for (int i = at + chars - 1; i >= at; i--) {
            out[i] = DIGITS[(int) (left & 63)];
            left >>>= 6;
        }
    }

    /** The number in these characters; negative when one of them is no digit. */
    private static long number(byte[] bytes, int at, int chars) {
        long value = 0;
        int wrong = 0;
        for (int i = at; i < at + chars; i++) {
            byte digit = VALUES[bytes[i] & 0xff];
            wrong |= digit;
            value = (value << 6) | (digit & 63);
        }
        return wrong < 0 ? -1 : value;
    }

    private static int check(byte[] bytes, int at) {
        long hash = 0xcbf29ce484222325L;
        for (int i = at; i < at + CHECKED_CHARS; i++) {
            hash = (hash ^ bytes[i]) * 0x100000001b3L;
        }
        return (int) (hash ^ (hash >>> 32)) & 0xffffff;
    }

    private static byte[] values() {
        byte[] values = new byte[256];
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < DIGITS.length; i++) {
            values[DIGITS[i]] = (byte) i;
        }
        return values;
    }

    private static byte[] pattern() {
        SplittableRandom random = new SplittableRandom(1);
        byte[] pattern = new byte[GroupPlan.MOST_BYTES + PATTERN_STARTS];
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = DIGITS[random.nextInt(DIGITS.length)];
        }
        return pattern;
    }
}
