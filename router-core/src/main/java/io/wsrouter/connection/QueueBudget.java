package io.wsrouter.connection;

import io.wsrouter.connection.QueueListener.Drop;
import io.wsrouter.protocol.Message;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One loop's part of what may wait on the node ({@link NodeQueue}): it leases slices as its backlogs grow and gives them back
 * as they shrink. When there are none left, the largest backlog of the node sheds, and no other.
 *
 * <p>If that one is on another loop, its loop is asked, and meanwhile this one may go half a slice beyond its leases, which is
 * set aside for that. Belongs to its loop, but for what its methods say.
 */
public final class QueueBudget {

    private static final VarHandle USED;
    private static final VarHandle LARGEST;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            USED = lookup.findVarHandle(QueueBudget.class, "usedBytes", long.class);
            LARGEST = lookup.findVarHandle(QueueBudget.class, "largestBytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private record Refusal(Delivery delivery, Drop drop) {

        void tell() {
            if (drop == Drop.SUPERSEDED) {
                delivery.onSuperseded();
            } else {
                delivery.onRefused(drop.outcome());
            }
        }
    }

    private final NodeQueue node;
    private final Executor loop;
    private final QueueListener listener;
    private final AtomicBoolean isAsked = new AtomicBoolean();

    // state, the loop's own; others may look at what is published
    private final LargestFirst backlogs = new LargestFirst();
    private final Queue<Refusal> refusals = new ArrayDeque<>();
    private @Nullable QueuedFrame newest;
    private long leasedBytes;
    private boolean isTelling;

    @SuppressWarnings("unused") // written and read through USED
    private long usedBytes;

    @SuppressWarnings("unused") // written and read through LARGEST
    private long largestBytes;

    QueueBudget(NodeQueue node, Executor loop, QueueListener listener) {
        this.node = node;
        this.loop = loop;
        this.listener = listener;
    }

    /** What is allowed. Any thread. */
    public QueueLimits limits() {
        return node.limits();
    }

    /** What waits on this loop, as it counts for the node. Any thread, and then a little old. */
    public long usedBytes() {
        return (long) USED.getOpaque(this);
    }

    /** A backlog without anything in it, of a socket on this loop. */
    public Backlog open(Backlog.Owner owner) {
        return new Backlog(this, owner);
    }

    // ---- what backlogs tell

    QueueListener listener() {
        return listener;
    }

    /** Keeps a message for one more connection, and counts it if it is the first. */
    QueuedFrame hold(Message message) {
        if (newest != null && newest.isOf(message)) {
            newest.hold();
            return newest;
        }
        newest = new QueuedFrame(message);
        charge(newest.bytes());
        return newest;
    }

    /** Gives up one hold on a frame. */
    void release(QueuedFrame frame) {
        if (!frame.release()) {
            return;
        }
        discharge(frame.bytes());
        if (frame == newest) {
            newest = null;
        }
    }

    /** Counts bytes; once the backlog knows of them, {@link #onGrown} sees to it that there is room. */
    void charge(long bytes) {
        USED.setOpaque(this, usedBytes + bytes);
    }

    void discharge(long bytes) {
        USED.setOpaque(this, usedBytes - bytes);
    }

    /** A backlog has more bytes than before. Some backlog may have to shed, this one too. */
    void onGrown(Backlog backlog) {
        update(backlog);
        lease();
        if (isShort()) {
            shedOrAsk();
        }
    }

    /** A backlog has fewer bytes than before. */
    void onShrunk(Backlog backlog) {
        update(backlog);
        while (leasedBytes > 0
                && (usedBytes == 0 || leasedBytes - usedBytes > node.sliceBytes() + node.overdraftBytes())) {
            giveBack();
        }
    }

    /** Has a delivery told when the change is complete. */
    void refuse(@Nullable Delivery delivery, Drop drop) {
        if (delivery != null) {
            refusals.add(new Refusal(delivery, drop));
        }
    }

    /** Tells who was refused, one after the other: what one of them does about it waits for its turn, however deep that is. */
    void tellRefused() {
        if (isTelling) {
            return;
        }
        isTelling = true;
        try {
            for (Refusal next = refusals.poll(); next != null; next = refusals.poll()) {
                tell(next);
            }
        } finally {
            isTelling = false;
        }
    }

    private void tell(Refusal refusal) {
        try {
            refusal.tell();
        } catch (RuntimeException | OutOfMemoryError e) {
            listener.onFault(e);
        }
    }

    // ---- slices

    private void update(Backlog backlog) {
        backlogs.update(backlog);
        LARGEST.setOpaque(this, backlogs.largestBytes());
    }

    private boolean isShort() {
        return leasedBytes - usedBytes < node.overdraftBytes();
    }

    private void lease() {
        while (isShort() && node.tryLease()) {
            leasedBytes += node.sliceBytes();
        }
    }

    private void giveBack() {
        leasedBytes -= node.sliceBytes();
        node.giveBack();
    }

    /** Nothing is left to lease. */
    private void shedOrAsk() {
        QueueBudget offender = node.largest();
        if (offender == this || offender.publishedLargestBytes() <= backlogs.largestBytes()) {
            shedWhileAbove(leasedBytes);
        } else {
            offender.askToShed();
            shedWhileAbove(leasedBytes + node.overdraftBytes());
        }
    }

    private void shedWhileAbove(long bytes) {
        while (usedBytes > bytes && !backlogs.isEmpty()) {
            shedLargest();
        }
    }

    private void shedLargest() {
        listener.onShed();
        backlogs.largest().shed();
    }

    /** What the largest backlog of this loop holds. Any thread, and then a little old. */
    long publishedLargestBytes() {
        return (long) LARGEST.getOpaque(this);
    }

    /** Asks this loop for a slice. Any thread. */
    private void askToShed() {
        if (!isAsked.compareAndSet(false, true)) {
            return;
        }
        try {
            loop.execute(this::onAskedToShed);
        } catch (RejectedExecutionException e) {
            isAsked.set(false); // it has ended, and soon so have its backlogs
        }
    }

    /** Frees a slice for others from the largest backlogs of the node, as long as they are on this loop. */
    private void onAskedToShed() {
        isAsked.set(false);
        long goal = Math.max(0, leasedBytes - node.sliceBytes());
        while (usedBytes > goal && !backlogs.isEmpty() && node.largest() == this) {
            shedLargest();
        }
        while (leasedBytes > 0 && leasedBytes - usedBytes >= node.sliceBytes()) {
            giveBack();
        }
        tellRefused();
    }
}
