package io.wsrouter.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a socket without the way through the pipeline: for the usual case that the kernel takes everything at once.
 * What it does not take is the channel's to write. Belongs to the channel's loop.
 */
public final class DirectSocket {

    private final EpollSocketChannel channel;

    private DirectSocket(EpollSocketChannel channel) {
        this.channel = channel;
    }

    /** The socket of a channel whose pipeline ends its handshakes here, or null where bytes must pass the pipeline. */
    public static @Nullable DirectSocket of(Channel channel) {
        return channel instanceof EpollSocketChannel epoll && channel.pipeline().get(SslHandler.class) == null
                ? new DirectSocket(epoll)
                : null;
    }

    /**
     * Offers the readable bytes to the kernel once and advances the reader index by what it took. The channel must have
     * nothing of its own to write.
     *
     * @param bytes borrowed
     * @return whether the kernel took all
     * @throws IOException when the socket is broken
     */
    public boolean write(ByteBuf bytes) throws IOException {
        if (!channel.isActive() || !bytes.hasMemoryAddress()) {
            return false;
        }
        Socket socket = (Socket) channel.fd();
        int taken = socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
        bytes.skipBytes(Math.max(0, taken));
        return !bytes.isReadable();
    }
}
