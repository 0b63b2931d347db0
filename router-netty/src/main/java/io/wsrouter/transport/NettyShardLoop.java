package io.wsrouter.transport;

import io.netty.channel.EventLoop;
import io.wsrouter.routing.ShardLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A shard's loop on a Netty event loop. It also flushes, once a turn, the sockets that the turn has written to. */
public final class NettyShardLoop implements ShardLoop {

    /** Something that has gathered bytes in this turn. */
    public interface Flushable {

        /** Hands over what was gathered. Runs on the loop. */
        void onFlush();

        /** Hears that its flush has thrown, which must not keep the others from theirs. Runs on the loop. */
        void onFlushFailed(Throwable cause);
    }

    private final EventLoop eventLoop;
    private final Runnable turnEnd = this::onTurnEnd;
    private final List<Runnable> endings = new ArrayList<>(1);
    private List<Flushable> gathered = new ArrayList<>();
    private List<Flushable> flushed = new ArrayList<>();
    private final TurnBuffer turnBuffer = new TurnBuffer();
    private byte[] scratch = new byte[4096];

    NettyShardLoop(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
    }

    /** The event loop. Any thread. */
    public EventLoop eventLoop() {
        return eventLoop;
    }

    @Override
    public boolean isCurrent() {
        return eventLoop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        eventLoop.execute(task);
    }

    @Override
    public void executeNextTurn(Runnable task) {
        eventLoop.schedule(task, 0, TimeUnit.NANOSECONDS); // taken up once a turn, while tasks are until none is left
    }

    @Override
    public void executeAtTurnEnd(Runnable task) {
        assert isCurrent();
        armTurnEnd();
        endings.add(task);
    }

    @Override
    public void executeAfter(Runnable task, long delayNanos) {
        assert isCurrent();
        eventLoop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long epochMillis() {
        return System.currentTimeMillis();
    }

    /** Has {@code flushable} flushed when the turn ends; to be asked once a turn. Runs on the loop. */
    public void flushAtTurnEnd(Flushable flushable) {
        assert isCurrent();
        armTurnEnd();
        gathered.add(flushable);
    }

    /** An array of at least {@code length} bytes, for use within one call. Runs on the loop. */
    public byte[] scratch(int length) {
        assert isCurrent();
        if (scratch.length < length) {
            scratch = new byte[Math.max(length, scratch.length * 2)];
        }
        return scratch;
    }

    /** What the sockets of this loop may share until the turn ends. Used on the loop. */
    public TurnBuffer turnBuffer() {
        return turnBuffer;
    }

    /** Gives up its memory when the loop has ended. */
    void release() {
        turnBuffer.release();
    }

    private void armTurnEnd() {
        if (endings.isEmpty() && gathered.isEmpty()) {
            eventLoop.execute(turnEnd);
        }
    }

    private void onTurnEnd() {
        try {
            for (int i = 0; i < endings.size(); i++) {
                endings.get(i).run();
            }
        } finally {
            endings.clear();
            flush();
        }
    }

    private void flush() {
        List<Flushable> ending = gathered;
        gathered = flushed;
        flushed = ending;
        for (Flushable flushable : ending) {
            try {
                flushable.onFlush();
            } catch (Throwable e) {
                flushable.onFlushFailed(e);
            }
        }
        ending.clear();
        if (gathered.isEmpty()) {
            turnBuffer.clear();
        }
    }
}
