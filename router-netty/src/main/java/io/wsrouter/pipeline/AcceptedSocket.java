package io.wsrouter.pipeline;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import io.wsrouter.connection.SharedRateLimit;
import io.wsrouter.metrics.Metric;
import java.net.InetAddress;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A socket of the public port: until its handshake is over, since when, from where, and how it ends; to its close, who has to
 * hear of that. Made by the accepting loop; after that it belongs to the socket's loop.
 */
final class AcceptedSocket implements ChannelFutureListener {

    private static final AttributeKey<AcceptedSocket> KEY = AttributeKey.valueOf(AcceptedSocket.class, "socket");

    private final Channel channel;
    private final boolean isProxied;
    private final Consumer<AcceptedSocket> whenClosed;
    private final long acceptedNanos;

    /** Where its connection is counted. The accepting loop's own. */
    @Nullable
    IpState connectedAs;

    /** Whether it was refused when it was accepted. The accepting loop's own. */
    boolean isMarked;

    /** Whether it is being closed for a new one. The accepting loop's own. */
    boolean isDisplaced;

    private @Nullable HandshakeRefusal refusal;
    private InetAddress client;
    private @Nullable IpState ip;
    private boolean isVerifying;
    private boolean isAdmitted;
    private boolean isOver;
    private boolean isClosed;
    private @Nullable ChannelConnection connection;
    private Metric endWhenClosed = Metric.HANDSHAKES_ABANDONED;

    /**
     * A socket just accepted from {@code peer}; proxied when the peer speaks for others. Its loop runs {@code whenClosed} when it
     * is closed, if it is told so as a listener of the close future.
     */
    AcceptedSocket(
            Channel channel,
            InetAddress peer,
            boolean isProxied,
            Consumer<AcceptedSocket> whenClosed,
            long acceptedNanos) {
        this.channel = channel;
        this.client = peer;
        this.isProxied = isProxied;
        this.whenClosed = whenClosed;
        this.acceptedNanos = acceptedNanos;
        channel.attr(KEY).set(this);
    }

    /** What {@link AcceptLimits} has left with a channel, once. */
    @SuppressWarnings("deprecation") // an attribute that is only set to null stays with its channel
    static AcceptedSocket takeFrom(Channel channel) {
        return Objects.requireNonNull(channel.attr(KEY).getAndRemove(), "accepted without AcceptLimits");
    }

    /** The handshake has made a connection of it, which will hear when the socket is closed. */
    void becomes(ChannelConnection registered) {
        connection = registered;
        if (isClosed) {
            registered.onSocketClosed();
        }
    }

    /** The socket is closed. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        isClosed = true;
        whenClosed.accept(this);
        if (connection != null) {
            connection.onSocketClosed();
        }
    }

    Channel channel() {
        return channel;
    }

    long acceptedNanos() {
        return acceptedNanos;
    }

    /** Whether the peer is a proxy, so that the client behind it is known only when the head has been read. */
    boolean isProxied() {
        return isProxied;
    }

    /** The client's address, as far as it is known. */
    InetAddress client() {
        return client;
    }

    /** A trusted hop has named the one before it. */
    void speaksFor(InetAddress newClient) {
        client = newClient;
    }

    /** Why the handshake is to be refused whatever it says, or null. */
    @Nullable
    HandshakeRefusal refusal() {
        return refusal;
    }

    void refuse(@Nullable HandshakeRefusal newRefusal) {
        refusal = newRefusal;
    }

    /** What is counted for the client's address, or null while the socket is not counted there. */
    @Nullable
    IpState ip() {
        return ip;
    }

    void countFor(IpState newIp) {
        ip = newIp;
    }

    /** Whether the client's address may still fail. */
    boolean mayFail(long nowNanos) {
        return ip == null || !ip.failures().isExhausted(nowNanos);
    }

    /**
     * Whether the token may be verified now; if so, {@link #endVerification} follows. Tokens under way are no failures yet,
     * and their number is bounded for each address, so that failures cannot outrun their rate by more than that.
     */
    boolean tryBeginVerification() {
        isVerifying = ip == null || ip.tryBeginVerification();
        return isVerifying;
    }

    /** The token has turned out, and {@link #end} was told if it is at fault. */
    void endVerification() {
        isVerifying = false;
        if (ip != null) {
            ip.endVerification();
        }
    }

    /** Whether a good token has been shown. From then on nobody closes the socket to make room. */
    boolean isAdmitted() {
        return isAdmitted;
    }

    void admit() {
        isAdmitted = true;
    }

    /**
     * Has the socket closed unless its handshake gets through first; that will have been {@code why}. Runs on the
     * accepting loop, which has handed the channel to its loop before. That may still have to register it, which comes
     * first; only an admitted channel moves.
     */
    void closePending(Metric why) {
        EventLoop loop = channel.eventLoop();
        if (!loop.isShuttingDown()) {
            loop.execute(() -> {
                if (!isAdmitted) {
                    endWhenClosed = why;
                    channel.close();
                }
            });
        }
    }

    /** Notes what it will have been if the socket closes now. */
    void willHaveBeen(Metric why) {
        endWhenClosed = why;
    }

    /** The closed socket's handshake ended like this. */
    Metric endWhenClosed() {
        return endWhenClosed;
    }

    /**
     * The handshake is over, by success or with a result that counts as failure or not. Settles the account of the client's
     * address, once.
     *
     * @return whether it was not over before
     */
    boolean end(boolean isFailure, long nowNanos) {
        if (isOver) {
            return false;
        }
        isOver = true;
        if (isFailure && ip != null) {
            charge(ip.failures(), nowNanos);
        }
        return true;
    }

    private void charge(SharedRateLimit failures, long nowNanos) {
        if (isVerifying) {
            failures.owe(nowNanos);
        } else {
            failures.acquire(nowNanos);
        }
    }
}
