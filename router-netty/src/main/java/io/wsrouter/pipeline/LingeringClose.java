package io.wsrouter.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The one way a socket is closed on our own account: write the last bytes, shut down the write side, read and discard until
 * the peer's FIN or five seconds have passed, then close. Runs on the channel's loop.
 *
 * <p>Closing at once, with input unread, would have the kernel reset the connection and drop what was already sent.
 */
final class LingeringClose {

    private static final long MOST_LINGER_SECONDS = 5;

    private LingeringClose() {}

    /** Discards all input from now on, writes {@code lastBytes}, which it takes over, and closes. */
    static void closeAfter(Channel channel, ByteBuf lastBytes) {
        discardInput(channel);
        channel.writeAndFlush(lastBytes).addListener(written -> {
            if (written.isSuccess()) {
                shutDownOutput(channel);
            } else {
                channel.close();
            }
        });
    }

    /** Discards all input from now on, and closes when the peer or the time says so. */
    static void discardInput(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        SslHandler tls = pipeline.get(SslHandler.class);
        if (tls == null) {
            pipeline.addFirst(Discard.INSTANCE);
        } else {
            pipeline.addAfter(pipeline.context(tls).name(), null, Discard.INSTANCE);
        }
        channel.config().setAutoRead(true);
        Future<?> deadline = channel.eventLoop().schedule(() -> channel.close(), MOST_LINGER_SECONDS, TimeUnit.SECONDS);
        channel.closeFuture().addListener(closed -> deadline.cancel(false));
    }

    /** Says to the peer that nothing follows. */
    static void shutDownOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            ((DuplexChannel) channel).shutdownOutput();
        } else {
            tls.closeOutbound().addListener(closed -> ((DuplexChannel) channel).shutdownOutput());
        }
    }

    @ChannelHandler.Sharable
    private static final class Discard extends ChannelInboundHandlerAdapter {

        static final Discard INSTANCE = new Discard();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
