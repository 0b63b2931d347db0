package io.wsrouter.connection;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Object2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one shard, by id and by user. The two views change in one step of one thread: what is in one is in
 * the other. Belongs to one loop.
 */
public final class ConnectionTable {

    private final Object2ObjectHashMap<ConnectionId, Connection> byId = new Object2ObjectHashMap<>();
    private final Object2ObjectHashMap<Address, UserConnections> byUser = new Object2ObjectHashMap<>();

    /**
     * Registers {@code connection} under {@code id}, unless another connection holds that id.
     *
     * @return whether it was registered; if not, nothing has changed
     * @throws IllegalArgumentException when the id belongs to another user than the connection's principal
     */
    public boolean putIfAbsent(ConnectionId id, Connection connection) {
        Address user = connection.principal().user();
        if (!id.user().equals(user)) {
            throw new IllegalArgumentException("connection id " + id + " (expected one of " + user + ")");
        }
        if (byId.containsKey(id)) {
            return false;
        }
        connection.onRegistered(id);
        byId.put(id, connection);
        UserConnections connections = byUser.get(user);
        if (connections == null) {
            connections = new UserConnections();
            byUser.put(user, connections);
        }
        connections.add(connection);
        return true;
    }

    /**
     * Removes {@code connection} if it, and not another one, is what its id stands for.
     *
     * @return whether it was there
     */
    public boolean remove(Connection connection) {
        ConnectionId id = connection.id();
        if (byId.get(id) != connection) {
            return false;
        }
        byId.remove(id);
        UserConnections connections = byUser.get(id.user());
        if (connections != null && connections.remove(connection)) {
            byUser.remove(id.user());
        }
        return true;
    }

    /** The connection with this id, or null. */
    public @Nullable Connection get(ConnectionId id) {
        return byId.get(id);
    }

    /** The connections of a user, or null when the user is not connected. */
    public @Nullable UserConnections ofUser(Address user) {
        return byUser.get(user);
    }

    /** The number of connections. */
    public int size() {
        return byId.size();
    }

    /** The number of users with a connection. */
    public int users() {
        return byUser.size();
    }

    /** A copy of all connections, in no order. */
    public List<Connection> all() {
        return new ArrayList<>(byId.values());
    }
}
