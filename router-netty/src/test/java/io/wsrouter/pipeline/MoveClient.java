package io.wsrouter.pipeline;

import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** WebSocket clients that behave well or badly, and say how it went. */
final class MoveClient implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final Optional<SslContext> tls;

    MoveClient(Security security) {
        this.tls = security.forClient();
    }

    /** How a client behaves. */
    enum Manner {
        /** Sends its frames as soon as it has the 101, awaits the echo, closes. */
        POLITE,
        /** Sends frames behind the request, in the same write. */
        HASTY,
        /** Sends frames behind the request, but keeps the end of their TLS record until it has the answer. */
        HALTING,
        /** Sends the request and closes. */
        LEAVES,
        /** Sends the request and resets the connection. */
        SLAMS,
        /** Sends half of the request and closes. */
        LEAVES_HALF_WAY,
        /** Sends half of the request and resets the connection. */
        SLAMS_HALF_WAY,
        /** Sends half of its frames as soon as it has the 101, and closes. */
        LEAVES_IN_THE_MIDDLE,
        /** Sends half of its frames as soon as it has the 101, and resets the connection. */
        SLAMS_IN_THE_MIDDLE,
        /** Sends the request and does what the test says. */
        WAITS
    }

    /** What a client saw until its connection closed: the status, 0 for none, and how many echoes in order. */
    record Visit(Manner manner, boolean kicked, int status, int sent, int echoed, boolean intact) {
        boolean isEchoed() {
            return status == 101 && intact && echoed == sent;
        }
    }

    /** Connects, and then behaves in this manner. */
    Conversation visit(MoveServer server, Manner manner, int home, boolean kicked, int frames, long seed) {
        Conversation conversation = new Conversation(manner, home, kicked, frames, seed);
        new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        conversation.channel = channel;
                        channel.pipeline().addLast(conversation.scissors);
                        tls.map(context -> context.newHandler(channel.alloc())).ifPresent(handler -> {
                            handler.setHandshakeTimeout(1, TimeUnit.MINUTES);
                            channel.pipeline().addLast(handler);
                        });
                        channel.pipeline().addLast(conversation);
                    }
                })
                .connect(server.address())
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        conversation.visit.completeExceptionally(connected.cause());
                    }
                });
        return conversation;
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** One connection of a client. */
    static final class Conversation extends ByteToMessageDecoder {
        final CompletableFuture<Visit> visit = new CompletableFuture<>();
        volatile Channel channel;

        private final Scissors scissors = new Scissors();
        private final Manner manner;
        private final int home;
        private final boolean kicked;
        private final int frames;
        private final Random random;
        private final int payloadSeed;

        private int status;
        private int sent;
        private int echoed;
        private boolean intact = true;

        private Conversation(Manner manner, int home, boolean kicked, int frames, long seed) {
            this.manner = manner;
            this.home = home;
            this.kicked = kicked;
            this.frames = frames;
            this.random = new Random(seed);
            this.payloadSeed = random.nextInt(1 << 20);
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (manner != Manner.HALTING) {
                begin(ctx);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (manner == Manner.HALTING && event == SslHandshakeCompletionEvent.SUCCESS) {
                begin(ctx);
            }
            super.userEventTriggered(ctx, event);
        }

        private void begin(ChannelHandlerContext ctx) {
            ByteBuf request = Unpooled.copiedBuffer(
                    "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Home: "
                            + home + "\r\nX-Kick: " + kicked + "\r\n\r\n",
                    StandardCharsets.US_ASCII);
            switch (manner) {
                case HASTY -> {
                    writeFrames(request, frames);
                    ctx.writeAndFlush(request);
                }
                case HALTING -> {
                    scissors.open();
                    ctx.writeAndFlush(request);
                    ByteBuf behind = Unpooled.buffer();
                    writeFrames(behind, frames);
                    ctx.writeAndFlush(behind);
                    scissors.cut();
                }
                case LEAVES -> ctx.writeAndFlush(request).addListener(written -> leave());
                case SLAMS -> ctx.writeAndFlush(request).addListener(written -> slam());
                case LEAVES_HALF_WAY -> ctx.writeAndFlush(half(request)).addListener(written -> leave());
                case SLAMS_HALF_WAY -> ctx.writeAndFlush(half(request)).addListener(written -> slam());
                default -> ctx.writeAndFlush(request);
            }
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            if (status == 0 && !readHead(in)) {
                return;
            }
            readFrames(in);
            boolean staysForTheEcho = manner == Manner.POLITE || manner == Manner.HASTY || manner == Manner.HALTING;
            if (staysForTheEcho && echoed == sent) {
                leave();
            }
        }

        private boolean readHead(ByteBuf in) {
            String text = in.toString(StandardCharsets.US_ASCII);
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                return false;
            }
            in.skipBytes(end + 4);
            status = Integer.parseInt(text.substring(9, 12));
            if (status == 101) {
                switch (manner) {
                    case POLITE -> sendFrames(frames);
                    case HALTING -> scissors.sendRest();
                    case LEAVES_IN_THE_MIDDLE -> {
                        sendFrames(frames / 2);
                        leave();
                    }
                    case SLAMS_IN_THE_MIDDLE -> {
                        sendFrames(frames / 2);
                        slam();
                    }
                    default -> {}
                }
            }
            return true;
        }

        private void readFrames(ByteBuf in) {
            while (in.readableBytes() >= 2) {
                int start = in.readerIndex();
                int length = in.getUnsignedByte(start + 1);
                int head = 2;
                if (length == 126) {
                    if (in.readableBytes() < 4) {
                        return;
                    }
                    length = in.getUnsignedShort(start + 2);
                    head = 4;
                }
                if (in.readableBytes() < head + length) {
                    return;
                }
                byte[] payload = new byte[length];
                in.skipBytes(head).readBytes(payload);
                intact &= in.getUnsignedByte(start) == 0x82 && Arrays.equals(payload, payload(echoed));
                echoed++;
            }
        }

        /** Sends all frames now. */
        ChannelFuture speak() {
            ChannelPromise spoken = channel.newPromise();
            channel.eventLoop().execute(() -> {
                ByteBuf all = Unpooled.buffer();
                writeFrames(all, frames);
                channel.writeAndFlush(all, spoken);
            });
            return spoken;
        }

        /** What the client has seen when all it sent has come back, or the connection is closed. */
        Visit awaitEchoes() {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> visit.isDone() || snapshot().isEchoed());
            return snapshot();
        }

        private Visit snapshot() {
            return channel.eventLoop().submit(this::visit).syncUninterruptibly().getNow();
        }

        /** Sends frames now, cut anywhere into writes. */
        void sendFrames(int count) {
            ByteBuf all = Unpooled.buffer();
            writeFrames(all, count);
            while (all.isReadable()) {
                int length = 1 + random.nextInt(all.readableBytes());
                channel.writeAndFlush(all.readRetainedSlice(length));
            }
            all.release();
        }

        private void writeFrames(ByteBuf target, int count) {
            for (int i = 0; i < count; i++, sent++) {
                byte[] payload = payload(sent);
                int mask = random.nextInt();
                target.writeByte(0x82);
                if (payload.length < 126) {
                    target.writeByte(0x80 | payload.length);
                } else {
                    target.writeByte(0x80 | 126).writeShort(payload.length);
                }
                target.writeInt(mask);
                for (int k = 0; k < payload.length; k++) {
                    target.writeByte(payload[k] ^ (mask >>> (24 - 8 * (k & 3))));
                }
            }
        }

        private byte[] payload(int sequence) {
            Random content = new Random(payloadSeed + 31L * sequence);
            byte[] payload = new byte[4 + content.nextInt(300)];
            content.nextBytes(payload);
            Unpooled.wrappedBuffer(payload).setInt(0, sequence);
            return payload;
        }

        private ByteBuf half(ByteBuf request) {
            return request.writerIndex(1 + random.nextInt(request.writerIndex() - 4));
        }

        void leave() {
            channel.close();
        }

        void slam() {
            if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                channel.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext ctx) {
            visit.complete(visit());
        }

        private Visit visit() {
            return new Visit(manner, kicked, status, sent, echoed, intact);
        }

        @Override
        public String toString() {
            return visit() + " on " + channel;
        }
    }

    /** Cuts what is written while they are open, as late as possible, and keeps the rest. */
    private static final class Scissors extends ChannelOutboundHandlerAdapter {
        private final ByteBuf held = Unpooled.buffer();
        private boolean open;
        private ChannelHandlerContext ctx;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            this.ctx = ctx;
        }

        void open() {
            open = true;
        }

        void cut() {
            open = false;
            ctx.writeAndFlush(held.readRetainedSlice(held.readableBytes() - 1));
        }

        void sendRest() {
            ctx.writeAndFlush(held.readRetainedSlice(held.readableBytes()));
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            held.release();
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (!open) {
                ctx.write(message, promise);
                return;
            }
            ByteBuf bytes = (ByteBuf) message;
            held.writeBytes(bytes);
            bytes.release();
            promise.setSuccess();
        }
    }
}
