package io.wsrouter.routing;

import io.wsrouter.connection.Conduct;
import io.wsrouter.connection.Connection;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.protocol.ReceiptText;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The receipt of a publish that came over a connection: made up, written and pushed to it. Belongs to the publisher's
 * shard, which opens it again for another publish.
 */
final class ClientReceipt implements Consumer<Receipt> {

    private final ReceiptBook receipts;
    private final OpenReceipt open = new OpenReceipt(this);
    private final ReceiptText text = new ReceiptText();
    private @Nullable Connection publisher;
    private @Nullable Conduct conduct;

    /** A receipt of {@code receipts} that is to be opened. */
    ClientReceipt(ReceiptBook receipts) {
        this.receipts = receipts;
    }

    /** Begins the receipt that answers {@code id}, which is copied; {@code newConduct} has counted it. */
    OpenReceipt open(Connection newPublisher, Conduct newConduct, RawJson id) {
        publisher = newPublisher;
        conduct = newConduct;
        text.begin(id);
        open.reopen();
        return open;
    }

    /** Pushes the receipt, if there is still somebody to push it to. */
    @Override
    public void accept(Receipt receipt) {
        Connection to = publisher;
        Conduct counted = conduct;
        if (to == null || counted == null) {
            return;
        }
        publisher = null;
        conduct = null;
        counted.closeReceipt();
        if (to.isOpen()) {
            text.end(receipt);
            to.push(text.json(), text.lengthBytes());
        } else {
            receipts.counters().increment(Metric.RECEIPTS_DROPPED);
        }
        if (open.isReusable()) {
            receipts.onReusable(this);
        }
    }
}
