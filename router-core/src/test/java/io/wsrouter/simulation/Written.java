package io.wsrouter.simulation;

import io.wsrouter.connection.WriteResult;
import io.wsrouter.protocol.Outcome;

/** One message at one receiver: that the router asked to write it, and what became of it. */
final class Written {

    private final Sent sent;
    private final Peer receiver;
    private final long at;
    private final long atNanos;
    private WriteResult result = WriteResult.ACCEPTED;
    private Outcome outcome;
    private long decidedNanos;
    private boolean isReceived;

    Written(Sent sent, Peer receiver, long at, long atNanos) {
        this.sent = sent;
        this.receiver = receiver;
        this.at = at;
        this.atNanos = atNanos;
    }

    Sent sent() {
        return sent;
    }

    Peer receiver() {
        return receiver;
    }

    /** When the router asked, in the count of the oracle. */
    long at() {
        return at;
    }

    /** Whether the client has got it. */
    boolean isReceived() {
        return isReceived;
    }

    void receive() {
        isReceived = true;
    }

    /** What the connection said. */
    WriteResult result() {
        return result;
    }

    void answer(WriteResult newResult) {
        result = newResult;
    }

    /** What became of it in the end; null as long as that is open. */
    Outcome outcome() {
        return outcome;
    }

    void decide(Outcome newOutcome, long nowNanos) {
        if (outcome != null) {
            throw new IllegalStateException(sent + " at " + receiver + " was " + outcome + " and is " + newOutcome);
        }
        outcome = newOutcome;
        decidedNanos = nowNanos;
    }

    /** How long it has been open at a time. */
    long ageNanos(long nowNanos) {
        return nowNanos - atNanos;
    }

    /** How long it was open. */
    long openNanos() {
        return decidedNanos - atNanos;
    }
}
