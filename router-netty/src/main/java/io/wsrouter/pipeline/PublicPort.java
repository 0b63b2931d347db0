package io.wsrouter.pipeline;

import io.netty.handler.ssl.SslContext;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.routing.Level;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.transport.EventLoops;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of the public port share.
 *
 * @param config limits, origins and names
 * @param maxConnections at most this many sockets
 * @param loops the event loops, each with a shard
 * @param router the shards
 * @param authenticator who decides on tokens
 * @param listener hears of refusals and faults
 * @param level how hard pressed the node is
 * @param tls the certificate, or null for plain text
 * @param pages what plain GET requests get, by path; empty but for the demo
 */
public record PublicPort(
        RouterConfig config,
        int maxConnections,
        EventLoops loops,
        Router router,
        Authenticator authenticator,
        RouterListener listener,
        Supplier<Level> level,
        @Nullable SslContext tls,
        Map<String, Page> pages) {

    /** A page of the demo, and its type. */
    public record Page(String contentType, String body) {}
}
