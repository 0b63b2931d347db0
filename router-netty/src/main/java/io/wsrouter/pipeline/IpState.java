package io.wsrouter.pipeline;

import io.wsrouter.connection.SharedRateLimit;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What is counted for one IP address. The connections belong to the accepting loop, the failures to nobody.
 *
 * <p>An IPv6 address is counted as its /64, the smallest network that a site gets: within it a client picks as many
 * addresses as it likes.
 */
final class IpState {

    private final long key;
    private final SharedRateLimit failures;
    private int connections;
    private int pending;

    IpState(long key, SharedRateLimit failures) {
        this.key = key;
        this.failures = failures;
    }

    /** The same for all addresses that are counted together. IPv4 takes numbers that no IPv6 network in use has. */
    static long keyOf(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == Integer.BYTES ? bytes.getInt() & 0xFFFF_FFFFL : bytes.getLong();
    }

    long key() {
        return key;
    }

    /** Failed handshakes, and those that have not turned out yet. Any thread. */
    SharedRateLimit failures() {
        return failures;
    }

    int connections() {
        return connections;
    }

    void connected() {
        connections++;
    }

    void disconnected() {
        connections--;
    }

    /** Its handshakes that are pending. */
    int pending() {
        return pending;
    }

    void addPending(int count) {
        pending += count;
    }
}
