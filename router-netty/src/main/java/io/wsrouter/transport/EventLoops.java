package io.wsrouter.transport;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.wsrouter.config.RouterConfig;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The event loops of one router, each with the loop of a shard on it. */
public final class EventLoops {

    /** With none at all, a busy loop of Netty 4.2 ends without closing its channels. */
    private static final long QUIET_PERIOD_MILLIS = 10;

    private static final long MOST_CLOSE_MILLIS = 2_000;

    private static final int GROWING_EVENT_ARRAY = 0;

    private final RouterConfig.Transport transport;
    private final MultiThreadIoEventLoopGroup group;
    private final List<NettyShardLoop> loops;

    /**
     * Starts {@code count} loops.
     *
     * @param transport what drives the sockets; {@code AUTO} is epoll where it is available
     * @param busyPoll how long a loop without work polls before it sleeps; zero or more
     * @throws IllegalStateException when the transport is not available on this machine, with the cause
     */
    public EventLoops(int count, RouterConfig.Transport transport, Duration busyPoll) {
        this.transport = transport == RouterConfig.Transport.AUTO ? best() : transport;
        this.group = new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory("ws-router-loop"), handlers(this.transport, busyPoll));
        this.loops = StreamSupport.stream(group.spliterator(), false)
                .map(executor -> new NettyShardLoop((EventLoop) executor))
                .toList();
    }

    /**
     * Does nothing where the transport is available.
     *
     * @throws IllegalStateException when it is not available on this machine, with the cause
     */
    public static void requireAvailable(RouterConfig.Transport transport) {
        switch (transport) {
            case EPOLL -> require(transport, Epoll.isAvailable(), Epoll.unavailabilityCause());
            case IO_URING -> require(transport, IoUring.isAvailable(), IoUring.unavailabilityCause());
            case NIO, AUTO -> {}
        }
    }

    /** What drives the sockets, never {@code AUTO}. */
    public RouterConfig.Transport transport() {
        return transport;
    }

    /** All loops as one group, for a bootstrap. */
    public MultiThreadIoEventLoopGroup group() {
        return group;
    }

    /** The loops; the shard of the same index runs on each. */
    public List<NettyShardLoop> loops() {
        return loops;
    }

    /** The index of the loop that is this event loop. */
    public int indexOf(EventLoop eventLoop) {
        for (int i = 0; i < loops.size(); i++) {
            if (loops.get(i).eventLoop() == eventLoop) {
                return i;
            }
        }
        throw new IllegalArgumentException(eventLoop + " (expected a loop of this router)");
    }

    /** The kind of server socket that goes with the transport. */
    public Class<? extends ServerChannel> serverChannel() {
        return switch (transport) {
            case EPOLL -> EpollServerSocketChannel.class;
            case IO_URING -> IoUringServerSocketChannel.class;
            case NIO, AUTO -> NioServerSocketChannel.class;
        };
    }

    /** Ends the loops, closing what is still open, and waits for them. Not to be called on a loop. */
    public void close() {
        group.shutdownGracefully(QUIET_PERIOD_MILLIS, MOST_CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
        loops.forEach(NettyShardLoop::release);
    }

    private static RouterConfig.Transport best() {
        return Epoll.isAvailable() ? RouterConfig.Transport.EPOLL : RouterConfig.Transport.NIO;
    }

    private static IoHandlerFactory handlers(RouterConfig.Transport transport, Duration busyPoll) {
        requireAvailable(transport);
        SelectStrategyFactory strategy =
                busyPoll.isZero() ? DefaultSelectStrategyFactory.INSTANCE : () -> new BusyPoll(busyPoll.toNanos());
        return switch (transport) {
            case EPOLL -> EpollIoHandler.newFactory(GROWING_EVENT_ARRAY, strategy);
            case IO_URING -> IoUringIoHandler.newFactory();
            case NIO, AUTO -> NioIoHandler.newFactory(SelectorProvider.provider(), strategy);
        };
    }

    private static void require(RouterConfig.Transport transport, boolean isAvailable, @Nullable Throwable cause) {
        if (!isAvailable) {
            throw new IllegalStateException(
                    "transport " + transport.name().toLowerCase(Locale.ROOT) + " is not available on this machine",
                    cause);
        }
    }
}
