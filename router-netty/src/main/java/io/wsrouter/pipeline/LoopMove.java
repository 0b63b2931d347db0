package io.wsrouter.pipeline;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.ProtocolException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The move of an open channel from its event loop to another.
 *
 * <p>A moving channel belongs to the move alone: nobody writes to it, its timers are cancelled, it is in no table, and
 * whoever wants it closed calls {@link #requestClose()}. Bytes that reach the kernel meanwhile are read after the move.
 * A message that reaches the end of the pipeline on the old loop came too early, and makes the move fail.
 *
 * <p>A move has one outcome, told once to its {@link Completion}: the channel is registered with its new loop, or it is
 * closed and its pipeline is empty. In the second case every handler has seen {@code channelInactive} and then
 * {@code handlerRemoved}, once each, on the thread of one of the two loops.
 */
final class LoopMove {
    /*
     * Facts of Netty 4.2 that this rests on.
     *
     * 1. AbstractUnsafe.deregister acts in a later task (invokeLater), when no handler is on the stack. Until then the
     *    channel is the old loop's, and epoll reads it on EPOLLRDHUP even while auto-read is off: a peer that sends its
     *    request and a FIN closes the channel in this gap. AbstractUnsafe.close then queues its channelInactive behind
     *    the deregistration, which has HeadContext.channelUnregistered empty the pipeline first. The guard fires
     *    channelInactive in time.
     * 2. AbstractUnsafe.close of an unregistered channel frees the socket and the outbound buffer, and fires nothing:
     *    DefaultChannelPipeline.destroy never runs, decoders keep their buffers. So abandon() fires the events.
     * 3. When AbstractUnsafe.register is called from outside of the loop and the loop rejects its task, the channel is
     *    closed after the pipeline was given to that dead loop: no handler can be removed any more, and listeners of
     *    the close future are dropped. So the new loop itself calls register, in arrive(), and the old one takes the
     *    channel back when that task is rejected.
     * 4. A loop may accept a task and end without running it (SingleThreadEventExecutor.execute cannot remove it from
     *    the queue). A loop that is not shutting down after it has accepted a task runs it. So the old loop looks once
     *    more in handOver(), and whoever settles the phase has the channel.
     * 5. A loop that shuts down closes the channels it has (IoHandler.prepareToDestroy), and not those which register
     *    later. So arrive() does not register with such a loop.
     * 6. AbstractChannelHandlerContext caches its executor, and only AbstractUnsafe.register clears that. With a
     *    cancelled promise register does this and no more (register0: setUncancellable), so that the new loop can empty
     *    the pipeline of a channel which it does not register.
     * 7. Called on the loop's thread, register returns when the registration is complete. One that is not complete
     *    then will never be: what epoll_ctl throws is lost in a listener (AbstractEpollChannel.doRegister).
     * 8. Both transports are level-triggered: what arrived before the registration is reported after it.
     * 9. Not moved: channels with SO_LINGER, which another thread closes (prepareToClose); channels with writes under
     *    way, whose flushTask may wait in the old loop's queue (doWrite); and io_uring, where close() waits for
     *    operations that complete on the old loop's ring (AbstractIoUringUnsafe.canCloseNow), and may wait for ever.
     * 10. Promises and futures that a context made before the move notify on the old loop: they keep its executor
     *    (newPromise, newSucceededFuture).
     */

    /** Told the outcome of a move. */
    interface Completion {

        /**
         * Runs on the new loop: the channel is open, nothing has been read yet, and auto-read is still off. With epoll
         * a peer's FIN is read nevertheless, so the handlers are in place when this returns.
         */
        void onMoved(Channel channel);

        /** Runs on the new loop, or on the old one if the channel did not leave it: the channel is closed and gone. */
        void onFailed(Channel channel, Throwable cause);
    }

    private final Channel channel;
    private final EventLoop from;
    private final EventLoop to;
    private final Completion completion;
    private final Guard guard = new Guard();

    private final MoveOwnership ownership = new MoveOwnership();

    /** What went wrong on the way. Belongs to the thread that has the channel. */
    private @Nullable Throwable failure;

    private LoopMove(Channel channel, EventLoop to, Completion completion) {
        this.channel = channel;
        this.from = channel.eventLoop();
        this.to = to;
        this.completion = completion;
    }

    /**
     * Whether {@code channel} can move to {@code to} now: between two loops of nio or two of epoll, while nothing waits
     * to be written and without {@code SO_LINGER}. Runs on the channel's loop.
     */
    static boolean canMove(Channel channel, EventLoop to) {
        EventLoop from = channel.eventLoop();
        return from == to
                || ((both(from, to, EpollIoHandler.class) || both(from, to, NioIoHandler.class))
                        && channel.isOpen()
                        && !isWriting(channel)
                        && !lingers(channel));
    }

    /**
     * Moves {@code channel} to {@code to}, at once where this is its loop already. Runs on the channel's loop, with
     * auto-read off, and best from {@code channelReadComplete} or a task, when decoders hold all that was read. The
     * caller does not touch the channel again until {@code completion} is told. With a closed channel the move fails.
     */
    static LoopMove start(Channel channel, EventLoop to, Completion completion) {
        assert channel.eventLoop().inEventLoop();
        assert !channel.config().isAutoRead();
        assert !channel.isOpen() || canMove(channel, to);
        LoopMove move = new LoopMove(channel, to, completion);
        move.depart();
        return move;
    }

    /**
     * Has the channel closed as soon as somebody may touch it. Any thread.
     *
     * @return whether the move sees to it; otherwise it is over, and the channel is closed the usual way
     */
    boolean requestClose() {
        return ownership.requestClose();
    }

    private void depart() {
        if (from == to && channel.isOpen()) {
            ownership.take();
            complete();
            return;
        }
        if (from.isShutdown()) {
            giveUp(new RejectedExecutionException("the old loop has shut down"));
            return;
        }
        channel.pipeline().addLast(guard);
        ChannelPromise deregistered = channel.newPromise();
        deregistered.addListener(done -> handOver());
        channel.unsafe().deregister(deregistered);
    }

    /** Runs on the old loop; the channel is registered nowhere. */
    private void handOver() {
        Throwable obstacle = obstacle(ownership.isCloseRequested());
        if (obstacle != null) {
            giveUp(obstacle);
            return;
        }
        try {
            to.execute(this::arrive);
        } catch (RejectedExecutionException e) {
            giveUp(e);
            return;
        }
        if (to.isShuttingDown()) {
            giveUp(shuttingDown());
        }
    }

    /** Runs on the new loop; the channel is registered nowhere. */
    private void arrive() {
        MoveOwnership.Taken taken = ownership.take();
        if (taken == MoveOwnership.Taken.BY_ANOTHER) {
            return;
        }
        Throwable obstacle = obstacle(taken == MoveOwnership.Taken.TO_BE_CLOSED);
        if (obstacle == null) {
            obstacle = register();
        }
        if (obstacle == null) {
            channel.pipeline().remove(guard);
            complete();
        } else {
            abandon(obstacle);
        }
    }

    private @Nullable Throwable register() {
        ChannelPromise registered = channel.newPromise();
        channel.unsafe().register(to, registered);
        if (registered.isSuccess()) {
            return obstacle(false);
        }
        Throwable cause = registered.cause();
        return cause == null ? new IllegalStateException("the new loop lost the registration") : cause;
    }

    /** What keeps the channel from going on, if anything. Runs on the thread that has the channel. */
    private @Nullable Throwable obstacle(boolean closeRequested) {
        if (failure != null) {
            return failure;
        }
        if (closeRequested) {
            return new CancellationException("closed on request");
        }
        if (!channel.isOpen()) {
            return new ClosedChannelException();
        }
        return to.isShuttingDown() ? shuttingDown() : null;
    }

    private static Throwable shuttingDown() {
        return new RejectedExecutionException("the new loop is shutting down");
    }

    private void complete() {
        try {
            completion.onMoved(channel);
        } catch (Throwable t) {
            channel.pipeline().fireExceptionCaught(t);
            channel.close();
        }
    }

    private void giveUp(Throwable cause) {
        if (ownership.take() != MoveOwnership.Taken.BY_ANOTHER) {
            abandon(cause);
        }
    }

    /** Closes the channel and has its handlers removed one by one by the current thread, that of either loop. */
    private void abandon(Throwable cause) {
        Throwable first = fail(cause);
        if (!channel.eventLoop().inEventLoop()) {
            adopt();
        }
        ChannelPipeline pipeline = channel.pipeline();
        channel.unsafe().close(channel.newPromise());
        pipeline.fireChannelInactive();
        pipeline.fireChannelUnregistered();
        completion.onFailed(channel, first);
    }

    /** Makes the new loop the channel's loop, without registering the channel with it. */
    private void adopt() {
        ChannelPromise cancelled = channel.newPromise();
        cancelled.cancel(false);
        channel.unsafe().register(to, cancelled);
    }

    /** Remembers a failure, and returns the first one. */
    private Throwable fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        } else if (failure != cause) {
            failure.addSuppressed(cause);
        }
        return failure;
    }

    private static boolean both(EventLoop from, EventLoop to, Class<? extends IoHandler> type) {
        return from instanceof IoEventLoop old
                && old.isIoType(type)
                && to instanceof IoEventLoop fresh
                && fresh.isIoType(type);
    }

    private static boolean isWriting(Channel channel) {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending == null || pending.totalPendingWriteBytes() > 0;
    }

    private static boolean lingers(Channel channel) {
        Integer seconds = channel.config().getOption(ChannelOption.SO_LINGER);
        return seconds != null && seconds > 0;
    }

    /** The end of the pipeline during a move: what gets here was not expected. */
    private final class Guard extends ChannelDuplexHandler {
        private boolean inactive;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            fail(new ProtocolException("the peer sent more before it was answered"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            inactive = true;
            ctx.fireChannelInactive();
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext ctx) {
            if (!channel.isOpen() && !inactive) {
                ctx.pipeline().fireChannelInactive();
            }
            ctx.fireChannelUnregistered();
        }

        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
            if (requestClose()) {
                channel.closeFuture().addListener(closed -> promise.trySuccess());
            } else {
                ctx.close(promise);
            }
        }
    }
}
