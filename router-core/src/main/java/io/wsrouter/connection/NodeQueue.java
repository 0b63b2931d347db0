package io.wsrouter.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What may wait on the node, leased to its loops in slices: one number, which a loop touches when it takes a slice or gives one
 * back. What is for messages that are tried again is not among it.
 *
 * <p>All loops are introduced before any of them works. Any thread.
 */
public final class NodeQueue {

    private static final int SLICES_PER_LOOP = 8;
    private static final long MOST_SLICE_BYTES = 8L * 1024 * 1024;

    private final QueueLimits limits;
    private final long sliceBytes;
    private final AtomicLong freeBytes;
    private final List<QueueBudget> budgets = new ArrayList<>();

    /** All of what {@code limits} allows, for so many loops. */
    public NodeQueue(QueueLimits limits, int loops) {
        this.limits = limits;
        long bytes = limits.bytesOfNode();
        this.sliceBytes = Math.max(1, Math.min(MOST_SLICE_BYTES, bytes / loops / SLICES_PER_LOOP));
        this.freeBytes = new AtomicLong(bytes - loops * (limits.retryBytesOfLoop(loops) + overdraftBytes()));
    }

    /**
     * The part of one more loop.
     *
     * @param loop runs tasks on it
     */
    public QueueBudget open(Executor loop, QueueListener listener) {
        QueueBudget budget = new QueueBudget(this, loop, listener);
        budgets.add(budget);
        return budget;
    }

    /** What waits on all loops. */
    public long usedBytes() {
        long bytes = 0;
        for (QueueBudget budget : budgets) {
            bytes += budget.usedBytes();
        }
        return bytes;
    }

    QueueLimits limits() {
        return limits;
    }

    long sliceBytes() {
        return sliceBytes;
    }

    /** How far a loop may go beyond its leases while another makes room. */
    long overdraftBytes() {
        return sliceBytes / 2;
    }

    boolean tryLease() {
        long free = freeBytes.get();
        while (free >= sliceBytes) {
            if (freeBytes.compareAndSet(free, free - sliceBytes)) {
                return true;
            }
            free = freeBytes.get();
        }
        return false;
    }

    void giveBack() {
        freeBytes.addAndGet(sliceBytes);
    }

    /** The loop with the largest backlog. */
    QueueBudget largest() {
        QueueBudget largest = budgets.get(0);
        for (QueueBudget budget : budgets) {
            if (budget.publishedLargestBytes() > largest.publishedLargestBytes()) {
                largest = budget;
            }
        }
        return largest;
    }
}
