package io.wsrouter.bench.load;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A connection that only publishes, when it is told to or when its window has room. Belongs to its loop. */
final class Publisher implements LoadConnection.Owner {

    private final LoadLoop loop;
    private final GroupShare share;
    private final Tally tally;
    private final int number;
    private final Outbox outbox;
    private final SplittableRandom choices;
    private @Nullable LoadConnection connection;
    private int turn;
    private long stopNanos = Long.MIN_VALUE;
    private long awaited;
    private long received;
    private int forgiven;
    private long progress;
    private boolean isPumping;

    /** The publisher of that place in its group. */
    Publisher(LoadLoop loop, GroupShare share, int number, SplittableRandom choices) {
        this.loop = loop;
        this.share = share;
        this.tally = loop.tally(share.group());
        this.number = number;
        this.outbox = new Outbox(loop, share, source(), 0, share.group().plan().targets());
        this.choices = choices;
        this.turn = firstTurn(share.group().plan(), number);
    }

    /** Publishers begin far apart, so that they do not follow each other from topic to topic. */
    private static int firstTurn(GroupPlan plan, int number) {
        return (int) ((long) number * plan.targets() / plan.publishers());
    }

    int source() {
        return share.group().firstSource() + number;
    }

    LoadLoop loop() {
        return loop;
    }

    int waiting() {
        return outbox.waiting();
    }

    void connect() {
        loop.handshake(() -> {
            LoadConnection opening =
                    share.site().connection(loop, share.publisherToken(number), new Dialect.Role("", false, 0), this);
            connection = opening;
            share.site().connector().connect(loop, opening, 0);
        });
    }

    void close() {
        if (connection != null) {
            connection.closePolitely();
        }
    }

    boolean isOpen() {
        return connection != null;
    }

    boolean isReady() {
        return connection != null && connection.isReady();
    }

    /** Whether it may send now. */
    boolean isWritable() {
        return connection != null && connection.isReady() && connection.isWritable();
    }

    /** Sends one message that was due at a time. */
    void publish(long intendedNanos) {
        if (connection != null) {
            outbox.publish(connection, chooseTarget(share.group().plan().targets(), 0), intendedNanos);
        }
    }

    private int chooseTarget(int targets, int from) {
        boolean isInTurn = share.group().plan().scenario().hasTopics();
        return from + (isInTurn ? Math.floorMod(turn++, targets) : choices.nextInt(targets));
    }

    // ---- the closed loop

    /** Keeps its window full until then. */
    void keepSendingUntil(long nanos) {
        stopNanos = nanos;
        pump();
    }

    /** So many of its messages have been received in this process. */
    void onReceived(int count) {
        received += count;
        pump();
    }

    private void pump() {
        if (isPumping || connection == null) {
            return;
        }
        isPumping = true;
        long now = System.nanoTime();
        while (now - stopNanos < 0 && connection.isReady() && hasRoom()) {
            int target = chooseLocalTarget();
            awaited += share.receiversHere(target);
            outbox.publish(connection, target, now);
        }
        isPumping = false;
    }

    private boolean hasRoom() {
        int window = share.group().plan().window();
        return share.group().plan().receipts()
                ? outbox.waiting() - forgiven < window
                : awaited - received <= (long) (window - 1) * share.mostReceiversHere();
    }

    /** Without receipts only what is received in this process can be waited for. */
    private int chooseLocalTarget() {
        if (share.group().plan().receipts()) {
            return chooseTarget(share.group().plan().targets(), 0);
        }
        int target;
        do {
            target = chooseTarget(share.targetsHere(), share.firstTargetHere());
        } while (share.receiversHere(target) == 0);
        return target;
    }

    /** Gives a window up that has not moved since the last call. */
    void forgive() {
        boolean isOver = System.nanoTime() - stopNanos >= 0;
        if (!isOver && received == progress && isReady() && !hasRoom()) {
            tally.add(Count.STALLS);
            if (share.group().plan().receipts()) {
                forgiven = outbox.waiting();
            } else {
                received = awaited;
            }
            pump();
        }
        progress = received;
    }

    // ---- from the connection

    @Override
    public void onReady(LoadConnection ready) {
        tally.add(Count.OPENED);
        loop.onHandshakeEnded();
        share.onReady();
    }

    @Override
    public void onMessage(byte[] bytes, int payloadFrom, int payloadTo, boolean isAddressedHere) {
        tally.add(Count.MISDELIVERED);
    }

    @Override
    public void onGarbled() {
        tally.add(Count.MISDELIVERED);
    }

    @Override
    public void onReceipt(Dialect.Receipt receipt) {
        outbox.onReceipt(receipt);
        received++;
        forgiven = Math.min(forgiven, outbox.waiting());
        if (share.group().plan().window() > 0) {
            pump();
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
        if (end.wasReady()) {
            tally.add(Count.CLOSED_BY_SERVER, end.isOurs() ? 0 : 1);
        } else {
            tally.add(Count.HANDSHAKES_FAILED);
            loop.onHandshakeEnded();
            share.retry(loop, this::connect);
        }
        if (!end.isOurs()) {
            tally.onFailure(end.reason());
        }
    }
}
