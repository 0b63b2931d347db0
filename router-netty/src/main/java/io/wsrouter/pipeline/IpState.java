package io.wsrouter.pipeline;

import io.wsrouter.connection.SharedRateLimit;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is counted for one IP address. The connections belong to the accepting loop, failures and verifications to nobody.
 *
 * <p>An IPv6 address is counted as its /64, the smallest network that a site gets: within it a client picks as many
 * addresses as it likes.
 */
final class IpState {

    private static final int LEAST_VERIFICATIONS = 64;

    private final long key;
    private final SharedRateLimit failures;
    private final AtomicInteger verifications = new AtomicInteger();
    private final int maxVerifications;
    private int connections;
    private int pending;

    /** The state of an address that may fail {@code failuresPerSecond}. */
    IpState(long key, int failuresPerSecond, long nowNanos) {
        this.key = key;
        this.failures = new SharedRateLimit(failuresPerSecond, nowNanos);
        this.maxVerifications =
                (int) Math.min(Integer.MAX_VALUE, Math.max(LEAST_VERIFICATIONS, 4L * failuresPerSecond));
    }

    /** The same for all addresses that are counted together. IPv4 takes numbers that no IPv6 network in use has. */
    static long keyOf(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == Integer.BYTES ? bytes.getInt() & 0xFFFF_FFFFL : bytes.getLong();
    }

    long key() {
        return key;
    }

    /** Failed handshakes. Any thread. */
    SharedRateLimit failures() {
        return failures;
    }

    /**
     * Whether one more of its tokens may be under verification, which {@link #endVerification} ends. They are not failures
     * yet, but they may all turn out to be some. Any thread.
     */
    boolean tryBeginVerification() {
        if (verifications.incrementAndGet() <= maxVerifications) {
            return true;
        }
        verifications.decrementAndGet();
        return false;
    }

    /** Any thread. */
    void endVerification() {
        verifications.decrementAndGet();
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
