package io.wsrouter.simulation;

import io.wsrouter.connection.Backlog;
import io.wsrouter.connection.Delivery;
import io.wsrouter.connection.QueueBudget;
import io.wsrouter.connection.QueueListener.Drop;
import io.wsrouter.connection.Waiting;
import io.wsrouter.connection.WriteResult;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * What one socket has yet to take: what a turn has gathered for it, and when the kernel does not take that, the router's own
 * {@link Backlog} behind it. Belongs to the socket's loop.
 */
final class Outbox {

    private static final int FRAME_BYTES = 100;

    private final Backlog backlog;
    private final Queue<Tracked> gathered = new ArrayDeque<>();
    private final List<Tracked> waiting = new ArrayList<>();
    private boolean isFlushing;
    private int flushBytes;

    Outbox(QueueBudget budget, Backlog.Owner owner) {
        this.backlog = budget.open(owner);
    }

    WriteResult add(Message message, Tracked delivery, long nowNanos) {
        if (!isFlushing) {
            gathered.add(delivery);
            return WriteResult.ACCEPTED;
        }
        waiting.removeIf(before -> before.written().outcome() != null);
        waiting.add(delivery);
        WriteResult result = backlog.add(message, delivery, nowNanos);
        if (result != WriteResult.ACCEPTED) {
            waiting.remove(delivery);
        }
        return result;
    }

    /** The kernel takes nothing more for now: what comes from now on waits behind what was gathered. */
    void stall(long nowNanos) {
        if (!isFlushing && !gathered.isEmpty()) {
            isFlushing = true;
            flushBytes = gathered.size() * FRAME_BYTES;
            backlog.onFlushBegun(flushBytes, gathered.size(), nowNanos);
        }
    }

    /** The kernel takes some messages, which are handed to {@code taken} one by one. */
    void take(int most, long nowNanos, Consumer<Tracked> taken) {
        for (int i = 0; i < most; i++) {
            Tracked next = gathered.poll();
            if (next == null) {
                endFlush();
                next = poll(nowNanos);
            }
            if (next == null) {
                break;
            }
            taken.accept(next);
        }
        if (gathered.isEmpty() && !backlog.hasMessages()) {
            endFlush();
            isFlushing = false;
        }
        backlog.tellRefused();
    }

    private void endFlush() {
        if (isFlushing) {
            flushBytes = 0;
            backlog.onFlushEnded();
        }
    }

    private Tracked poll(long nowNanos) {
        Waiting next = backlog.poll(nowNanos);
        if (next == null) {
            return null;
        }
        Tracked tracked = (Tracked) next.delivery();
        waiting.remove(tracked);
        return tracked;
    }

    /** The socket has failed after a part of the first message. */
    void fail() {
        Tracked first = gathered.poll();
        if (first != null) {
            first.onRefused(Outcome.WRITE_FAILED);
        }
    }

    /** Nothing of it is going to be written. */
    void drop(boolean asSlow) {
        endFlush();
        for (Tracked next = gathered.poll(); next != null; next = gathered.poll()) {
            next.onRefused(asSlow ? Outcome.SLOW_CONSUMER : Outcome.CLOSED);
        }
        backlog.close(asSlow ? Drop.CUT_OFF : Drop.CLOSED);
    }

    /** Takes a message back that the router has asked for with {@code delivery}, and returns it; null when it is too late. */
    Tracked recall(Delivery delivery) {
        for (Tracked tracked : waiting) {
            if (tracked.isOf(delivery) && tracked.written().outcome() == null) {
                return backlog.recall(tracked) ? tracked : null;
            }
        }
        return null;
    }

    boolean isEmpty() {
        return gathered.isEmpty() && !backlog.hasMessages();
    }

    long bytes() {
        return backlog.bytes();
    }

    /** What waits behind what the kernel was offered. */
    long waitingBytes() {
        return backlog.bytes() - flushBytes;
    }
}
