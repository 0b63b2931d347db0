package io.wsrouter.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A publish that somebody gave, the exact frame that it is to become, and what came of it. */
final class Sent extends Given {

    private static final int AT_DIGITS = 13;

    /** Payloads and names that would break out of their place if they were ever interpreted. */
    private static final String[] PAYLOADS = {
        "",
        "\\\"}}",
        "\\u0000\\ud834\\udd1e",
        "\\\",\\\"to\\\":\\\"user:bob\\\",\\\"n\\\":1}}",
        "x".repeat(900),
        "ö\uD834\uDD1E"
    };

    private static final String[] EVENTS = {null, "\"tick\"", "\"a\\\"b\\u0000\\/\"", null};

    private final Target to;
    private final Priority priority;
    private final String claimedOwner;
    private final int ttlMs;
    private final byte[] rawId;
    private final byte[] event;
    private final byte[] data;
    private final byte[] head;
    private final byte[] tail;

    // what came of it
    private final List<Written> written = new ArrayList<>(2);
    private Outcome verdict;
    private boolean isCarriedOut;
    private int postedOn;
    private boolean hadReceivers;
    private boolean goesToAnotherNode;
    private boolean losesSomewhere;
    private long carriedOutAt;
    private int receipts;
    private int least;
    private int most;
    private long carriedOutNanos;
    private long shardsWritten;

    /**
     * A publish.
     *
     * @param from the publisher's user
     * @param variant how its id, event and payload look
     * @param ttlMs how long it may be tried again; 0 for a single try
     */
    Sent(
            int number,
            Peer peer,
            String from,
            Target to,
            Priority priority,
            String claimedOwner,
            boolean hasId,
            int variant,
            int ttlMs) {
        super(number, peer);
        this.ttlMs = ttlMs;
        this.to = to;
        this.priority = priority;
        this.claimedOwner = claimedOwner;
        this.rawId = hasId ? id(number, variant).getBytes(UTF_8) : null;
        String eventText = EVENTS[(variant >>> 1) % EVENTS.length];
        String dataText = "{\"v\":\"" + PAYLOADS[(variant >>> 3) % PAYLOADS.length] + "\",\"n\":" + number + "}";
        this.event = eventText == null ? null : eventText.getBytes(UTF_8);
        this.data = dataText.getBytes(UTF_8);
        this.head = ("{\"type\":\"message\",\"to\":\"" + to + "\",\"from\":\"user:" + from + "\""
                        + (eventText == null ? "" : ",\"event\":" + eventText) + ",\"at\":")
                .getBytes(UTF_8);
        this.tail = (",\"data\":" + dataText + "}").getBytes(UTF_8);
    }

    private static String id(int number, int variant) {
        return (variant & 1) == 0 ? "\"" + number + "\"" : "\"" + number + "\\\"\\u000a\"";
    }

    @Override
    Command read(Reader reader) {
        return reader.publish(rawId, to, event, data, priority, claimedOwner, ttlMs);
    }

    Target to() {
        return to;
    }

    Priority priority() {
        return priority;
    }

    String claimedOwner() {
        return claimedOwner;
    }

    byte[] rawId() {
        return rawId;
    }

    /** Whether a message is this, byte for byte, but for the time in it. */
    boolean isFrame(Message message) {
        byte[] json = message.json();
        int length = message.lengthBytes();
        return length == head.length + AT_DIGITS + tail.length
                && Arrays.equals(json, 0, head.length, head, 0, head.length)
                && Arrays.equals(json, length - tail.length, length, tail, 0, tail.length);
    }

    // ---- what came of it

    void carryOut(Outcome newVerdict, long now, long nowNanos, boolean newHadReceivers) {
        isCarriedOut = true;
        hadReceivers = newHadReceivers;
        verdict = newVerdict;
        carriedOutAt = now;
        carriedOutNanos = nowNanos;
    }

    /** A back end gives it to this node. */
    void postOn(int node) {
        postedOn = node;
    }

    int postedOn() {
        return postedOn;
    }

    void goesToAnotherNode() {
        goesToAnotherNode = true;
    }

    /** Whether another node may have to account for it. */
    boolean isForAnotherNode() {
        return goesToAnotherNode;
    }

    /** It, or an answer to it, does not arrive in time on another node. */
    void losesSomewhere() {
        losesSomewhere = true;
    }

    boolean mayBeLost() {
        return losesSomewhere;
    }

    /** Whether it is tried again. */
    boolean isTimed() {
        return ttlMs > 0;
    }

    /** Whether its time is over, and a tick more. */
    boolean isExpired(long nowNanos) {
        return isTimed() && peer() != null && nowNanos - carriedOutNanos > (ttlMs + 10) * 1_000_000L;
    }

    boolean isCarriedOut() {
        return isCarriedOut;
    }

    /** Why it must reach nobody; null when it may go. */
    Outcome verdict() {
        return verdict;
    }

    boolean isUnderWay() {
        return isCarriedOut && verdict == null;
    }

    /** Whether anybody would have got it at the time that it was carried out. */
    boolean hadReceivers() {
        return hadReceivers;
    }

    long carriedOutAt() {
        return carriedOutAt;
    }

    List<Written> written() {
        return written;
    }

    /** Whether this is the first time that it is written on a shard. */
    boolean isFirstOn(int shard) {
        boolean isFirst = (shardsWritten & 1L << shard) == 0;
        shardsWritten |= 1L << shard;
        return isFirst;
    }

    /** On one more shard it is to be written to so many at least, and so many at most. */
    void expect(int moreAtLeast, int moreAtMost) {
        least += moreAtLeast;
        most += moreAtMost;
    }

    boolean isWrittenAsExpected() {
        return written.size() >= least && written.size() <= most;
    }

    String expected() {
        return least + " to " + most;
    }

    int countReceipt() {
        return ++receipts;
    }

    int receipts() {
        return receipts;
    }

    @Override
    public String toString() {
        return "#" + number() + " to " + to;
    }
}
