package io.wsrouter.bench.scenario;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One client connection. Its methods run on its event loop unless they say otherwise. */
final class Peer extends SimpleChannelInboundHandler<WebSocketFrame> {

    private static final int NO_CLOSE_FRAME = 1006;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String user;
    private final PeerListener listener;
    private final CompletableFuture<Peer> welcomed = new CompletableFuture<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final ReadSize readSize = new ReadSize();
    private @Nullable ScheduledFuture<?> sips;
    private @Nullable Channel channel;
    private String connectionId = "";
    private int closeCode = NO_CLOSE_FRAME;
    private boolean hasSentClose;

    Peer(String user, PeerListener listener) {
        this.user = user;
        this.listener = listener;
    }

    /** Completes with the welcome. Any thread. */
    CompletableFuture<Peer> welcomed() {
        return welcomed;
    }

    /** Completes with the close code when the socket is gone. Any thread. */
    CompletableFuture<Integer> closed() {
        return closed;
    }

    /** The user id. Any thread. */
    String user() {
        return user;
    }

    /** The id that the welcome named. Any thread, after the welcome. */
    String connectionId() {
        return connectionId;
    }

    /** Any thread, after the welcome. */
    EventLoop loop() {
        return channel().eventLoop();
    }

    private Channel channel() {
        if (channel == null) {
            throw new IllegalStateException(user + " is not connected");
        }
        return channel;
    }

    /** Writes a text frame that goes out with the next flush. */
    void write(CharSequence json) {
        ByteBuf text = channel().alloc().buffer(json.length());
        ByteBufUtil.writeUtf8(text, json);
        channel().write(new TextWebSocketFrame(text), channel().voidPromise());
    }

    void flush() {
        channel().flush();
    }

    /** Sends a close frame and reads on until the router closes. Any thread. */
    void closePolitely() {
        loop().execute(() -> {
            hasSentClose = true;
            channel().writeAndFlush(new CloseWebSocketFrame(1000, ""));
        });
    }

    /** Closes with a TCP reset. Any thread. */
    void reset() {
        loop().execute(() -> {
            channel().config().setOption(ChannelOption.SO_LINGER, 0);
            channel().close();
        });
    }

    /** Reads nothing more, or goes on reading. Any thread. */
    void setReading(boolean isReading) {
        loop().execute(() -> {
            stopSipping();
            channel().config().setAutoRead(isReading);
        });
    }

    /** Reads so many bytes, once a second, until {@link #setReading}. Any thread. */
    void readSlowly(int bytesPerSecond) {
        loop().execute(() -> {
            stopSipping();
            channel().config().setAutoRead(false);
            readSize.bytes = bytesPerSecond;
            long untilFirst = ThreadLocalRandom.current().nextLong(SECOND_NANOS);
            sips = loop().scheduleAtFixedRate(() -> channel().read(), untilFirst, SECOND_NANOS, TimeUnit.NANOSECONDS);
        });
    }

    private void stopSipping() {
        readSize.bytes = ReadSize.USUAL_BYTES;
        if (sips != null) {
            sips.cancel(false);
            sips = null;
        }
    }

    /** How much its channel takes from the kernel at a time. */
    RecvByteBufAllocator readSize() {
        return readSize;
    }

    private static final class ReadSize extends DefaultMaxMessagesRecvByteBufAllocator {

        private static final int USUAL_BYTES = 16_384;

        private int bytes = USUAL_BYTES;

        @Override
        public MaxMessageHandle newHandle() {
            return new MaxMessageHandle() {
                @Override
                public int guess() {
                    return bytes;
                }
            };
        }
    }

    /** Counts every byte that comes from now on, but for the router's pings. Any thread, after the welcome. */
    CompletableFuture<Void> countBytes(LongAdder bytes) {
        return CompletableFuture.runAsync(() -> channel().pipeline().addFirst(new ByteCounter(bytes)), loop());
    }

    private static final class ByteCounter extends ChannelInboundHandlerAdapter {

        private static final short EMPTY_PING = (short) 0x8900;

        private final LongAdder bytes;

        ByteCounter(LongAdder bytes) {
            this.bytes = bytes;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof ByteBuf buffer
                    && !(buffer.readableBytes() == Short.BYTES
                            && buffer.getShort(buffer.readerIndex()) == EMPTY_PING)) {
                bytes.add(buffer.readableBytes());
            }
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        ctx.fireChannelActive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) throws IOException {
        if (frame instanceof TextWebSocketFrame) {
            onPush(Push.read(ByteBufUtil.getBytes(frame.content())));
        } else if (frame instanceof CloseWebSocketFrame close) {
            onClose(ctx, close);
        }
    }

    private void onPush(Push push) {
        if (welcomed.isDone()) {
            listener.onPush(this, push);
        } else if (push.type().equals("welcome") && push.text("user").equals(user)) {
            connectionId = push.text("connection");
            welcomed.complete(this);
        } else {
            welcomed.completeExceptionally(new ScenarioException(user + " was welcomed with " + push));
        }
    }

    private void onClose(ChannelHandlerContext ctx, CloseWebSocketFrame close) {
        closeCode = close.statusCode();
        if (!hasSentClose) {
            hasSentClose = true;
            ctx.writeAndFlush(close.retain());
        }
        ctx.close();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        listener.onReadComplete(this);
        ctx.flush();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopSipping();
        welcomed.completeExceptionally(new ScenarioException(user + " was closed without a welcome"));
        listener.onClosed(this, closeCode);
        closed.complete(closeCode);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        welcomed.completeExceptionally(cause);
        ctx.close();
    }
}
