package io.wsrouter.routing;

import io.wsrouter.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * News of a receipt on its way to the shard where it is made up: how many parts there will be, or one of them. Belongs to the
 * loop that has its {@link HopBatch}.
 */
final class ReceiptHop implements Runnable {

    private @Nullable OpenReceipt receipt;
    private @Nullable RefusalCounts refused;
    private int parts;
    private int matched;
    private int delivered;
    private int queued;
    private Outcome nobody = Outcome.NO_ROUTE;

    ReceiptHop() {}

    /** Takes in how many parts there will be. */
    void takeAnnouncement(OpenReceipt newReceipt, int newParts) {
        receipt = newReceipt;
        parts = newParts;
    }

    /** Takes in the figures of a part. */
    void takePart(OpenReceipt newReceipt, ReceiptPart part) {
        receipt = newReceipt;
        matched = part.matched();
        delivered = part.delivered();
        queued = part.queued();
        refused = part.refused().kept();
        nobody = part.nobody();
    }

    /** Tells the receipt. */
    @Override
    public void run() {
        OpenReceipt told = receipt;
        RefusalCounts refusals = refused;
        if (told == null) {
            throw new IllegalStateException("a hop without a receipt");
        }
        if (refusals == null) {
            told.onAnnounced(parts);
        } else {
            told.onPart(matched, delivered, queued, refusals, nobody);
        }
    }

    void clear() {
        receipt = null;
        refused = null;
    }
}
