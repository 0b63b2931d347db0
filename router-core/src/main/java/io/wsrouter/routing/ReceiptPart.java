package io.wsrouter.routing;

import io.wsrouter.connection.Delivery;
import io.wsrouter.connection.TimerWheel;
import io.wsrouter.protocol.Outcome;
import java.util.function.Consumer;

/**
 * One shard's part of a receipt: it counts what becomes of the writes of one message on this shard and closes when all are
 * decided or time is up. Belongs to the shard that writes; immutable once closed.
 */
final class ReceiptPart extends TimerWheel.Timer implements Delivery {

    private final Consumer<ReceiptPart> whenClosed;
    private final RefusalCounts refused = new RefusalCounts();
    private int matched;
    private int delivered;
    private boolean isSealed;
    private boolean isClosed;

    ReceiptPart(Consumer<ReceiptPart> whenClosed) {
        this.whenClosed = whenClosed;
    }

    /** One more receiver is being written to. */
    void onMatched() {
        matched++;
    }

    @Override
    public void onDelivered() {
        if (!isClosed) {
            delivered++;
            closeWhenDecided();
        }
    }

    @Override
    public void onRefused(Outcome outcome) {
        if (!isClosed) {
            refused.add(outcome, 1);
            closeWhenDecided();
        }
    }

    /** No more receivers will be matched. */
    void seal() {
        isSealed = true;
        closeWhenDecided();
    }

    boolean isClosed() {
        return isClosed;
    }

    @Override
    protected void onExpired(long nowNanos) {
        close();
    }

    int matched() {
        return matched;
    }

    int delivered() {
        return delivered;
    }

    int queued() {
        return matched - delivered - refused.total();
    }

    RefusalCounts refused() {
        return refused;
    }

    private void closeWhenDecided() {
        if (isSealed && queued() == 0) {
            close();
        }
    }

    private void close() {
        isClosed = true;
        cancel();
        whenClosed.accept(this);
    }
}
