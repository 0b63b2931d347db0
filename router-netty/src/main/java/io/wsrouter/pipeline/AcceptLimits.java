package io.wsrouter.pipeline;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts accepted sockets, in all and by IP address, on the loop that accepts them. One too many is marked, so that its
 * handshake is told why; when many of those linger, the next are closed at once.
 */
final class AcceptLimits extends ChannelInboundHandlerAdapter {

    private static final AttributeKey<HandshakeRefusal> REFUSAL = AttributeKey.valueOf(AcceptLimits.class, "refusal");
    private static final int MOST_MARKED = 128;

    private final int maxConnections;
    private final int maxConnectionsPerIp;

    // state, the accepting loop's own
    private final Map<InetAddress, Integer> connectionsByIp = new HashMap<>();
    private int connections;
    private int marked;
    private @Nullable Runnable whenEmpty;

    AcceptLimits(int maxConnections, int maxConnectionsPerIp) {
        this.maxConnections = maxConnections;
        this.maxConnectionsPerIp = maxConnectionsPerIp;
    }

    /** Why the handshake on this channel is to be refused whatever it says, or null. */
    static @Nullable HandshakeRefusal refusalOf(Channel channel) {
        return channel.attr(REFUSAL).get();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel accepted = (Channel) message;
        InetSocketAddress peer = (InetSocketAddress) accepted.remoteAddress();
        if (peer == null) {
            accepted.unsafe().closeForcibly(); // the peer has reset it before it was accepted
            return;
        }
        InetAddress ip = peer.getAddress();
        HandshakeRefusal refusal = judge(ip);
        if (refusal != null && marked >= MOST_MARKED) {
            accepted.unsafe().closeForcibly();
            return;
        }
        boolean isMarked = refusal != null;
        if (isMarked) {
            accepted.attr(REFUSAL).set(refusal);
            marked++;
        } else {
            connections++;
            connectionsByIp.merge(ip, 1, Integer::sum);
        }
        accepted.closeFuture().addListener(closed -> {
            if (!ctx.executor().isShuttingDown()) {
                ctx.executor().execute(() -> forget(ip, isMarked));
            }
        });
        ctx.fireChannelRead(accepted);
    }

    /** Runs {@code task} on the accepting loop as soon as no accepted socket is open. Runs on that loop. */
    void onWhenEmpty(Runnable task) {
        whenEmpty = task;
        tellWhenEmpty();
    }

    private void tellWhenEmpty() {
        if (whenEmpty != null && connections + marked == 0) {
            whenEmpty.run();
            whenEmpty = null;
        }
    }

    private @Nullable HandshakeRefusal judge(InetAddress ip) {
        if (connections >= maxConnections) {
            return HandshakeRefusal.NODE_FULL;
        }
        return connectionsByIp.getOrDefault(ip, 0) >= maxConnectionsPerIp ? HandshakeRefusal.IP_FULL : null;
    }

    private void forget(InetAddress ip, boolean wasMarked) {
        if (wasMarked) {
            marked--;
        } else {
            connections--;
            connectionsByIp.computeIfPresent(ip, (address, count) -> count == 1 ? null : count - 1);
        }
        tellWhenEmpty();
    }
}
