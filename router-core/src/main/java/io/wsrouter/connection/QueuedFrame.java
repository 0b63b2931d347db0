package io.wsrouter.connection;

import io.wsrouter.protocol.Message;

/** A message that waits for one connection of a loop or for many, and is kept and counted once for all of them. */
final class QueuedFrame {

    /** What it takes on the heap beside its bytes: itself, the message, the head of an array. */
    static final int OVERHEAD_BYTES = 96;

    private final Message source;
    private final long sourceEdition;
    private final Message message;
    private int holders = 1;

    QueuedFrame(Message source) {
        this.source = source;
        this.sourceEdition = source.edition();
        this.message = source.kept();
    }

    /** Whether it is of this message in its present edition. */
    boolean isOf(Message other) {
        return source == other && sourceEdition == other.edition();
    }

    Message message() {
        return message;
    }

    /** What it takes, once. */
    long bytes() {
        return OVERHEAD_BYTES + (long) message.lengthBytes();
    }

    void hold() {
        holders++;
    }

    /** Gives up one hold on it, and says whether that was the last. */
    boolean release() {
        return --holders == 0;
    }
}
