package io.wsrouter.connection;

import io.wsrouter.connection.QueueListener.Drop;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Priority;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one connection whose socket does not take everything at once: messages by class, first in, first out within
 * one, and account of what its owner keeps itself: the rest of a flush that is under way, and control frames.
 *
 * <p>When there is no room, an arriving message displaces messages of lower classes, the lowest class first and in it the
 * newest, so that what is tried again keeps its order; then the policy decides. A higher class never goes for a lower one.
 * Control frames displace any. What is refused hears of it in its {@link Delivery}, after the change is complete. Belongs to
 * the loop of the socket.
 */
public final class Backlog {

    /** Who has the socket. */
    public interface Owner {

        /**
         * The node has no room for what waits here. All of it is gone, nothing more is taken, and the connection is to be
         * closed as a slow consumer; not within this call, which may come while somebody walks over the tables.
         */
        void onCutOff();
    }

    private static final Priority[] CLASSES = Priority.values();
    private static final Lane[] NOTHING_WAITS = emptyLanes();

    private final QueueBudget budget;
    private final QueueLimits limits;
    private final Owner owner;
    private Lane[] lanes = NOTHING_WAITS;
    private int messages;
    private long messageBytes;
    private long controlBytes;
    private long flushBytes;
    private int flushMessages;
    private long flushSinceNanos;
    private int untoldDrops;
    private int @Nullable [] dropped;
    private boolean isClosed;

    /** Its place in the budget's heap, from 1; 0 for none. */
    int heapPlace;

    Backlog(QueueBudget budget, Owner owner) {
        this.budget = budget;
        this.limits = budget.limits();
        this.owner = owner;
    }

    private static Lane[] emptyLanes() {
        Lane[] lanes = new Lane[CLASSES.length];
        Arrays.setAll(lanes, i -> new Lane());
        return lanes;
    }

    // ---- messages

    /**
     * Takes a message for later, if it finds room or can make some.
     *
     * @param message borrowed during the call
     * @param delivery hears what became of it when the result is {@link WriteResult#ACCEPTED}; null when nobody asks
     * @return {@code ACCEPTED}, or as the policy has it {@code DROPPED} or {@code SLOW_CONSUMER}
     */
    public WriteResult add(Message message, @Nullable Delivery delivery, long nowNanos) {
        if (isClosed || !canMakeRoom(message)) {
            count(message.priority(), Drop.REFUSED);
            return isClosed || limits.policy() == SlowConsumerPolicy.DISCONNECT
                    ? WriteResult.SLOW_CONSUMER
                    : WriteResult.DROPPED;
        }
        boolean isConflated = limits.policy() == SlowConsumerPolicy.CONFLATE && message.hasEvent();
        byte[] event = isConflated ? message.event() : new byte[0];
        int eventHash = Arrays.hashCode(event);
        if (isConflated) {
            supersede(message, event, eventHash);
        }
        while (!hasRoom(message.lengthBytes(), 1)) {
            makeRoom(message.priority());
        }
        Waiting waiting = new Waiting(budget.hold(message), delivery, nowNanos, eventHash);
        if (lanes == NOTHING_WAITS) {
            lanes = emptyLanes();
        }
        lane(message.priority()).add(waiting);
        messages++;
        messageBytes += message.lengthBytes();
        budget.charge(Waiting.BYTES);
        budget.onGrown(this);
        budget.tellRefused();
        return WriteResult.ACCEPTED;
    }

    /**
     * Takes out the next message to be written: of the highest class the oldest. Those whose time is over are refused; the
     * caller has that told with {@link #tellRefused}.
     */
    public @Nullable Waiting poll(long nowNanos) {
        for (int i = lanes.length - 1; i >= 0; i--) {
            for (Waiting next = lanes[i].oldest(); next != null; next = lanes[i].oldest()) {
                if (!next.isExpired(nowNanos)) {
                    takeOut(next);
                    return next;
                }
                drop(next, Drop.EXPIRED);
            }
        }
        return null;
    }

    /** Takes a message out as expired without telling {@code delivery}, if it waits here, and says whether it did. */
    public boolean recall(Delivery delivery) {
        for (Lane lane : lanes) {
            for (Waiting waiting = lane.oldest(); waiting != null; waiting = waiting.newer) {
                if (waiting.delivery() == delivery) {
                    takeOut(waiting);
                    count(waiting.message().priority(), Drop.RECALLED);
                    return true;
                }
            }
        }
        return false;
    }

    /** Tells of what was refused since. It may call back. */
    public void tellRefused() {
        budget.tellRefused();
    }

    /** Whether any message waits. */
    public boolean hasMessages() {
        return messages > 0;
    }

    private Lane lane(Priority priority) {
        return lanes[priority.ordinal()];
    }

    private boolean hasRoom(int moreBytes, int moreMessages) {
        return isWithin(bytes(), messages + flushMessages, moreBytes, moreMessages);
    }

    private boolean isWithin(long bytes, int count, int moreBytes, int moreMessages) {
        return (bytes == 0 || bytes + moreBytes <= limits.bytesPerConnection())
                && count + moreMessages <= limits.messagesPerConnection();
    }

    /** Whether there would be room if all went that may go for this message. */
    private boolean canMakeRoom(Message message) {
        int firstThatStays = message.priority().ordinal() + (limits.policy().evictsItsOwnClass() ? 1 : 0);
        long bytes = flushBytes + controlBytes;
        int count = flushMessages;
        for (int i = firstThatStays; i < lanes.length; i++) {
            bytes += lanes[i].bytes();
            count += lanes[i].count();
        }
        return isWithin(bytes, count, message.lengthBytes(), 1);
    }

    /** Drops the one that has to go first for a message of this class; there is one. */
    private void makeRoom(Priority priority) {
        Waiting lower = newestBelow(priority.ordinal());
        if (lower != null) {
            drop(lower, Drop.DISPLACED);
            return;
        }
        Waiting oldest = lane(priority).oldest();
        if (oldest == null) {
            throw new IllegalStateException("nothing waits that could go for " + priority);
        }
        drop(oldest, Drop.SUPERSEDED);
    }

    private @Nullable Waiting newestBelow(int place) {
        for (int i = 0; i < place; i++) {
            Waiting newest = lanes[i].newest();
            if (newest != null) {
                return newest;
            }
        }
        return null;
    }

    /** Drops what waits with this event in the same class or a lower one: at most one in each. */
    private void supersede(Message message, byte[] event, int eventHash) {
        for (int i = 0; i <= message.priority().ordinal(); i++) {
            Waiting waiting = lanes[i].oldest();
            while (waiting != null && !waiting.hasEvent(message.to(), event, eventHash)) {
                waiting = waiting.newer;
            }
            if (waiting != null) {
                drop(waiting, Drop.SUPERSEDED);
            }
        }
    }

    private void drop(Waiting waiting, Drop drop) {
        takeOut(waiting);
        count(waiting.message().priority(), drop);
        budget.refuse(waiting.delivery(), drop);
    }

    private void takeOut(Waiting waiting) {
        lane(waiting.message().priority()).remove(waiting);
        messages--;
        messageBytes -= waiting.message().lengthBytes();
        budget.release(waiting.frame());
        budget.discharge(Waiting.BYTES);
        budget.onShrunk(this);
    }

    private void count(Priority priority, Drop drop) {
        budget.listener().onDropped(priority, drop);
        if (drop == Drop.CLOSED) {
            return;
        }
        if (dropped == null) {
            dropped = new int[CLASSES.length];
        }
        dropped[priority.ordinal()]++;
        untoldDrops++;
    }

    // ---- what the owner keeps itself

    /** Counts a control frame, which the owner keeps, and says whether there was room, or messages that made some. */
    public boolean addControl(int frameBytes) {
        if (isClosed) {
            return false;
        }
        while (!hasRoom(frameBytes, 0)) {
            Waiting waiting = newestBelow(lanes.length);
            if (waiting == null) {
                budget.tellRefused();
                return false;
            }
            drop(waiting, Drop.DISPLACED);
        }
        controlBytes += frameBytes;
        budget.charge(frameBytes);
        budget.onGrown(this);
        budget.tellRefused();
        return !isClosed;
    }

    /** The owner writes the control frames that it has kept. */
    public void onControlTaken() {
        budget.discharge(controlBytes);
        controlBytes = 0;
        budget.onShrunk(this);
    }

    /** The kernel has left so much of a flush, and it is being waited for. */
    public void onFlushBegun(int restBytes, int messagesWithin, long nowNanos) {
        if (isClosed) {
            return;
        }
        flushBytes = restBytes;
        flushMessages = messagesWithin;
        flushSinceNanos = nowNanos;
        budget.charge(restBytes);
        budget.onGrown(this);
        budget.tellRefused();
    }

    /** That flush has ended. */
    public void onFlushEnded() {
        budget.discharge(flushBytes);
        flushBytes = 0;
        flushMessages = 0;
        budget.onShrunk(this);
    }

    /** The number of messages that the receiver did not get and has not been told of; it is told now. */
    public int takeUntoldDrops() {
        int taken = untoldDrops;
        untoldDrops = 0;
        return taken;
    }

    // ---- as a whole

    /** What waits, in bytes of text and of the owner's frames. */
    public long bytes() {
        return flushBytes + controlBytes + messageBytes;
    }

    /** Whether it knows nothing that anybody could still ask for: nothing waits, and nothing was ever dropped. */
    public boolean isForgettable() {
        return bytes() == 0 && messages == 0 && dropped == null;
    }

    /** What an operator may know of it. */
    public QueueState describe(long nowNanos) {
        long oldestNanos = flushBytes > 0 ? nowNanos - flushSinceNanos : 0;
        for (Lane lane : lanes) {
            Waiting oldest = lane.oldest();
            oldestNanos = oldest == null ? oldestNanos : Math.max(oldestNanos, nowNanos - oldest.sinceNanos());
        }
        return new QueueState(bytes(), oldestNanos, droppedByClass());
    }

    private Map<Priority, Integer> droppedByClass() {
        Map<Priority, Integer> byClass = new EnumMap<>(Priority.class);
        for (Priority priority : CLASSES) {
            int count = dropped == null ? 0 : dropped[priority.ordinal()];
            if (count > 0) {
                byClass.put(priority, count);
            }
        }
        return Map.copyOf(byClass);
    }

    /** The connection closes: every message is refused as {@code drop} says, and nothing more is taken. */
    public void close(Drop drop) {
        end(drop);
        budget.tellRefused();
    }

    /** Shrinks to half; under {@link SlowConsumerPolicy#DISCONNECT}, and when no message is left to go, to nothing. */
    void shed() {
        if (limits.policy() == SlowConsumerPolicy.DISCONNECT || messages == 0) {
            end(Drop.SHED);
            discard();
            owner.onCutOff();
            return;
        }
        long half = bytes() / 2;
        while (messages > 0 && bytes() > half) {
            drop(oldestOfLowest(), Drop.SHED);
        }
    }

    private Waiting oldestOfLowest() {
        for (Lane lane : lanes) {
            Waiting oldest = lane.oldest();
            if (oldest != null) {
                return oldest;
            }
        }
        throw new IllegalStateException("no message waits");
    }

    private void end(Drop drop) {
        isClosed = true;
        while (messages > 0) {
            drop(oldestOfLowest(), drop);
        }
        onControlTaken();
    }

    /** What is being written goes with the socket, within seconds: nobody else has to make room for it. */
    private void discard() {
        onFlushEnded();
    }
}
