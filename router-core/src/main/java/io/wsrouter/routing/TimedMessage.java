package io.wsrouter.routing;

import org.jspecify.annotations.Nullable;

/**
 * A message with a deadline at the shard of its receivers: what its deliveries have in common. A user's next connection gets
 * it for one of them at most, so that nobody gets it twice. Belongs to one loop.
 */
final class TimedMessage {

    private final Publication publication;
    private final @Nullable ReceiptPart part;
    private final long sequence;
    private boolean isHandedOn;

    /**
     * A message for good.
     *
     * @param publication kept
     * @param part where it is accounted for; null when nobody asks for a receipt
     * @param sequence its place among all of this shard
     */
    TimedMessage(Publication publication, @Nullable ReceiptPart part, long sequence) {
        this.publication = publication;
        this.part = part;
        this.sequence = sequence;
    }

    Publication publication() {
        return publication;
    }

    @Nullable
    ReceiptPart part() {
        return part;
    }

    long sequence() {
        return sequence;
    }

    long deadlineNanos() {
        return publication.message().deadlineNanos();
    }

    int lengthBytes() {
        return publication.message().lengthBytes();
    }

    /** Whether no delivery has been handed on to the user's next connection yet; the one that asks is, if so. */
    boolean tryHandOn() {
        boolean mayHandOn = !isHandedOn;
        isHandedOn = true;
        return mayHandOn;
    }
}
