package io.wsrouter.pipeline;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.wsrouter.connection.SharedRateLimit;

/**
 * The pipeline of the public port.
 *
 * <pre>
 * accept      AcceptLimits       on the server channel: sockets in all, by IP and pending
 * proxy       ProxyHeaderHandler with the PROXY protocol: who the client is
 * TLS         SslHandler         when configured
 * head        RequestDecoder     at most 16 KiB
 * handshake   HandshakeHandler   judges the request, authenticates, moves the channel, registers, answers 101
 * then
 * frames      FrameDecoder       unmasks, checks, puts fragments together
 *             FrameHandler       decodes the envelope and hands the command to the shard
 * </pre>
 *
 * <p>Nothing stands in the outbound path: {@link ChannelConnection} writes whole frames as bytes.
 */
final class PublicInitializer extends ChannelInitializer<Channel> {

    private final PublicPort port;
    private final AcceptLimits acceptLimits;
    private final SharedRateLimit handshakeRate;

    /** An initializer for the sockets of {@code port} that have passed {@code acceptLimits}. */
    PublicInitializer(PublicPort port, AcceptLimits acceptLimits) {
        this.port = port;
        this.acceptLimits = acceptLimits;
        this.handshakeRate = new SharedRateLimit(port.config().limits().handshakesPerSecond(), System.nanoTime());
    }

    @Override
    protected void initChannel(Channel channel) {
        AcceptedSocket socket = AcceptedSocket.takeFrom(channel);
        ChannelPipeline pipeline = channel.pipeline();
        if (port.config().publicEndpoint().proxyProtocol()) {
            pipeline.addLast(new HAProxyMessageDecoder(), new ProxyHeaderHandler(socket));
        }
        if (port.tls() != null) {
            SslHandler tls = port.tls().newHandler(channel.alloc());
            tls.setHandshakeTimeoutMillis(0); // HandshakeHandler has the time from accept
            pipeline.addLast(tls);
        }
        RequestDecoder decoder = new RequestDecoder();
        pipeline.addLast(decoder);
        pipeline.addLast(new HandshakeHandler(port, acceptLimits, handshakeRate, decoder, socket));
    }
}
