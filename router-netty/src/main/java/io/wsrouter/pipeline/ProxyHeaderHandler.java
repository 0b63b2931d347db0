package io.wsrouter.pipeline;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.wsrouter.config.IpNetwork;
import java.net.InetAddress;

/**
 * Takes the client's address from the PROXY protocol header of a trusted proxy. A header without one (the proxy's own
 * health check) leaves the peer's.
 *
 * <p>Source: The PROXY protocol, versions 1 and 2, section 2.
 */
final class ProxyHeaderHandler extends SimpleChannelInboundHandler<HAProxyMessage> {

    private final AcceptedSocket socket;

    ProxyHeaderHandler(AcceptedSocket socket) {
        this.socket = socket;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage header) {
        String source = header.sourceAddress();
        InetAddress client = source == null ? null : IpNetwork.parseAddress(source);
        if (client != null) {
            socket.speaksFor(client);
        }
        ctx.pipeline().remove(this);
    }
}
