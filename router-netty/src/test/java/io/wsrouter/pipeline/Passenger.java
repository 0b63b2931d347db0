package io.wsrouter.pipeline;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What an accepted channel and each of its handlers went through, and every rule that was broken on the way. */
final class Passenger {
    final Channel channel;

    volatile boolean isKicked;
    volatile @Nullable LoopMove move;
    volatile @Nullable Throwable cause;

    private final AtomicInteger moved = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final Queue<Witness> witnesses = new ConcurrentLinkedQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();

    /** The thread that runs a handler of this channel just now. */
    private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();

    /** The loops that ran handlers of this channel, in turn. */
    private final List<EventLoop> loops = new ArrayList<>();

    Passenger(Channel channel) {
        this.channel = channel;
    }

    Witness witness(String handler) {
        Witness witness = new Witness(handler);
        witnesses.add(witness);
        return witness;
    }

    void onMoved() {
        checkThread("onMoved");
        moved.incrementAndGet();
    }

    void onFailed(Throwable cause) {
        checkThread("onFailed");
        if (channel.isOpen() || channel.pipeline().first() != null) {
            violated("onFailed before the end");
        }
        this.cause = cause;
        failed.incrementAndGet();
    }

    boolean hasMoved() {
        return moved.get() > 0;
    }

    boolean hasFailed() {
        return failed.get() > 0;
    }

    boolean isAtRest() {
        return !channel.isOpen()
                && (move == null || isDecided())
                && witnesses.stream().allMatch(Witness::isGone);
    }

    boolean isDecided() {
        return hasMoved() || hasFailed();
    }

    String outcome() {
        if (move == null) {
            return "not moved";
        }
        if (cause == null) {
            return loops.size() > 1 ? "moved" : "stayed";
        }
        return cause.getClass().getSimpleName() + " on the " + (loops.size() > 1 ? "new" : "old") + " loop";
    }

    /** What was wrong with the life of this channel, once it is closed. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>(violations);
        if (channel.isOpen()) {
            complaints.add("still open");
        }
        if (move != null && moved.get() + failed.get() != 1) {
            complaints.add(moved + " times moved, " + failed + " times failed");
        }
        witnesses.forEach(witness -> witness.complain(complaints));
        return complaints;
    }

    private void violated(String rule) {
        violations.add(rule + " (" + Thread.currentThread().getName() + ")");
    }

    private void checkThread(String what) {
        EventLoop owner = channel.eventLoop();
        if (!owner.inEventLoop()) {
            violated(what + " not on the channel's loop " + owner);
        }
        synchronized (loops) {
            if (loops.isEmpty() || loops.get(loops.size() - 1) != owner) {
                loops.add(owner);
            }
            if (loops.size() > 2) {
                violated(what + " on a third loop, or on the first one again");
            }
        }
    }

    /** Watches one handler: it calls in at each of its callbacks. */
    final class Witness {
        private final String handler;
        private final AtomicInteger added = new AtomicInteger();
        private final AtomicInteger removed = new AtomicInteger();
        private final AtomicInteger inactive = new AtomicInteger();
        private volatile boolean tornDown;

        private Witness(String handler) {
            this.handler = handler;
        }

        void callback(ChannelHandlerContext ctx, String callback, ThrowingRunnable body) throws Exception {
            String what = handler + '.' + callback;
            Thread current = Thread.currentThread();
            Thread other = inside.getAndSet(current);
            if (other != null && other != current) {
                violated(what + " while " + other.getName() + " runs a handler of the channel");
            }
            checkThread(what);
            checkLife(ctx, callback, what);
            try {
                body.run();
            } finally {
                inside.set(other);
            }
        }

        private void checkLife(ChannelHandlerContext ctx, String callback, String what) {
            if (callback.equals("handlerAdded")) {
                added.incrementAndGet();
            } else if (added.get() == 0 || removed.get() > 0) {
                violated(what + " outside of the life of the handler");
            }
            if (callback.equals("channelInactive")) {
                inactive.incrementAndGet();
            }
            if (callback.equals("handlerRemoved")) {
                removed.incrementAndGet();
                tornDown = !ctx.channel().isOpen() && !ctx.channel().isRegistered();
            }
        }

        private boolean isGone() {
            return added.get() == removed.get();
        }

        private void complain(List<String> complaints) {
            if (added.get() != 1 || removed.get() != 1) {
                complaints.add(handler + " " + added + " times added, " + removed + " times removed");
            }
            if (tornDown && inactive.get() != 1) {
                complaints.add(handler + " " + inactive + " times inactive");
            }
        }
    }

    interface ThrowingRunnable {
        void run() throws Exception;
    }
}
