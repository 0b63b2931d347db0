package io.wsrouter.bench.scenario;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.TokenMinter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Opens client connections with real tokens. At most a few hundred handshakes are under way at a time: the caller, who must
 * not be a loop, waits for its turn.
 */
final class LoadClient implements AutoCloseable {

    /** May publish to every user. */
    static final Grants PUBLISH_TO_USERS = new Grants(List.of(AddressPattern.parse("user:*")), List.of(), false);

    private static final int HANDSHAKES_UNDER_WAY = 200;
    private static final int LARGEST_FRAME = 1 << 20;
    private static final Duration TOKEN_TTL = Duration.ofHours(1);
    private static final int CONNECTIONS_PER_LOCAL_ADDRESS = 5_000;

    private final MultiThreadIoEventLoopGroup loops;
    private final Semaphore handshakes = new Semaphore(HANDSHAKES_UNDER_WAY);
    private final TokenMinter minter;
    private final int port;
    private final Deadline deadline;
    private int opened;

    LoadClient(int loops, RouterProcess router, Deadline deadline) {
        this.loops = new MultiThreadIoEventLoopGroup(
                loops, new DefaultThreadFactory("client-loop", true), NioIoHandler.newFactory());
        this.minter = minter(router);
        this.port = router.publicPort();
        this.deadline = deadline;
    }

    static TokenMinter minter(RouterProcess router) {
        return new TokenMinter(router.secret().getBytes(UTF_8), JwtAlgorithm.HS256, null, null, InstantSource.system());
    }

    /** Starts a WebSocket connection of {@code user}. */
    Peer open(String user, Grants grants, PeerListener listener) throws InterruptedException {
        return open(user, grants, listener, 0);
    }

    /** Starts one with a receive buffer of a size, or of the system's choice for zero. */
    Peer open(String user, Grants grants, PeerListener listener, int receiveBufferBytes) throws InterruptedException {
        awaitTurn();
        Peer peer = new Peer(user, listener);
        peer.welcomed().whenComplete((welcome, failure) -> handshakes.release());
        Bootstrap bootstrap = bootstrap().handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(
                                new HttpClientCodec(),
                                new HttpObjectAggregator(LARGEST_FRAME),
                                new WebSocketClientProtocolHandler(upgrade(user, grants)),
                                peer);
            }
        });
        bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, peer.readSize());
        if (receiveBufferBytes > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, receiveBufferBytes);
        }
        connect(bootstrap).addListener(connected -> {
            if (!connected.isSuccess()) {
                peer.welcomed().completeExceptionally(connected.cause());
            }
        });
        return peer;
    }

    /** Sends the first {@code part} (of 1) of an upgrade request, then resets or ends the connection. Completes at its end. */
    CompletableFuture<Void> abandon(String user, double part, boolean isReset) throws InterruptedException {
        awaitTurn();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        ended.whenComplete((nothing, failure) -> handshakes.release());
        String request = request(user);
        byte[] sent = request.substring(0, (int) (request.length() * part)).getBytes(US_ASCII);
        Bootstrap bootstrap = bootstrap().handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.closeFuture().addListener(closed -> ended.complete(null));
            }
        });
        connect(bootstrap).addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                abandon(connected.channel(), sent, isReset);
            } else {
                ended.completeExceptionally(connected.cause());
            }
        });
        return ended;
    }

    private static void abandon(Channel channel, byte[] sent, boolean isReset) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(sent)).addListener(written -> {
            if (isReset) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                channel.close();
            } else {
                ((DuplexChannel) channel).shutdownOutput();
            }
        });
    }

    /** One of its loops. */
    EventLoop next() {
        return loops.next();
    }

    private void awaitTurn() throws InterruptedException {
        if (!handshakes.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            throw new ScenarioException("timed out waiting for handshakes to end");
        }
    }

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_REUSEADDR, true);
    }

    /** From one address of loopback after the other, since each has only so many ports. */
    private ChannelFuture connect(Bootstrap bootstrap) {
        int local = 1 + opened++ / CONNECTIONS_PER_LOCAL_ADDRESS;
        return bootstrap.connect(
                loopback("127.0.0.1", port), loopback("127.0." + local / 250 + "." + (1 + local % 250), 0));
    }

    private static InetSocketAddress loopback(String address, int port) {
        return new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), port);
    }

    private WebSocketClientProtocolConfig upgrade(String user, Grants grants) {
        return WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(URI.create("ws://127.0.0.1:" + port + "/ws"))
                .version(WebSocketVersion.V13)
                .subprotocol("ws-router.v1.json")
                .customHeaders(new DefaultHttpHeaders().set(HttpHeaderNames.AUTHORIZATION, bearer(user, grants)))
                .maxFramePayloadLength(LARGEST_FRAME)
                .handleCloseFrames(false)
                .sendCloseFrame(null)
                .handshakeTimeoutMillis(TimeUnit.SECONDS.toMillis(30))
                .withUTF8Validator(false)
                .build();
    }

    private String request(String user) {
        return "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: "
                + bearer(user, Grants.NONE) + "\r\n\r\n";
    }

    private String bearer(String user, Grants grants) {
        return "Bearer " + minter.mint(user, TOKEN_TTL, grants);
    }

    /** Closes all connections and ends the loops. When it returns, what they have written is visible. */
    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
