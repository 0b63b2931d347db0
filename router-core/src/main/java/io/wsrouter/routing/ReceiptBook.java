package io.wsrouter.routing;

import io.wsrouter.connection.Conduct;
import io.wsrouter.connection.Connection;
import io.wsrouter.metrics.Counters;
import io.wsrouter.protocol.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The receipts of one shard: those of its connections' publishes, and its parts of those of others. What has closed is
 * opened again, so that a receipt makes nothing ({@code RouteBenchmark}); only what nobody can answer to any more is, and a
 * few of each are kept. Belongs to one loop.
 */
final class ReceiptBook {

    private static final int MOST_SPARE = 256;

    private final Counters counters;
    private final Consumer<ReceiptPart> whenPartClosed;
    private final List<ClientReceipt> spareReceipts = new ArrayList<>();
    private final List<ReceiptPart> spareParts = new ArrayList<>();

    /** No receipts yet; {@code whenPartClosed} reports a part to where its receipt is made up. */
    ReceiptBook(Counters counters, Consumer<ReceiptPart> whenPartClosed) {
        this.counters = counters;
        this.whenPartClosed = whenPartClosed;
    }

    /** Opens the receipt that {@code publisher} gets for its publish {@code id}; {@code conduct} has counted it. */
    OpenReceipt open(Connection publisher, Conduct conduct, RawJson id) {
        ClientReceipt receipt =
                spareReceipts.isEmpty() ? new ClientReceipt(this) : spareReceipts.remove(spareReceipts.size() - 1);
        return receipt.open(publisher, conduct, id);
    }

    /** Opens this shard's part of a receipt that is made up on the shard with the index {@code origin}. */
    ReceiptPart openPart(OpenReceipt receipt, int origin) {
        ReceiptPart part =
                spareParts.isEmpty() ? new ReceiptPart(this::onPartClosed) : spareParts.remove(spareParts.size() - 1);
        part.open(receipt, origin);
        return part;
    }

    private void onPartClosed(ReceiptPart part) {
        whenPartClosed.accept(part);
        part.forgetReceipt();
        if (part.isReusable() && spareParts.size() < MOST_SPARE) {
            spareParts.add(part);
        }
    }

    /** Takes back a receipt that was pushed. */
    void onReusable(ClientReceipt receipt) {
        if (spareReceipts.size() < MOST_SPARE) {
            spareReceipts.add(receipt);
        }
    }

    Counters counters() {
        return counters;
    }
}
