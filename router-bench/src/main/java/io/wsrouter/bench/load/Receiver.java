package io.wsrouter.bench.load;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A user who receives, over one connection after the other if need be, and holds each message against what is due to come.
 * Belongs to its loop.
 */
final class Receiver implements LoadConnection.Owner {

    private static final int SMALL_BUFFER_BYTES = 16 * 1024;
    private static final long VISIT_SECONDS = 10;

    private final LoadLoop loop;
    private final GroupShare share;
    private final Tally tally;
    private final int number;
    private final int target;
    private final Sequences sequences;
    private final @Nullable Outbox outbox;
    private @Nullable LoadConnection connection;
    private long wantedNanos;
    private boolean isAwaited;
    private boolean isReturning;
    private boolean isVisiting;
    private boolean hasItsMessage;
    private boolean isReading = true;
    private @Nullable Future<?> patience;

    /** The receiver of that place in its group. */
    Receiver(LoadLoop loop, GroupShare share, int number) {
        Layout.Group group = share.group();
        this.loop = loop;
        this.share = share;
        this.tally = loop.tally(group);
        this.number = number;
        this.target = group.targetOf(number);
        this.sequences = new Sequences(group.plan().sources());
        this.outbox = group.plan().sendsToItself() ? new Outbox(loop, share, ownSource(), target, 1) : null;
    }

    private int ownSource() {
        Layout.Group group = share.group();
        return group.firstSource() + group.plan().publishers() + number;
    }

    LoadLoop loop() {
        return loop;
    }

    int waiting() {
        return outbox == null ? 0 : outbox.waiting();
    }

    /** What it still waits for: receipts, its return, the end of its visit. */
    int pending() {
        return waiting() + (isReturning || isVisiting ? 1 : 0);
    }

    boolean isOpen() {
        return connection != null;
    }

    boolean isReady() {
        return connection != null && connection.isReady();
    }

    private boolean isSlow() {
        return number < share.group().plan().slow();
    }

    // ---- coming and going

    /** Connects for the first time. */
    void connect() {
        isAwaited = true;
        open();
    }

    private void open() {
        loop.handshake(() -> {
            if (!isReturning) {
                wantedNanos = System.nanoTime();
            }
            Dialect.Role role = new Dialect.Role(
                    share.listenedTo(target),
                    share.group().plan().scenario().hasTopics(),
                    share.group().plan().sizeBytes());
            LoadConnection opening = share.site().connection(loop, share.receiverToken(number), role, this);
            connection = opening;
            share.site().connector().connect(loop, opening, isSlow() ? SMALL_BUFFER_BYTES : 0);
        });
    }

    /** Stops reading, if it is one of the slow; or reads again. */
    void setReading(boolean isToRead) {
        if (isSlow()) {
            isReading = isToRead;
            if (connection != null) {
                connection.setReading(isToRead);
            }
        }
    }

    /** Reads again, unless it is of those that do so only at the end. */
    void readForAMoment() {
        if (number % 2 == 0) {
            setReading(true);
        }
    }

    /** Is reset and comes back. */
    void cut() {
        if (isReady() && connection != null) {
            isReturning = true;
            wantedNanos = System.nanoTime();
            tally.add(Count.CUT);
            connection.reset();
        }
    }

    /** Comes for one message, due at a time. */
    void visit(long dueNanos) {
        isVisiting = true;
        isReturning = true;
        hasItsMessage = false;
        wantedNanos = dueNanos;
        patience = loop.eventLoop().schedule(this::close, VISIT_SECONDS, TimeUnit.SECONDS);
        open();
    }

    void close() {
        if (connection != null) {
            connection.closePolitely();
        }
    }

    private void leaveWhenDone() {
        if (isVisiting && hasItsMessage && waiting() == 0) {
            close();
        }
    }

    // ---- from the connection

    @Override
    public void onReady(LoadConnection ready) {
        loop.onHandshakeEnded();
        tally.add(Count.OPENED);
        long tookNanos = System.nanoTime() - wantedNanos;
        if (isReturning) {
            tally.onReturn(tookNanos);
        } else {
            tally.onHandshake(tookNanos);
        }
        isReturning = false;
        if (isAwaited) {
            isAwaited = false;
            share.onReady();
        }
        if (!isReading) {
            ready.setReading(false);
        }
        if (isVisiting && outbox != null) {
            outbox.publish(ready, target, wantedNanos);
        }
    }

    @Override
    public void onMessage(byte[] bytes, int payloadFrom, int payloadTo, boolean isAddressedHere) {
        Payload payload = loop.payload();
        if (!payload.read(bytes, payloadFrom, payloadTo)) {
            tally.add(Count.CORRUPT);
        } else if (payload.target() != share.group().firstTarget() + target || !isAddressedHere) {
            tally.add(Count.MISDELIVERED);
        } else if (payloadTo - payloadFrom != share.group().plan().sizeBytes()) {
            tally.add(Count.CORRUPT);
        } else {
            onOwn(payload);
        }
    }

    private void onOwn(Payload payload) {
        int slot = slotOf(payload.source());
        if (slot < 0) {
            tally.add(Count.CORRUPT);
            return;
        }
        Sequences.Arrival arrival = sequences.onMessage(slot, payload.sequence());
        if (arrival == Sequences.Arrival.DUPLICATED) {
            tally.add(Count.DUPLICATED);
            return;
        }
        tally.add(Count.REORDERED, arrival == Sequences.Arrival.REORDERED ? 1 : 0);
        tally.add(Count.RECEIVED);
        tally.receivedBy[target]++;
        if (payload.host() == share.site().host() && !isSlow()) {
            long intended = payload.intendedNanos();
            tally.onLatency(loop.sinceNanos(intended), loop.isMeasured(intended));
        }
        loop.credit(payload.source());
        if (payload.source() == ownSource()) {
            hasItsMessage = true;
            leaveWhenDone();
        }
    }

    /** Where the sequences of a source are; negative for one that never sends here. */
    private int slotOf(int source) {
        int place = source - share.group().firstSource();
        int publishers = share.group().plan().publishers();
        if (place >= 0 && place < publishers) {
            return place;
        }
        return outbox != null && source == ownSource() ? publishers : -1;
    }

    @Override
    public void onGarbled() {
        tally.add(Count.CORRUPT);
    }

    @Override
    public void onReceipt(Dialect.Receipt receipt) {
        if (outbox == null) {
            tally.add(Count.RECEIPTS_STRANGE);
        } else {
            outbox.onReceipt(receipt);
            leaveWhenDone();
        }
    }

    @Override
    public void onStrange(String what) {
        tally.add(Count.STRANGE);
        tally.onFailure(what);
    }

    @Override
    public void onEnd(LoadConnection ended, LoadConnection.End end) {
        connection = null;
        if (!end.wasReady()) {
            loop.onHandshakeEnded();
            tally.add(Count.HANDSHAKES_FAILED);
        } else if (!end.isOurs()) {
            tally.add(isSlow() ? Count.CLOSED_SLOW : Count.CLOSED_BY_SERVER);
        }
        if (!end.isOurs()) {
            tally.onFailure(end.reason());
        }
        if (isVisiting) {
            endVisit();
        } else if (!end.wasReady() || isReturning) {
            comeBack(end);
        } else if (isSlow() && !end.isOurs()) {
            isReturning = true;
            wantedNanos = System.nanoTime();
            share.retry(loop, this::open);
        }
    }

    private void comeBack(LoadConnection.End end) {
        if (end.wasReady()) {
            open();
        } else {
            share.retry(loop, this::open);
        }
    }

    private void endVisit() {
        isVisiting = false;
        tally.add(Count.ARRIVALS_DONE, hasItsMessage && waiting() == 0 ? 1 : 0);
        if (patience != null) {
            patience.cancel(false);
        }
        share.onLeft(this);
    }
}
