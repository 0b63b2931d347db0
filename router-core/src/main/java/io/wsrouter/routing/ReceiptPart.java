package io.wsrouter.routing;

import io.wsrouter.connection.Delivery;
import io.wsrouter.connection.TimerWheel;
import io.wsrouter.protocol.Outcome;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One shard's part of a receipt: it counts what becomes of the writes of one message on this shard and closes when all are
 * decided or time is up. Belongs to the shard that writes, which may open it again for another message.
 */
final class ReceiptPart extends TimerWheel.Timer implements Delivery {

    private final Consumer<ReceiptPart> whenClosed;
    private final RefusalCounts refused = new RefusalCounts();
    private @Nullable OpenReceipt receipt;
    private int origin;
    private int matched;
    private int delivered;
    private int awaited;
    private boolean isSealed;
    private boolean isClosed;
    private boolean isInDoubt;
    private Outcome nobody = Outcome.NO_ROUTE;

    /** A part that is to be opened; {@code whenClosed} hears of it each time that it closes. */
    ReceiptPart(Consumer<ReceiptPart> whenClosed) {
        this.whenClosed = whenClosed;
    }

    /** Begins to count for a receipt, which is made up on the shard with the index {@code newOrigin}. */
    void open(OpenReceipt newReceipt, int newOrigin) {
        receipt = newReceipt;
        origin = newOrigin;
        refused.clear();
        matched = 0;
        delivered = 0;
        awaited = 0;
        isSealed = false;
        isClosed = false;
        isInDoubt = false;
        nobody = Outcome.NO_ROUTE;
    }

    /** One more receiver is being written to. */
    void onMatched() {
        matched++;
    }

    /** A receiver is awaited who is not there. */
    void onAwaited() {
        awaited++;
    }

    /** A receiver who was awaited has come: {@link #onMatched} is next. */
    void onArrived() {
        awaited--;
    }

    /** A receiver who was awaited has not come, and is awaited no more for this reason. */
    void onNobodyCame(Outcome reason) {
        if (!isClosed) {
            awaited--;
            nobody = reason;
            closeWhenDecided();
        }
    }

    /** So many receivers cannot be written to. */
    void onUnreachable(Outcome outcome, int receivers) {
        matched += receivers;
        refused.add(outcome, receivers);
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

    /** A write has failed half-way, so that its receiver may have been counted and still answer. */
    void onWriteFault() {
        isInDoubt = true;
    }

    /** No more receivers will be matched. Says whether the part has closed. */
    boolean seal() {
        isSealed = true;
        closeWhenDecided();
        return isClosed;
    }

    /** Whether every receiver has answered, so that none will answer to what this is opened for next. */
    boolean isReusable() {
        return isClosed && queued() == 0 && awaited == 0 && !isInDoubt;
    }

    @Override
    protected void onExpired(long nowNanos) {
        close();
    }

    /** The receipt that it is a part of; null after {@link #forgetReceipt}. */
    @Nullable
    OpenReceipt receipt() {
        return receipt;
    }

    void forgetReceipt() {
        receipt = null;
    }

    int origin() {
        return origin;
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

    /** What became of the message if nobody was matched. */
    Outcome nobody() {
        return nobody;
    }

    RefusalCounts refused() {
        return refused;
    }

    private void closeWhenDecided() {
        if (isSealed && queued() == 0 && awaited == 0) {
            close();
        }
    }

    private void close() {
        isClosed = true;
        cancel();
        whenClosed.accept(this);
    }
}
