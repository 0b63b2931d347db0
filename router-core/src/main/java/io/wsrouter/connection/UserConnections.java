package io.wsrouter.connection;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The connections of one user, oldest first, and the rate that they share. Belongs to one loop. */
public final class UserConnections {

    private static final Connection[] NONE = {};

    private Connection[] connections = NONE;
    private @Nullable RateLimit messageRate;

    UserConnections() {}

    /** The present connections. The array is never written to again, so it may be walked while connections come and go. */
    public Connection[] connections() {
        return connections;
    }

    /** The number of connections. */
    public int size() {
        return connections.length;
    }

    /** Whether the user may publish one more message; takes it from the rate if so. */
    public boolean mayPublish(int messagesPerSecond, long nowNanos) {
        if (messageRate == null) {
            messageRate = new RateLimit(messagesPerSecond, nowNanos);
        }
        return messageRate.tryAcquire(nowNanos);
    }

    void add(Connection connection) {
        connections = Arrays.copyOf(connections, connections.length + 1);
        connections[connections.length - 1] = connection;
    }

    /** Removes a connection and says whether none is left. */
    boolean remove(Connection connection) {
        connections =
                Arrays.stream(connections).filter(other -> other != connection).toArray(Connection[]::new);
        return connections.length == 0;
    }
}
