package io.wsrouter.pipeline;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.EventExecutor;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.metrics.Metric;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts accepted sockets on the loop that accepts them: in all, by IP address, and those whose handshake is pending. One
 * too many is marked, so that its handshake is told why; when many of those linger, the next are closed at once.
 *
 * <p>The address of a client behind a trusted proxy is known when its head has been read; it is {@link #claim claimed}
 * then.
 */
final class AcceptLimits extends ChannelInboundHandlerAdapter {

    private static final int MOST_MARKED = 128;
    private static final int MOST_DISPLACED = 1024;
    private static final int OLDEST_COMPARED = 32;

    /** How many pending of an address make each of them one that may be closed for a new one. */
    private static final int ANY = 0;

    private static final int CROWDED = 2;

    /** A pending handshake younger than this is not closed for a newer one: a storm of honest clients has to get through. */
    private static final long LEAST_PENDING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PublicPort port;
    private final int maxPending;
    private final boolean isProxyProtocol;
    private final TrustedProxies proxies;
    private final Consumer<AcceptedSocket> whenClosed = this::onClosed;
    private @Nullable EventExecutor acceptingLoop;

    // state, the accepting loop's own
    private final IpTable ips;
    private final Set<AcceptedSocket> pending = new LinkedHashSet<>();
    private int connections;
    private int displaced;
    private int marked;
    private @Nullable Runnable whenEmpty;

    AcceptLimits(PublicPort port) {
        RouterConfig.Limits limits = port.config().limits();
        this.port = port;
        this.maxPending = limits.pendingHandshakes();
        this.isProxyProtocol = port.config().publicEndpoint().proxyProtocol();
        this.proxies = new TrustedProxies(port.config().publicEndpoint().trustedProxies());
        this.ips = new IpTable(limits.connectionsPerIp(), limits.failedHandshakesPerSecondPerIp());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        acceptingLoop = ctx.executor();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel accepted = (Channel) message;
        InetSocketAddress peer = (InetSocketAddress) accepted.remoteAddress();
        if (peer == null) {
            accepted.unsafe().closeForcibly(); // the peer has reset it before it was accepted
            return;
        }
        count(ctx, Metric.SOCKETS_ACCEPTED);
        long now = System.nanoTime();
        InetAddress address = peer.getAddress();
        AcceptedSocket socket = new AcceptedSocket(accepted, address, proxies.contains(address), whenClosed, now);
        if (isProxyProtocol && !socket.isProxied()) {
            count(ctx, Metric.HANDSHAKES_MALFORMED);
            accepted.unsafe().closeForcibly();
            return;
        }
        HandshakeRefusal refusal = judge(socket, now);
        if (refusal != null && marked >= MOST_MARKED) {
            count(ctx, refusal.metric());
            accepted.unsafe().closeForcibly();
            return;
        }
        if (refusal != null) {
            socket.refuse(refusal);
            socket.isMarked = true;
            marked++;
        } else {
            connections++;
            enterPending(socket);
        }
        accepted.closeFuture().addListener(socket);
        ctx.fireChannelRead(accepted);
    }

    /**
     * Finds out which client speaks through the proxy, counts the socket for it, then runs {@code task}, all but the counting
     * on the socket's loop, where this is called. A socket too many of the client is marked.
     */
    void claim(AcceptedSocket socket, List<String> forwardedFor, Runnable task) {
        InetAddress client = proxies.clientBehind(socket.client(), forwardedFor);
        socket.speaksFor(client);
        onAcceptingLoop(() -> {
            if (!socket.channel().isOpen()) {
                return; // forgotten already, or about to be: what is counted now would stay
            }
            IpState ip = connect(socket, client, System.nanoTime());
            socket.channel().eventLoop().execute(() -> {
                if (ip == null) {
                    socket.refuse(HandshakeRefusal.IP_FULL);
                } else {
                    socket.countFor(ip);
                }
                task.run();
            });
        });
    }

    /** A good token has been shown: the socket is pending no more. Runs on the socket's loop. */
    void admit(AcceptedSocket socket) {
        socket.admit();
        onAcceptingLoop(() -> {
            leavePending(socket);
            leaveDisplaced(socket);
        });
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

    private @Nullable HandshakeRefusal judge(AcceptedSocket socket, long nowNanos) {
        HandshakeRefusal refusal = socket.isProxied() ? null : judgeIp(socket, nowNanos);
        if (refusal == null) {
            refusal = judgeRoom(nowNanos);
            if (refusal != null) {
                disconnect(socket, nowNanos);
            }
        }
        return refusal;
    }

    /** When there is no room, a pending handshake that may be closed for a new one makes it. */
    private @Nullable HandshakeRefusal judgeRoom(long nowNanos) {
        if (connections - displaced >= port.maxConnections()) {
            return displacePending(CROWDED, nowNanos) ? null : HandshakeRefusal.NODE_FULL;
        }
        if (pending.size() >= maxPending) {
            return displacePending(ANY, nowNanos) ? null : HandshakeRefusal.PENDING_FULL;
        }
        return null;
    }

    private @Nullable HandshakeRefusal judgeIp(AcceptedSocket socket, long nowNanos) {
        IpState ip = connect(socket, socket.client(), nowNanos);
        if (ip == null) {
            return HandshakeRefusal.IP_FULL;
        }
        if (ip.failures().isExhausted(nowNanos)) {
            disconnect(socket, nowNanos);
            return HandshakeRefusal.IP_RATE;
        }
        socket.countFor(ip);
        return null;
    }

    /** Counts a connection of the address, or returns null when it has as many as it may have. */
    private @Nullable IpState connect(AcceptedSocket socket, InetAddress address, long nowNanos) {
        IpState ip = ips.state(address, nowNanos);
        if (ips.isFull(ip)) {
            ips.release(ip, nowNanos);
            return null;
        }
        ip.connected();
        socket.connectedAs = ip;
        if (pending.contains(socket)) {
            ip.addPending(1);
        }
        return ip;
    }

    private void disconnect(AcceptedSocket socket, long nowNanos) {
        IpState ip = socket.connectedAs;
        if (ip != null) {
            socket.connectedAs = null;
            ip.disconnected();
            ips.release(ip, nowNanos);
        }
    }

    /**
     * Closes the pending handshake of the most crowded address if that has at least {@code leastOfIp}, unless all are too
     * young to be told from honest ones, or many that were closed so are still open.
     */
    private boolean displacePending(int leastOfIp, long nowNanos) {
        AcceptedSocket found = displaced < MOST_DISPLACED ? mostCrowdedOfTheOldest(nowNanos) : null;
        if (found == null || pendingOfIp(found) < leastOfIp) {
            return false;
        }
        leavePending(found);
        found.isDisplaced = true;
        displaced++;
        found.closePending(Metric.HANDSHAKES_DISPLACED);
        return true;
    }

    /** Among the oldest, the one whose address has the most pending: an honest client has one. */
    private @Nullable AcceptedSocket mostCrowdedOfTheOldest(long nowNanos) {
        AcceptedSocket found = null;
        int seen = 0;
        for (AcceptedSocket socket : pending) {
            if (seen++ == OLDEST_COMPARED || nowNanos - socket.acceptedNanos() < LEAST_PENDING_NANOS) {
                break;
            }
            if (found == null || pendingOfIp(socket) > pendingOfIp(found)) {
                found = socket;
            }
        }
        return found;
    }

    private static int pendingOfIp(AcceptedSocket socket) {
        return socket.connectedAs == null ? 0 : socket.connectedAs.pending();
    }

    private void enterPending(AcceptedSocket socket) {
        pending.add(socket);
        if (socket.connectedAs != null) {
            socket.connectedAs.addPending(1);
        }
    }

    private void leavePending(AcceptedSocket socket) {
        if (pending.remove(socket) && socket.connectedAs != null) {
            socket.connectedAs.addPending(-1);
        }
    }

    /** It is gone, or its handshake got through first. */
    private void leaveDisplaced(AcceptedSocket socket) {
        if (socket.isDisplaced) {
            socket.isDisplaced = false;
            displaced--;
        }
    }

    private void onClosed(AcceptedSocket socket) {
        onAcceptingLoop(() -> forget(socket));
    }

    private void forget(AcceptedSocket socket) {
        if (socket.isMarked) {
            marked--;
        } else {
            connections--;
            leavePending(socket);
            leaveDisplaced(socket);
            disconnect(socket, System.nanoTime());
        }
        tellWhenEmpty();
    }

    private void count(ChannelHandlerContext ctx, Metric metric) {
        int loop = port.loops().indexOf(ctx.channel().eventLoop());
        port.router().shards().get(loop).counters().increment(metric);
    }

    private void onAcceptingLoop(Runnable task) {
        EventExecutor loop = Objects.requireNonNull(acceptingLoop, "nothing was accepted yet");
        if (!loop.isShuttingDown()) {
            loop.execute(task);
        }
    }
}
