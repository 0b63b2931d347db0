package io.wsrouter.bench.scenario;

/** Hears what comes to one client connection, on its event loop. */
interface PeerListener {

    /** A push came, after the welcome. */
    void onPush(Peer peer, Push push);

    /** The socket is closed; {@code code} is that of the router's close frame, or 1006 when none came. */
    default void onClosed(Peer peer, int code) {}

    /** The bytes that came together have all been read. */
    default void onReadComplete(Peer peer) {}
}
