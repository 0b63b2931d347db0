package io.wsrouter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.server.TestSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NettyShardLoopTest {

    private final AtomicInteger bytesRead = new AtomicInteger();

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void shouldReadFromSocketsBeforeTheNextTurn(RouterConfig.Transport transport) throws Exception {
        EventLoops loops = new EventLoops(1, transport, Duration.ZERO);
        try (TestSocket client = TestSocket.open(listen(loops))) {
            client.send("a");
            await().until(() -> bytesRead.get() == 1);
            CompletableFuture<Integer> readByTheNextTurn = new CompletableFuture<>();
            NettyShardLoop loop = loops.loops().get(0);

            loop.execute(() -> {
                client.send("b");
                loop.executeNextTurn(() -> readByTheNextTurn.complete(bytesRead.get()));
            });

            assertThat(readByTheNextTurn.get(TestSocket.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(2);
        } finally {
            loops.close();
        }
    }

    @Test
    void shouldFlushTheOthersWhenOneFlushFails() throws Exception {
        EventLoops loops = new EventLoops(1, RouterConfig.Transport.NIO, Duration.ZERO);
        try {
            NettyShardLoop loop = loops.loops().get(0);
            RuntimeException fault = new IllegalStateException("on purpose");
            Recording failing = new Recording(fault);
            Recording next = new Recording(null);

            loop.execute(() -> List.of(failing, next).forEach(loop::flushAtTurnEnd));

            assertThat(failing.failure).succeedsWithin(TestSocket.PATIENCE).isSameAs(fault);
            assertThat(next.flushed).succeedsWithin(TestSocket.PATIENCE);
            assertThat(next.failure).isNotDone();
        } finally {
            loops.close();
        }
    }

    @Test
    void shouldHandOverBeforeItFlushes() throws Exception {
        EventLoops loops = new EventLoops(1, RouterConfig.Transport.NIO, Duration.ZERO);
        try {
            NettyShardLoop loop = loops.loops().get(0);
            Recording socket = new Recording(null);
            CompletableFuture<Boolean> wasFlushedBefore = new CompletableFuture<>();

            loop.execute(() -> {
                loop.flushAtTurnEnd(socket);
                loop.executeAtTurnEnd(() -> wasFlushedBefore.complete(socket.flushed.isDone()));
            });

            assertThat(wasFlushedBefore).succeedsWithin(TestSocket.PATIENCE).isEqualTo(false);
            assertThat(socket.flushed).succeedsWithin(TestSocket.PATIENCE);
        } finally {
            loops.close();
        }
    }

    private int listen(EventLoops loops) {
        Channel listening = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .childHandler(new SimpleChannelInboundHandler<ByteBuf>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
                        bytesRead.addAndGet(bytes.readableBytes());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    private static final class Recording implements NettyShardLoop.Flushable {

        private final RuntimeException fault;
        private final CompletableFuture<Boolean> flushed = new CompletableFuture<>();
        private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

        Recording(RuntimeException fault) {
            this.fault = fault;
        }

        @Override
        public void onFlush() {
            if (fault != null) {
                throw fault;
            }
            flushed.complete(true);
        }

        @Override
        public void onFlushFailed(Throwable cause) {
            failure.complete(cause);
        }
    }
}
