package io.wsrouter.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.routing.NodeLevel;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.transport.EventLoops;
import io.wsrouter.transport.ListeningSocket;
import java.net.BindException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The internal port of a router.
 *
 * @param config addresses and limits
 * @param loops where its sockets live, among those of the clients
 * @param router whom it asks
 * @param authenticator who decides on tokens
 * @param listener hears of refusals and faults
 * @param isDraining whether the router is shutting down
 * @param hasKeys whether every source of keys has been read
 * @param level how hard pressed the node is, and why
 */
public record InternalPort(
        RouterConfig config,
        EventLoops loops,
        Router router,
        Authenticator authenticator,
        RouterListener listener,
        BooleanSupplier isDraining,
        BooleanSupplier hasKeys,
        Supplier<NodeLevel> level) {

    /** Room for the largest token and more. */
    private static final int MAX_HEAD_BYTES = 16 * 1024;

    static final int MAX_BODY_BYTES = 1024 * 1024;
    private static final int IDLE_SECONDS = 60;

    /**
     * Binds it. Blocks until that is done; not to be called on a loop.
     *
     * @throws BindException naming address and port when they cannot be had
     */
    public Channel bind() throws BindException {
        RouterConfig.InternalEndpoint endpoint = config.internalEndpoint();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new IdleStateHandler(IDLE_SECONDS, 0, 0))
                                .addLast(new HttpServerCodec(new HttpDecoderConfig().setMaxHeaderSize(MAX_HEAD_BYTES)))
                                .addLast(new HttpServerKeepAliveHandler())
                                .addLast(new BodyAggregator())
                                .addLast(new FlowControlHandler())
                                .addLast(new RequestHandler(InternalPort.this));
                    }
                });
        return ListeningSocket.bind(bootstrap, "internal", endpoint.host(), endpoint.port());
    }

    /** Answers a body that is too large, discards it and goes on; Netty's own resets the socket under a client that sends. */
    private static final class BodyAggregator extends HttpObjectAggregator {

        BodyAggregator() {
            super(MAX_BODY_BYTES);
        }

        @Override
        protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
            ctx.writeAndFlush(RequestHandler.tooLarge());
        }
    }
}
