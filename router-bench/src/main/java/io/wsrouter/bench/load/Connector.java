package io.wsrouter.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.NetUtil;
import java.io.File;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens sockets to the server; on loopback from many local addresses, since each has only so many ports. Any thread. */
final class Connector {

    private static final int LOCAL_ADDRESSES = 40;
    private static final int LOW_WATER_BYTES = 256 * 1024;
    private static final int HIGH_WATER_BYTES = 1024 * 1024;
    private static final int CONNECT_TIMEOUT_MILLIS = 20_000;

    private final ServerAddress server;
    private final int process;
    private final @Nullable SslContext tls;
    private final AtomicInteger opened = new AtomicInteger();

    /**
     * A connector of the process with that number.
     *
     * @param certificates whom to trust with {@code wss}, in PEM; null for the JDK's choice
     */
    Connector(ServerAddress server, int process, @Nullable File certificates) throws SSLException {
        this.server = server;
        this.process = process;
        this.tls = server.isTls()
                ? SslContextBuilder.forClient().trustManager(certificates).build()
                : null;
    }

    static boolean isEpoll() {
        return Epoll.isAvailable();
    }

    static IoHandlerFactory handlers() {
        return isEpoll() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    /** Connects; the owner of the connection hears of failure. {@code receiveBufferBytes} is 0 for the system's choice. */
    void connect(LoadLoop loop, LoadConnection connection, int receiveBufferBytes) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop.eventLoop())
                .channel(isEpoll() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc(), server.host(), server.port()));
                        }
                        channel.pipeline().addLast(connection);
                    }
                });
        if (isEpoll()) {
            bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
        if (receiveBufferBytes > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, receiveBufferBytes);
        }
        connect(bootstrap).addListener(connected -> {
            if (!connected.isSuccess()) {
                connection.onConnectFailed(connected.cause());
            }
        });
    }

    private ChannelFuture connect(Bootstrap bootstrap) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(server.host());
        if (address == null || address.length != 4 || address[0] != 127) {
            return bootstrap.connect(server.host(), server.port());
        }
        int local = 1 + Math.floorMod(opened.getAndIncrement(), LOCAL_ADDRESSES);
        return bootstrap.connect(
                new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(server.host()), server.port()),
                new InetSocketAddress(
                        NetUtil.createInetAddressFromIpAddressString("127.0." + (1 + process % 250) + '.' + local), 0));
    }
}
