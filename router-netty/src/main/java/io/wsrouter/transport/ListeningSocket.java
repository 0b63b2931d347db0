package io.wsrouter.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import java.net.BindException;

/** Binds the listening sockets of a router. */
public final class ListeningSocket {

    private ListeningSocket() {}

    /**
     * Binds a listening socket. Blocks until that is done; not to be called on a loop.
     *
     * @param section the section of the configuration that names host and port, for the error
     * @throws BindException naming address and port when they cannot be had
     */
    public static Channel bind(ServerBootstrap bootstrap, String section, String host, int port) throws BindException {
        var bound = bootstrap.bind(host, port).awaitUninterruptibly();
        if (bound.isSuccess()) {
            return bound.channel();
        }
        BindException failure = new BindException("cannot listen on " + host + " port " + port + " (" + section
                + ".host, " + section + ".port): " + bound.cause().getMessage());
        failure.initCause(bound.cause());
        throw failure;
    }
}
