package io.wsrouter.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelFuture;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.wsrouter.metrics.Metric;
import java.net.InetAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AcceptedSocketTest {

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final NioSocketChannel channel = new NioSocketChannel();
    private final AcceptedSocket socket =
            new AcceptedSocket(channel, InetAddress.getLoopbackAddress(), false, closed -> {}, System.nanoTime());

    @AfterEach
    void end() {
        channel.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void shouldClosePendingOnALoopThatHasYetToRegisterIt() throws InterruptedException {
        CountDownLatch isBehind = new CountDownLatch(1);
        loop.execute(() -> {
            try {
                isBehind.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ChannelFuture registered = loop.register(channel);
        socket.closePending(Metric.HANDSHAKES_DISPLACED);
        assertThat(registered.isDone()).isFalse();

        isBehind.countDown();

        assertThat(channel.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(socket.endWhenClosed()).isEqualTo(Metric.HANDSHAKES_DISPLACED);
    }

    @Test
    void shouldLeaveAnAdmittedSocketOpen() throws InterruptedException {
        loop.register(channel).sync();
        socket.admit();

        socket.closePending(Metric.HANDSHAKES_DISPLACED);

        loop.next().submit(() -> {}).sync();
        assertThat(channel.isOpen()).isTrue();
    }
}
