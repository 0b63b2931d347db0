package io.wsrouter.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.protocol.Outcome;
import java.util.Arrays;

/** Reads what the router pushes, quickly. The frames are ours to know byte for byte; other tests parse them as JSON. */
final class PushText {

    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final byte[][] WORDS =
            Arrays.stream(OUTCOMES).map(outcome -> bytes(outcome.word())).toArray(byte[][]::new);

    static final byte[] RECEIPT = bytes("{\"type\":\"receipt\"");
    static final byte[] OK = bytes("{\"type\":\"ok\"");
    static final byte[] PONG = bytes("{\"type\":\"pong\"");
    static final byte[] ERROR = bytes("{\"type\":\"error\"");
    static final byte[] REFUSED = bytes("{\"type\":\"refused\"");
    static final byte[] ID = bytes("\"id\":\"");
    static final byte[] CODE = bytes("\"code\":\"");
    static final byte[] OUTCOME = bytes("\"outcome\":\"");
    static final byte[] MATCHED = bytes("\"matched\":");
    static final byte[] DELIVERED = bytes("\"delivered\":");
    static final byte[] QUEUED = bytes("\"queued\":");
    static final byte[] REFUSED_COUNTS = bytes("\"refused\":{");
    static final byte[] UNKNOWN = bytes("\"unknown\":[");
    static final byte[] OUTCOMES_COUNTS = bytes("\"outcomes\":{");
    static final byte[] EXPIRES = bytes("\"expires\":");

    private byte[] json = {};
    private int length;
    private int position;

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    void read(byte[] newJson, int newLength) {
        json = newJson;
        length = newLength;
        position = 0;
    }

    boolean startsWith(byte[] start) {
        return isAt(0, start);
    }

    /** Goes on behind a key and says whether it is there. */
    boolean find(byte[] key) {
        for (int i = position; i + key.length <= length; i++) {
            if (json[i] == key[0] && isAt(i, key)) {
                position = i + key.length;
                return true;
            }
        }
        return false;
    }

    /** The whole number that comes next; -1 when none does. */
    long number() {
        long value = 0;
        int start = position;
        while (position < length && json[position] >= '0' && json[position] <= '9') {
            value = value * 10 + json[position++] - '0';
        }
        return position == start ? -1 : value;
    }

    /** Whether the JSON string whose quote was just passed is {@code raw}, quotes included. */
    boolean isString(byte[] raw, int digitsPassed) {
        return isAt(position - digitsPassed - 1, raw);
    }

    /** The word that comes next, up to its quote. */
    String word() {
        int start = position;
        while (position < length && json[position] != '"') {
            position++;
        }
        return new String(json, start, position - start, UTF_8);
    }

    /** The outcome whose word comes next. */
    Outcome outcome() {
        for (int i = 0; i < WORDS.length; i++) {
            int end = position + WORDS[i].length;
            if (end < length && json[end] == '"' && isAt(position, WORDS[i])) {
                position = end;
                return OUTCOMES[i];
            }
        }
        throw new AssertionError("no outcome in " + this);
    }

    /** Adds counts by outcome, as an object says that was just opened, and returns their sum. */
    int addCounts(int[] byOutcome) {
        int sum = 0;
        while (json[position] != '}') {
            position += json[position] == ',' ? 2 : 1;
            Outcome outcome = outcome();
            position += 2;
            int count = (int) number();
            byOutcome[outcome.ordinal()] += count;
            sum += count;
        }
        return sum;
    }

    private boolean isAt(int offset, byte[] text) {
        return offset >= 0
                && offset + text.length <= length
                && Arrays.equals(json, offset, offset + text.length, text, 0, text.length);
    }

    @Override
    public String toString() {
        return new String(json, 0, length, UTF_8);
    }
}
