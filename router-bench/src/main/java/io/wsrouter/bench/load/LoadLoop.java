package io.wsrouter.bench.load;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** What the connections of one event loop share. All of it belongs to the loop. */
final class LoadLoop {

    private static final long MASK_60 = (1L << 60) - 1;

    private final EventLoop eventLoop;
    private final int index;
    private final SplittableRandom random;
    private final Payload payload;
    private final List<Tally> tallies;
    private final Credits credits;
    private final int handshakesAtOnce;
    private final long handshakeMillis;
    private final Queue<Runnable> handshakesWaiting = new ArrayDeque<>();
    private final List<LoadConnection> dirty = new ArrayList<>();
    private byte[] in = new byte[64 * 1024];
    private byte[] out = new byte[4 * 1024];
    private int handshakesUnderWay;
    private long readNanos;
    private long measuredFromNanos = Long.MAX_VALUE;
    private long measuredToNanos = Long.MAX_VALUE;

    LoadLoop(EventLoop eventLoop, int index, SplittableRandom random, LoadPlan plan, Layout layout, Credits credits) {
        this.eventLoop = eventLoop;
        this.index = index;
        this.random = random;
        this.payload = new Payload(layout.run());
        this.tallies = layout.groups().stream()
                .map(group -> new Tally(group.plan().targets()))
                .toList();
        this.credits = credits;
        this.handshakesAtOnce = Math.max(1, plan.handshakesAtOnce() / plan.loops());
        this.handshakeMillis = Math.max(1, Math.round(1000 * plan.handshakeSeconds()));
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    int index() {
        return index;
    }

    SplittableRandom random() {
        return random;
    }

    Payload payload() {
        return payload;
    }

    Tally tally(Layout.Group group) {
        return tallies.get(group.index());
    }

    // ---- buffers of a turn

    /** For what is read; at least so long. */
    byte[] in(int length) {
        if (in.length < length) {
            in = new byte[2 * length];
        }
        return in;
    }

    /** For what is to be sent; at least so long. */
    byte[] out(int length) {
        if (out.length < length) {
            out = new byte[2 * length];
        }
        return out;
    }

    /** A connection has something to be written at the end of this turn. */
    void markDirty(LoadConnection connection) {
        if (dirty.isEmpty()) {
            eventLoop.execute(this::flush);
        }
        dirty.add(connection);
    }

    private void flush() {
        for (int i = 0; i < dirty.size(); i++) {
            dirty.get(i).flush();
        }
        dirty.clear();
    }

    // ---- time

    /** Something has been read now. */
    void onRead() {
        readNanos = System.nanoTime();
    }

    /** How long ago, at the last read, an intended time was. */
    long sinceNanos(long intendedNanos) {
        long difference = (readNanos - intendedNanos) & MASK_60;
        return difference < MASK_60 / 2 ? difference : 0;
    }

    void measure(long fromNanos, long toNanos) {
        measuredFromNanos = fromNanos & MASK_60;
        measuredToNanos = toNanos & MASK_60;
    }

    boolean isMeasured(long intendedNanos) {
        long masked = intendedNanos & MASK_60;
        return masked >= measuredFromNanos && masked < measuredToNanos;
    }

    void at(long nanos, Runnable task) {
        eventLoop.schedule(task, Math.max(0, nanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    // ---- closed loops

    /** A message of a source has been received on this loop. */
    void credit(int source) {
        credits.onReceived(this, source);
    }

    // ---- handshakes

    /** Runs {@code start} when fewer than the planned number of handshakes are under way. */
    void handshake(Runnable start) {
        handshakesWaiting.add(start);
        startHandshakes();
    }

    /** How long a connection may take until it is ready. */
    long handshakeMillis() {
        return handshakeMillis;
    }

    void onHandshakeEnded() {
        handshakesUnderWay--;
        startHandshakes();
    }

    private void startHandshakes() {
        while (handshakesUnderWay < handshakesAtOnce) {
            Runnable start = handshakesWaiting.poll();
            if (start == null) {
                return;
            }
            handshakesUnderWay++;
            start.run();
        }
    }
}
