package io.wsrouter.pipeline;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Future;
import io.wsrouter.address.AddressCache;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Principal;
import io.wsrouter.codec.EnvelopeDecoder;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.connection.SharedRateLimit;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Pushes;
import io.wsrouter.routing.RegistrationResult;
import io.wsrouter.routing.SecurityEvent;
import io.wsrouter.routing.Shard;
import io.wsrouter.transport.LoopbackHost;
import io.wsrouter.transport.NettyShardLoop;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request into a registered connection or a refusal.
 *
 * <p>The steps, each on the channel's loop: {@link #judge} the head, authenticate, {@link #admit} the principal,
 * {@link #settle} the channel on its user's loop, {@link #register}, {@link #open}. The 101 is written when the connection
 * is in the tables, and the welcome right behind it.
 */
final class HandshakeHandler extends ChannelInboundHandlerAdapter {

    /** So many connections of one user live on the user's loop; further ones stay where they were accepted. */
    private static final int MOST_ON_HOME_LOOP = 8;

    private static final String FORWARDED_FOR = "X-Forwarded-For";

    /** Usual ones take 1 MiB of each loop; the longest there are, connections of long names, 7 MiB. */
    private static final int ADDRESSES_KEPT = 1 << 14;

    private static final FastThreadLocal<EnvelopeDecoder> DECODER_OF_LOOP = new FastThreadLocal<>() {
        @Override
        protected EnvelopeDecoder initialValue() {
            return new EnvelopeDecoder(new AddressCache(ADDRESSES_KEPT));
        }
    };

    private final PublicPort port;
    private final AcceptLimits acceptLimits;
    private final SharedRateLimit handshakeRate;
    private final RequestDecoder decoder;
    private final AcceptedSocket socket;
    private @Nullable Future<?> deadline;
    private @Nullable HttpRequest head;
    private boolean isComplete;
    private boolean hasEarlyBytes;

    HandshakeHandler(
            PublicPort port,
            AcceptLimits acceptLimits,
            SharedRateLimit handshakeRate,
            RequestDecoder decoder,
            AcceptedSocket socket) {
        this.port = port;
        this.acceptLimits = acceptLimits;
        this.socket = socket;
        this.handshakeRate = handshakeRate;
        this.decoder = decoder;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        long timeoutNanos = port.config().limits().handshakeTimeout().toNanos();
        long spentNanos = System.nanoTime() - socket.acceptedNanos();
        deadline = ctx.executor().schedule(() -> onDeadline(ctx), timeoutNanos - spentNanos, TimeUnit.NANOSECONDS);
    }

    private void onDeadline(ChannelHandlerContext ctx) {
        socket.willHaveBeen(Metric.HANDSHAKES_TIMED_OUT);
        close(ctx);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        cancelDeadline();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (isComplete) {
                hasEarlyBytes = true;
                return;
            }
            if (message instanceof HttpRequest request) {
                head = request;
                hasEarlyBytes = HandshakeRequest.announcesABody(request);
            }
            if (message instanceof HttpContent content) {
                hasEarlyBytes |= content.content().isReadable();
            }
            HttpRequest request = head;
            if (request != null
                    && (message instanceof LastHttpContent
                            || hasEarlyBytes
                            || request.decoderResult().isFailure())) {
                isComplete = true;
                ctx.channel().config().setAutoRead(false);
                ctx.executor().execute(() -> identify(ctx, request));
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        endUnlessAdmitted(ctx.channel());
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException) {
            socket.willHaveBeen(
                    cause.getCause() instanceof SSLException
                            ? Metric.HANDSHAKES_TLS_FAILED
                            : Metric.HANDSHAKES_MALFORMED);
        }
        close(ctx);
    }

    /** Settles the account first: whoever sees the close and comes again meets what it has cost. */
    private void close(ChannelHandlerContext ctx) {
        endUnlessAdmitted(ctx.channel());
        ctx.close();
    }

    // ---- the steps

    private void identify(ChannelHandlerContext ctx, HttpRequest message) {
        if (socket.isProxied() && socket.refusal() == null) {
            acceptLimits.claim(socket, message.headers().getAll(FORWARDED_FOR), () -> judge(ctx, message));
        } else {
            judge(ctx, message);
        }
    }

    private void judge(ChannelHandlerContext ctx, HttpRequest message) {
        if (!ctx.channel().isActive()) {
            return;
        }
        HandshakeRequest request = new HandshakeRequest(message);
        HandshakeRefusal refusal = refusalOfHead(message, request);
        if (refusal != null) {
            refuse(ctx.channel(), request, refusal);
            return;
        }
        PublicPort.Page page = port.pages().get(request.path());
        if (page != null) {
            end(ctx.channel(), Metric.HANDSHAKES_PROBED);
            LingeringClose.closeAfter(
                    ctx.channel(),
                    HttpReply.page(ctx.alloc(), HttpResponseStatus.OK, page.contentType(), page.body(), Map.of()));
            return;
        }
        if (isPreflight(message, request)) {
            end(ctx.channel(), Metric.HANDSHAKES_PROBED);
            LingeringClose.closeAfter(ctx.channel(), HttpReply.preflight(ctx.alloc(), request.origin()));
            return;
        }
        authenticate(ctx, request);
    }

    /** Whether a browser asks if a page of another origin may ask, with a token, why it was refused. */
    private static boolean isPreflight(HttpRequest message, HandshakeRequest request) {
        return message.method().equals(HttpMethod.OPTIONS) && request.origin() != null;
    }

    private @Nullable HandshakeRefusal refusalOfHead(HttpRequest message, HandshakeRequest request) {
        if (socket.refusal() != null) {
            return socket.refusal();
        }
        if (!socket.mayFail(System.nanoTime())) {
            return HandshakeRefusal.IP_RATE;
        }
        DecoderResult decoded = message.decoderResult();
        if (decoded.isFailure()) {
            return decoded.cause() instanceof TooLongFrameException
                    ? HandshakeRefusal.HEAD_TOO_LARGE
                    : HandshakeRefusal.HEAD_MALFORMED;
        }
        if (hasEarlyBytes()) {
            return HandshakeRefusal.EARLY_BYTES;
        }
        if (!message.method().equals(HttpMethod.GET) && !isPreflight(message, request)) {
            return HandshakeRefusal.METHOD;
        }
        if (port.pages().containsKey(request.path())) {
            return LoopbackHost.matches(message.headers().get(HttpHeaderNames.HOST))
                    ? null
                    : HandshakeRefusal.FOREIGN_HOST;
        }
        if (!request.path().equals(port.config().publicEndpoint().path())) {
            return HandshakeRefusal.NOT_FOUND;
        }
        return isOriginAllowed(request) ? null : HandshakeRefusal.ORIGIN;
    }

    private void authenticate(ChannelHandlerContext ctx, HandshakeRequest request) {
        Credentials credentials;
        try {
            credentials = request.credentials(port.config().auth().allowQueryToken());
        } catch (AuthenticationException e) {
            refuse(ctx.channel(), request, e.failure());
            return;
        }
        if (port.level().get().refusesHandshakes()) {
            refuse(ctx.channel(), request, HandshakeRefusal.DEGRADED);
            return;
        }
        if (handshakeRate.isExhausted(System.nanoTime())) {
            refuse(ctx.channel(), request, HandshakeRefusal.HANDSHAKE_RATE);
            return;
        }
        if (!socket.tryBeginVerification()) {
            refuse(ctx.channel(), request, AuthFailure.AUTHENTICATOR_BUSY);
            return;
        }
        socketShard(ctx.channel()).counters().increment(Metric.HANDSHAKE_TOKENS_JUDGED);
        Authenticator.ask(port.authenticator(), credentials).whenComplete((principal, failure) -> {
            if (ctx.executor().inEventLoop()) {
                onVerified(ctx, request, principal, failure);
            } else {
                ctx.executor().execute(() -> onVerified(ctx, request, principal, failure));
            }
        });
    }

    private void onVerified(
            ChannelHandlerContext ctx,
            HandshakeRequest request,
            @Nullable Principal principal,
            @Nullable Throwable failure) {
        try {
            onAuthenticated(ctx, request, principal, failure);
        } finally {
            socket.endVerification();
        }
    }

    private void onAuthenticated(
            ChannelHandlerContext ctx,
            HandshakeRequest request,
            @Nullable Principal principal,
            @Nullable Throwable failure) {
        if (!ctx.channel().isActive()) {
            return;
        }
        if (principal == null) {
            refuse(ctx.channel(), request, failure);
        } else if (request.claimsAnotherUserThan(principal.user().name())) {
            socketShard(ctx.channel()).counters().increment(Metric.OWNER_MISMATCHES);
            port.listener()
                    .onSecurityEvent(new SecurityEvent(
                            SecurityEvent.Kind.OWNER_MISMATCH, principal.user(), null, "X-User-ID", ip()));
            refuse(ctx.channel(), request, AuthFailure.IDENTITY_MISMATCH);
        } else {
            admit(ctx, request, principal);
        }
    }

    private void admit(ChannelHandlerContext ctx, HandshakeRequest request, Principal principal) {
        if (!handshakeRate.tryAcquire(System.nanoTime())) {
            refuse(ctx.channel(), request, HandshakeRefusal.HANDSHAKE_RATE);
            return;
        }
        if (!request.isUpgrade()) {
            refuse(ctx.channel(), request, HandshakeRefusal.NOT_AN_UPGRADE);
            return;
        }
        if (!request.offersOurSubprotocolOrNone()) {
            refuse(ctx.channel(), request, HandshakeRefusal.SUBPROTOCOL);
            return;
        }
        String acceptKey = request.acceptKey();
        if (acceptKey == null) {
            refuse(ctx.channel(), request, HandshakeRefusal.KEY_MALFORMED);
            return;
        }
        acceptLimits.admit(socket);
        settle(ctx.channel(), new Admission(request, principal, acceptKey));
    }

    /** A request that is let in. */
    private record Admission(HandshakeRequest request, Principal principal, String acceptKey) {}

    /** Brings the channel to its user's loop if that is another one, can take it, and has few of the user's already. */
    private void settle(Channel channel, Admission admission) {
        Shard home = port.router().homeShard(admission.principal().user());
        EventLoop homeLoop = loopOf(home).eventLoop();
        if (channel.eventLoop() == homeLoop) {
            register(channel, admission);
            return;
        }
        socketShard(channel).hop(home, () -> {
            boolean isCrowded = home.onCountConnections(admission.principal().user()) >= MOST_ON_HOME_LOOP;
            home.hop(socketShard(channel), () -> {
                if (!channel.isActive()) {
                    end(channel, Metric.HANDSHAKES_ABANDONED);
                    return;
                }
                if (isCrowded || !LoopMove.canMove(channel, homeLoop)) {
                    registerFromAfar(channel, admission, home);
                } else {
                    move(channel, homeLoop, admission);
                }
            });
        });
    }

    private void move(Channel channel, EventLoop homeLoop, Admission admission) {
        cancelDeadline();
        LoopMove.start(channel, homeLoop, new LoopMove.Completion() {
            @Override
            public void onMoved(Channel moved) {
                register(moved, admission);
            }

            @Override
            public void onFailed(Channel failed, Throwable cause) {
                end(failed, Metric.HANDSHAKES_ABANDONED); // torn down; it was in no table
            }
        });
    }

    /** Registers a channel that is on its user's loop. */
    private void register(Channel channel, Admission admission) {
        Shard home = socketShard(channel);
        ChannelConnection connection = connection(channel, home, home, admission.principal());
        if (!channel.isActive()) {
            end(channel, Metric.HANDSHAKES_ABANDONED);
            return;
        }
        if (hasEarlyBytes()) {
            refuse(channel, admission.request(), HandshakeRefusal.EARLY_BYTES);
            return;
        }
        RegistrationResult result = home.onRegister(connection);
        if (result == RegistrationResult.REGISTERED) {
            becomes(connection);
            open(channel, admission, connection);
        } else {
            refuse(channel, admission, result);
        }
    }

    /** Registers a channel that stays on a loop which is not its user's. */
    private void registerFromAfar(Channel channel, Admission admission, Shard home) {
        if (hasEarlyBytes()) {
            refuse(channel, admission.request(), HandshakeRefusal.EARLY_BYTES);
            return;
        }
        Shard here = socketShard(channel);
        ChannelConnection connection = connection(channel, here, home, admission.principal());
        here.hop(home, () -> {
            RegistrationResult result = home.onRegister(connection);
            home.hop(here, () -> {
                if (result != RegistrationResult.REGISTERED) {
                    refuse(channel, admission, result);
                } else {
                    becomes(connection);
                    if (channel.isActive()) {
                        open(channel, admission, connection);
                    }
                }
            });
        });
    }

    /** Answers 101 and the welcome, and lets frames in. */
    private void open(Channel channel, Admission admission, ChannelConnection connection) {
        cancelDeadline();
        RouterConfig config = port.config();
        int maxMessageBytes = config.limits().messageBytes();
        NettyShardLoop loop = loopOf(socketShard(channel));
        channel.pipeline()
                .addLast(new FrameDecoder(
                        new FrameHandler(
                                connection,
                                DECODER_OF_LOOP.get(),
                                config.limits().messagesPerSecond()),
                        loop,
                        maxMessageBytes));
        channel.pipeline().remove(decoder);
        channel.pipeline().remove(this);
        connection.onStart(
                HttpReply.switchingProtocols(
                        channel.alloc(),
                        admission.acceptKey(),
                        admission.request().offersOurSubprotocol()),
                Pushes.welcome(
                        connection.id(),
                        config.node(),
                        config.heartbeat().interval().toSeconds(),
                        maxMessageBytes,
                        connection.principal().expiresAtEpochSeconds()));
        channel.config().setAutoRead(true);
    }

    // ---- refusals

    private void refuse(Channel channel, HandshakeRequest request, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof AuthenticationException refused) {
            refuse(channel, request, refused.failure());
        } else {
            port.listener().onBug(cause == null ? new IllegalStateException("no principal and no failure") : cause);
            refuse(channel, request, HandshakeRefusal.INTERNAL);
        }
    }

    private void refuse(Channel channel, HandshakeRequest request, AuthFailure failure) {
        port.listener()
                .onSecurityEvent(
                        new SecurityEvent(SecurityEvent.Kind.UNAUTHENTICATED, null, null, failure.word(), ip()));
        refuse(channel, request, HandshakeRefusal.of(failure));
    }

    private void refuse(Channel channel, Admission admission, RegistrationResult result) {
        refuse(
                channel,
                admission.request(),
                switch (result) {
                    case USER_FULL -> HandshakeRefusal.USER_FULL;
                    case DRAINING -> HandshakeRefusal.DRAINING;
                    case DUPLICATE_ID, REGISTERED -> HandshakeRefusal.INTERNAL;
                });
    }

    private void refuse(Channel channel, HandshakeRequest request, HandshakeRefusal refusal) {
        if (refusal.metric() == Metric.HANDSHAKES_FOREIGN_ORIGIN) {
            port.listener()
                    .onSecurityEvent(
                            new SecurityEvent(SecurityEvent.Kind.ORIGIN_FORBIDDEN, null, null, refusal.word(), ip()));
        }
        end(channel, refusal.metric());
        boolean isReadable = isOriginAllowed(request);
        LingeringClose.closeAfter(
                channel, HttpReply.refusal(channel.alloc(), refusal, isReadable ? request.origin() : null));
    }

    private boolean isOriginAllowed(HandshakeRequest request) {
        return request.isOriginAllowed(port.config().publicEndpoint().allowedOrigins(), port.tls() != null);
    }

    // ---- how it ends

    private void endUnlessAdmitted(Channel channel) {
        if (!socket.isAdmitted()) {
            end(channel, socket.endWhenClosed());
        }
    }

    private void end(Channel channel, Metric result) {
        if (socket.end(HandshakeRefusal.isFailure(result), System.nanoTime())) {
            socketShard(channel).counters().increment(result);
        }
    }

    /** The handshake has ended well: the connection is counted where it is registered. */
    private void becomes(ChannelConnection connection) {
        socket.end(false, System.nanoTime());
        connection.onRegistered();
        socket.becomes(connection);
    }

    // ---- who is where

    private String ip() {
        return socket.client().getHostAddress();
    }

    private ChannelConnection connection(Channel channel, Shard socketShard, Shard home, Principal principal) {
        return new ChannelConnection(channel, loopOf(socketShard), socketShard, home, principal, socket.client());
    }

    private Shard socketShard(Channel channel) {
        return port.router().shards().get(port.loops().indexOf(channel.eventLoop()));
    }

    private NettyShardLoop loopOf(Shard shard) {
        return port.loops().loops().get(shard.index());
    }

    /** Whether anything followed the request before it was answered. */
    private boolean hasEarlyBytes() {
        return hasEarlyBytes || decoder.hasLeftover();
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
