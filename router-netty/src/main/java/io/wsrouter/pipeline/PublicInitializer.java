package io.wsrouter.pipeline;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;

/**
 * The pipeline of the public port.
 *
 * <pre>
 * accept      AcceptLimits       on the server channel: sockets in all and by IP
 * TLS         SslHandler         when configured
 * head        RequestDecoder     at most 16 KiB
 * handshake   HandshakeHandler   judges the request, authenticates, moves the channel, registers, answers 101
 * then
 * frames      WebSocket13FrameDecoder, Utf8FrameValidator, WebSocketFrameAggregator
 * commands    FrameHandler       decodes the envelope and hands the command to the shard
 * </pre>
 *
 * <p>Nothing stands in the outbound path: {@link ChannelConnection} writes whole frames as bytes.
 */
public final class PublicInitializer extends ChannelInitializer<Channel> {

    private final PublicPort port;
    private final HandshakeRates rates;

    /** An initializer for the sockets of {@code port}. */
    public PublicInitializer(PublicPort port) {
        this.port = port;
        this.rates = new HandshakeRates(
                port.config().limits().handshakesPerSecond(),
                port.loops().loops().size());
    }

    @Override
    protected void initChannel(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (port.tls() != null) {
            pipeline.addLast(port.tls().newHandler(channel.alloc()));
        }
        RequestDecoder decoder = new RequestDecoder();
        pipeline.addLast(decoder);
        pipeline.addLast(new HandshakeHandler(port, rates, decoder));
    }
}
