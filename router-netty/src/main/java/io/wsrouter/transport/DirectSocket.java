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

    private DirectSocket() {}

    /** The socket of a channel whose pipeline ends its handshakes here, or null where bytes must pass the pipeline. */
    public static @Nullable Socket of(Channel channel) {
        return channel instanceof EpollSocketChannel epoll && channel.pipeline().get(SslHandler.class) == null
                ? (Socket) epoll.fd()
                : null;
    }

    /**
     * Offers bytes to the kernel once. The channel must have nothing of its own to write.
     *
     * @param bytes borrowed; its indices stay
     * @return how many it took; none when the socket is closed
     * @throws IOException when the socket is broken
     */
    public static int write(Socket socket, ByteBuf bytes, int start, int end) throws IOException {
        if (!socket.isOpen() || !bytes.hasMemoryAddress()) {
            return 0;
        }
        return Math.max(0, socket.sendAddress(bytes.memoryAddress(), start, end));
    }
}
