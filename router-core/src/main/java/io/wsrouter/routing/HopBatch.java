package io.wsrouter.routing;

import io.wsrouter.connection.InFlight;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a turn of one loop has produced for another shard, in order, with room for the messages and the news of receipts among
 * it that is used again, so that a hop makes nothing ({@code HopBenchmark}).
 *
 * <p>It belongs to one loop at a time. The sender fills it and hands it over with one task, itself; the other loop runs it, once,
 * and gives it back by one volatile write, after which it does not touch it ({@code HopBatchStress}). What it keeps is bounded;
 * what finds no room travels as a copy of its own. What it was filled with has taken credit, which is the sender's again when
 * the batch is.
 */
final class HopBatch implements Runnable {

    /** The most bytes of messages that it keeps. */
    static final int MOST_BYTES = 32 * 1024;

    private static final int MOST_BYTES_OF_ONE = 4 * 1024;
    private static final int MOST_MESSAGES = 128;
    private static final int MOST_RECEIPTS = 256;
    private static final int MOST_WORK = 1024;

    private final Shard to;
    private final boolean comesBack;
    private final CreditCall call;
    private final CreditTaken taken = new CreditTaken();
    private final InFlight deliveries = new InFlight();
    private final List<MessageHop> messages = new ArrayList<>();
    private final List<ReceiptHop> receipts = new ArrayList<>();
    private List<Runnable> work = new ArrayList<>();
    private int usedMessages;
    private int usedReceipts;
    private int keptBytes;
    private volatile boolean isHandedOver;

    /**
     * An empty batch.
     *
     * @param comesBack whether it is to be filled again; if not, it keeps no room for anything
     * @param call hears when it has been given back
     */
    HopBatch(Shard to, boolean comesBack, CreditCall call) {
        this.to = to;
        this.comesBack = comesBack;
        this.call = call;
    }

    // ---- the sender's

    /** Whether the other loop has given it back, or has never had it. */
    boolean isHere() {
        return !isHandedOver;
    }

    /** Whether it is to be filled again. */
    boolean comesBack() {
        return comesBack;
    }

    /** The credit that its publishes have taken; the sender's, wherever the batch is. */
    CreditTaken taken() {
        return taken;
    }

    /** The credit that its deliveries have taken; the sender's, wherever the batch is. */
    InFlight deliveries() {
        return deliveries;
    }

    /** Adds any work. */
    void add(Runnable piece) {
        work.add(piece);
    }

    /** Adds a message to be routed, or delivered to subscribers, and says whether there was room. */
    boolean addMessage(Publication publication, boolean isFanOut) {
        MessageHop hop = roomFor(publication.message().lengthBytes());
        if (hop == null) {
            return false;
        }
        usedMessages++;
        hop.take(publication, isFanOut);
        work.add(hop);
        return true;
    }

    /** Adds how many parts a receipt has. */
    void addAnnouncement(OpenReceipt receipt, int parts) {
        ReceiptHop hop = receiptHop();
        hop.takeAnnouncement(receipt, parts);
        work.add(hop);
    }

    /** Adds a part of a receipt. */
    void addPart(OpenReceipt receipt, ReceiptPart part) {
        ReceiptHop hop = receiptHop();
        hop.takePart(receipt, part);
        work.add(hop);
    }

    int size() {
        return work.size();
    }

    /** Leaves it to the other loop. It is handed over as a task then; if that fails, {@link #giveBack} undoes it. */
    void handOver() {
        isHandedOver = true;
    }

    private @Nullable MessageHop roomFor(int lengthBytes) {
        if (!comesBack || lengthBytes > MOST_BYTES_OF_ONE || usedMessages == MOST_MESSAGES) {
            return null;
        }
        if (usedMessages == messages.size()) {
            messages.add(new MessageHop(to));
        }
        MessageHop hop = messages.get(usedMessages);
        int growth = hop.room().capacityBytesFor(lengthBytes) - hop.room().capacityBytes();
        if (keptBytes + growth > MOST_BYTES) {
            return null;
        }
        keptBytes += growth;
        return hop;
    }

    private ReceiptHop receiptHop() {
        if (!comesBack || usedReceipts == MOST_RECEIPTS) {
            return new ReceiptHop();
        }
        if (usedReceipts == receipts.size()) {
            receipts.add(new ReceiptHop());
        }
        return receipts.get(usedReceipts++);
    }

    // ---- the other loop's

    @Override
    public void run() {
        try {
            to.onBatch(work);
        } finally {
            giveBack();
            call.onGivenBack();
        }
    }

    /** Forgets what it carried and gives it back to the sender. */
    void giveBack() {
        for (int i = 0; i < usedMessages; i++) {
            messages.get(i).clear();
        }
        for (int i = 0; i < usedReceipts; i++) {
            receipts.get(i).clear();
        }
        usedMessages = 0;
        usedReceipts = 0;
        if (work.size() > MOST_WORK) {
            work = new ArrayList<>();
        } else {
            work.clear();
        }
        isHandedOver = false;
    }
}
