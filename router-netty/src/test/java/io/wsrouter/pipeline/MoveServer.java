package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A WebSocket echo server that moves each connection to the loop which its request names in {@code X-Home}, or to
 * the next one where that is negative, after the request and before the 101. All of its handlers are watched.
 */
final class MoveServer implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int HEAD_LIMIT = 4096;

    final List<EventLoop> members = new ArrayList<>();

    private final MultiThreadIoEventLoopGroup loops;
    private final Optional<SslContext> tls;
    private final ByteBufAllocator allocator;
    private final Script script;
    private final Queue<Passenger> passengers = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final MultiThreadIoEventLoopGroup acceptor;
    private final Channel listener;

    MoveServer(Transport transport, Security security, int loopCount, ByteBufAllocator allocator, Script script)
            throws Exception {
        this.tls = security.forServer();
        this.allocator = allocator;
        this.script = script;
        this.loops = transport.newLoops(loopCount);
        loops.forEach(loop -> members.add((EventLoop) loop));
        this.acceptor = transport.newLoops(1);
        this.listener = new ServerBootstrap()
                .group(acceptor, loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** The connections accepted so far that are not forgotten yet. */
    List<Passenger> passengers() {
        return List.copyOf(passengers);
    }

    /** How the connections fared of which leave was taken, and how many fared so. */
    Map<String, Integer> outcomes() {
        return outcomes;
    }

    /** Waits until {@code count} connections came and are closed, has each of them checked, and forgets them. */
    void takeLeave(int count) {
        try {
            await().atMost(TIMEOUT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() ->
                            passengers.size() == count && passengers.stream().allMatch(Passenger::isAtRest));
        } catch (ConditionTimeoutException e) {
            // Whoever is not at rest has a complaint.
        }
        List<String> complaints = new ArrayList<>();
        for (Passenger passenger : passengers) {
            passenger.complaints().forEach(what -> complaints.add(passenger.channel + ": " + what));
        }
        assertThat(complaints).isEmpty();
        assertThat(passengers).hasSize(count);
        passengers.forEach(passenger -> outcomes.merge(passenger.outcome(), 1, Integer::sum));
        passengers.clear();
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        acceptor.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private EventLoop neighbour(EventLoop loop) {
        return members.get((members.indexOf(loop) + 1) % members.size());
    }

    private void accept(Channel channel) {
        Passenger passenger = new Passenger(channel);
        passengers.add(passenger);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast("first", new WatchedHandler(passenger, "first"));
        tls.ifPresent(context ->
                pipeline.addLast("tls", new WatchedTls(context.newEngine(allocator), passenger.witness("tls"))));
        pipeline.addLast("request", new RequestDecoder(passenger.witness("request")));
        pipeline.addLast("upgrade", new Upgrade(passenger));
        pipeline.addLast("last", new WatchedHandler(passenger, "last"));
    }

    /** What a test does to a connection on its way. Called on the connection's loop. */
    interface Script {
        default EventLoop home(EventLoop named) {
            return named;
        }

        default void beforeStart(Passenger passenger, EventLoop home) {}

        default void afterStart(Passenger passenger, EventLoop home) {}

        default void onUnregistered(Passenger passenger) {}

        default void onRegistered(Passenger passenger) {}

        default void onMoved(Passenger passenger) {}
    }

    /** The handshake: collects the request, sees to it that nothing follows, moves, answers, becomes the WebSocket. */
    private final class Upgrade extends ChannelInboundHandlerAdapter implements LoopMove.Completion {
        private final Passenger passenger;
        private int home;
        private boolean complete;
        private boolean answered;

        Upgrade(Passenger passenger) {
            this.passenger = passenger;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (!(message instanceof HttpObject)) {
                ctx.fireChannelRead(message);
                return;
            }
            if (message instanceof HttpRequest request) {
                home = request.headers().getInt("X-Home", 0);
                passenger.isKicked = request.headers().contains("X-Kick", "true", true);
            }
            if (message instanceof LastHttpContent) {
                complete = true;
                ctx.channel().config().setAutoRead(false);
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.fireChannelReadComplete();
            if (!complete || answered) {
                return;
            }
            answered = true;
            RequestDecoder decoder = ctx.pipeline().get(RequestDecoder.class);
            if (decoder.leftoverBytes() > 0) {
                ctx.writeAndFlush(ascii(ctx, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
                        .addListener(ChannelFutureListener.CLOSE);
            } else {
                ctx.pipeline().remove(decoder);
                move(
                        ctx.channel(),
                        script.home(home < 0 ? neighbour(ctx.channel().eventLoop()) : members.get(home)));
            }
        }

        private void move(Channel channel, EventLoop to) {
            script.beforeStart(passenger, to);
            passenger.move = LoopMove.start(channel, to, this);
            script.afterStart(passenger, to);
        }

        @Override
        public void onMoved(Channel channel) {
            ChannelPipeline pipeline = channel.pipeline();
            ChannelHandlerContext ctx = pipeline.context(this);
            ctx.writeAndFlush(ascii(ctx, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"));
            pipeline.addBefore("last", "frames", new FrameDecoder(passenger.witness("frames")));
            pipeline.addBefore("last", "encoder", new WebSocket13FrameEncoder(false));
            pipeline.addBefore("last", "echo", new Echo(passenger));
            pipeline.remove(this);
            channel.config().setAutoRead(true);
            passenger.onMoved();
            script.onMoved(passenger);
        }

        @Override
        public void onFailed(Channel channel, Throwable cause) {
            passenger.onFailed(cause);
        }

        private ByteBuf ascii(ChannelHandlerContext ctx, String text) {
            return ByteBufUtil.writeAscii(ctx.alloc(), text);
        }
    }

    /**
     * Decodes one request and keeps what follows: bytes which the client sent before it was answered. Without the stop
     * they would be taken for a next request, and thrown away when they are not one.
     */
    private static final class RequestDecoder extends HttpRequestDecoder {
        private final Passenger.Witness witness;
        private boolean complete;

        RequestDecoder(Passenger.Witness witness) {
            super(HEAD_LIMIT, HEAD_LIMIT, HEAD_LIMIT);
            this.witness = witness;
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
            if (!complete) {
                super.decode(ctx, in, out);
                complete = !out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent;
            }
        }

        int leftoverBytes() {
            return actualReadableBytes();
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "handlerAdded", () -> super.handlerAdded(ctx));
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "handlerRemoved", () -> super.handlerRemoved0(ctx));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            witness.callback(ctx, "channelRead", () -> super.channelRead(ctx, message));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "channelInactive", () -> super.channelInactive(ctx));
        }
    }

    private static final class FrameDecoder extends WebSocket13FrameDecoder {
        private final Passenger.Witness witness;

        FrameDecoder(Passenger.Witness witness) {
            super(WebSocketDecoderConfig.newBuilder()
                    .maxFramePayloadLength(65_536)
                    .build());
            this.witness = witness;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "handlerAdded", () -> super.handlerAdded(ctx));
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "handlerRemoved", () -> super.handlerRemoved0(ctx));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            witness.callback(ctx, "channelRead", () -> super.channelRead(ctx, message));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "channelInactive", () -> super.channelInactive(ctx));
        }
    }

    private static final class WatchedTls extends SslHandler {
        private final Passenger.Witness witness;

        WatchedTls(SSLEngine engine, Passenger.Witness witness) {
            super(engine);
            setHandshakeTimeout(1, TimeUnit.MINUTES);
            this.witness = witness;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "handlerAdded", () -> super.handlerAdded(ctx));
        }

        @Override
        public void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "handlerRemoved", () -> super.handlerRemoved0(ctx));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            witness.callback(ctx, "channelRead", () -> super.channelRead(ctx, message));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "channelInactive", () -> super.channelInactive(ctx));
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        private final Passenger.Witness witness;

        Echo(Passenger passenger) {
            this.witness = passenger.witness("echo");
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "handlerAdded", () -> {});
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "handlerRemoved", () -> {});
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "channelInactive", ctx::fireChannelInactive);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            witness.callback(ctx, "channelRead", () -> echo(ctx, message));
        }

        private void echo(ChannelHandlerContext ctx, Object message) {
            if (message instanceof BinaryWebSocketFrame) {
                ctx.write(message);
                return;
            }
            ReferenceCountUtil.release(message);
            if (message instanceof CloseWebSocketFrame) {
                ctx.close();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "channelReadComplete", ctx::flush);
        }
    }

    /** Stands at an end of the pipeline before, during and after the move, and sees every event. */
    private final class WatchedHandler extends ChannelDuplexHandler {
        private final Passenger passenger;
        private final Passenger.Witness witness;
        private final boolean isLast;

        WatchedHandler(Passenger passenger, String name) {
            this.passenger = passenger;
            this.witness = passenger.witness(name);
            this.isLast = name.equals("last");
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "handlerAdded", () -> {});
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "handlerRemoved", () -> {});
        }

        @Override
        public void channelRegistered(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "channelRegistered", ctx::fireChannelRegistered);
            if (isLast && passenger.move != null) {
                script.onRegistered(passenger);
            }
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "channelUnregistered", ctx::fireChannelUnregistered);
            if (isLast && !passenger.isDecided() && passenger.move != null) {
                script.onUnregistered(passenger);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "channelInactive", ctx::fireChannelInactive);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            witness.callback(ctx, "channelRead", () -> ctx.fireChannelRead(message));
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
            witness.callback(ctx, "channelReadComplete", ctx::fireChannelReadComplete);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            witness.callback(ctx, "userEventTriggered", () -> ctx.fireUserEventTriggered(event));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
            witness.callback(ctx, "exceptionCaught", () -> {
                boolean isMoving = passenger.move != null && !passenger.isDecided();
                if (isMoving || !isLast) {
                    ctx.fireExceptionCaught(cause);
                }
            });
        }
    }
}
