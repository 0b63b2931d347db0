package io.wsrouter.bench.scenario;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Sends heads, each over a socket of its own and from an address of loopback, and tells how they were answered. Any thread. */
final class HandshakeClient implements AutoCloseable {

    private static final int STATUS_OFFSET = "HTTP/1.1 ".length();
    private static final int STATUS_LENGTH = 3;

    private final MultiThreadIoEventLoopGroup loops;
    private final InetSocketAddress router;

    HandshakeClient(int loops, RouterProcess router) {
        this.loops = new MultiThreadIoEventLoopGroup(
                loops, new DefaultThreadFactory("handshake-loop", true), NioIoHandler.newFactory());
        this.router = address("127.0.0.1", router.publicPort());
    }

    /**
     * How a head was answered.
     *
     * @param status of the response, or zero when the socket was closed without one
     * @param nanos from the attempt to connect to the answer
     */
    record Answer(int status, long nanos) {}

    /** A request for a WebSocket with this token. */
    static byte[] upgrade(String token) {
        return ("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer "
                        + token + "\r\n\r\n")
                .getBytes(US_ASCII);
    }

    /** Sends {@code head} from {@code localAddress}; the socket is reset as soon as it is answered. */
    CompletableFuture<Answer> send(byte[] head, String localAddress) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        long start = System.nanoTime();
        new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_LINGER, 0)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Reader(head, start, answer));
                    }
                })
                .connect(router, address(localAddress, 0))
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        answer.completeExceptionally(connected.cause());
                    }
                });
        return answer;
    }

    private static final class Reader extends SimpleChannelInboundHandler<ByteBuf> {

        private final byte[] head;
        private final long startNanos;
        private final CompletableFuture<Answer> answer;

        Reader(byte[] head, long startNanos, CompletableFuture<Answer> answer) {
            this.head = head;
            this.startNanos = startNanos;
            this.answer = answer;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(head));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
            String status = bytes.readableBytes() < STATUS_OFFSET + STATUS_LENGTH
                    ? ""
                    : bytes.toString(bytes.readerIndex() + STATUS_OFFSET, STATUS_LENGTH, US_ASCII);
            tell(status.matches("[1-5][0-9]{2}") ? Integer.parseInt(status) : 0);
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            tell(0);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            tell(0);
            ctx.close();
        }

        private void tell(int status) {
            answer.complete(new Answer(status, System.nanoTime() - startNanos));
        }
    }

    private static InetSocketAddress address(String address, int port) {
        return new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), port);
    }

    /** Ends the loops and all sockets. */
    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
