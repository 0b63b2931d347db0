package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionTable;
import io.wsrouter.connection.UserConnections;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.ObjectHashSet;

/**
 * How many users of a shard had messages lately, and how many refused one. It counts users and not messages, so that a single
 * one who does not read weighs as much as any other, however much is sent to it. Belongs to one loop.
 */
final class ReceiverHealth {

    /** A user is counted once in each window; the present one and the one before are looked at. */
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);

    private final ConnectionTable connections;
    private final ObjectHashSet<Address> failed = new ObjectHashSet<>(); // by user: one who reconnects counts once
    private ReceiverCounts before = ReceiverCounts.NONE;
    private int window = 1;
    private int matched;
    private long windowEndNanos;

    ReceiverHealth(ConnectionTable connections, long nowNanos) {
        this.connections = connections;
        windowEndNanos = nowNanos + WINDOW_NANOS;
    }

    /** A message goes to a connection. */
    void onMatched(Connection receiver) {
        if (receiver.isNewIn(window)) {
            UserConnections user = connections.ofUser(receiver.principal().user());
            matched += user != null && user.isNewIn(window) ? 1 : 0;
        }
    }

    /** A connection does not keep up with what it gets. */
    void onFailed(Connection receiver) {
        failed.add(receiver.principal().user());
    }

    /** Time has passed. */
    void onTick(long nowNanos) {
        if (nowNanos - windowEndNanos >= 0) {
            before = present();
            windowEndNanos = nowNanos + WINDOW_NANOS;
            window++;
            matched = 0;
            failed.clear();
        }
    }

    /** Who had messages in this window and the one before. */
    ReceiverCounts counts() {
        return before.plus(present());
    }

    private ReceiverCounts present() {
        return new ReceiverCounts(matched, failed.size());
    }
}
