package io.wsrouter.pipeline;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The state of IP addresses, as long as they have connections or have failed within the last second. Belongs to the
 * accepting loop.
 *
 * <p>Addresses come from strangers, who may choose them: {@link HashMap} stays fast when they collide, and addresses
 * without connections are bounded in number.
 */
final class IpTable {

    /** Addresses that are remembered for their failures alone. */
    static final int MOST_IDLE = 1 << 16;

    private final int maxConnections;
    private final int failuresPerSecond;
    private final Map<Long, IpState> states = new HashMap<>();
    private final Map<Long, IpState> idle = new LinkedHashMap<>();

    IpTable(int maxConnections, int failuresPerSecond) {
        this.maxConnections = maxConnections;
        this.failuresPerSecond = failuresPerSecond;
    }

    /** The state of an address, which stays until a connection of it has been released. */
    IpState state(InetAddress address, long nowNanos) {
        long key = IpState.keyOf(address);
        idle.remove(key);
        return states.computeIfAbsent(key, absent -> new IpState(absent, failuresPerSecond, nowNanos));
    }

    /** Whether the address has as many connections as it may have. */
    boolean isFull(IpState ip) {
        return ip.connections() >= maxConnections;
    }

    /** A connection of the address is gone, or has been refused without being counted. */
    void release(IpState ip, long nowNanos) {
        if (ip.connections() == 0) {
            idle.put(ip.key(), ip);
        }
        forgetIdle(nowNanos);
    }

    /** How many addresses there is a state of. */
    int size() {
        return states.size();
    }

    private void forgetIdle(long nowNanos) {
        Iterator<IpState> oldestFirst = idle.values().iterator();
        while (oldestFirst.hasNext()) {
            IpState ip = oldestFirst.next();
            if (!ip.failures().isFull(nowNanos) && idle.size() <= MOST_IDLE) {
                return;
            }
            oldestFirst.remove();
            states.remove(ip.key());
        }
    }
}
