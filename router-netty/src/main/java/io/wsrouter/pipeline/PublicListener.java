package io.wsrouter.pipeline;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.transport.ListeningSocket;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The listening socket of the public port. */
public final class PublicListener {

    private static final int BACKLOG = 4096;

    private final Channel listening;
    private final AcceptLimits acceptLimits;

    private PublicListener(Channel listening, AcceptLimits acceptLimits) {
        this.listening = listening;
        this.acceptLimits = acceptLimits;
    }

    /**
     * Binds the public port. Blocks until that is done; not to be called on a loop.
     *
     * @throws BindException naming address and port when they cannot be had
     */
    public static PublicListener bind(PublicPort port) throws BindException {
        RouterConfig.Limits limits = port.config().limits();
        RouterConfig.PublicEndpoint endpoint = port.config().publicEndpoint();
        AcceptLimits acceptLimits = new AcceptLimits(port);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(port.loops().group())
                .channel(port.loops().serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_SNDBUF, limits.socketSendBufferBytes())
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator()) // one for all
                .handler(acceptLimits)
                .childHandler(new PublicInitializer(port, acceptLimits));
        return new PublicListener(
                ListeningSocket.bind(bootstrap, "public", endpoint.host(), endpoint.port()), acceptLimits);
    }

    /** The port that clients connect to. */
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** Accepts no more. Blocks until the port is free; not to be called on a loop. */
    public void close() {
        listening.close().syncUninterruptibly();
    }

    /** Completes on a loop when no accepted socket is open; to be asked after {@link #close}. */
    public CompletableFuture<@Nullable Void> whenEmpty() {
        CompletableFuture<@Nullable Void> empty = new CompletableFuture<>();
        listening.eventLoop().execute(() -> acceptLimits.onWhenEmpty(() -> empty.complete(null)));
        return empty;
    }
}
