package io.wsrouter.connection;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one shard, by id and by user. The two views change in one step of one thread: what is in one is in
 * the other. Belongs to one loop.
 */
public final class ConnectionTable {

    private final WalkableMap<ConnectionId, Connection> byId =
            new WalkableMap<>(Connection::id, Connection::tablePlace, Connection::moveInTable);
    private final WalkableMap<Address, UserConnections> byUser =
            new WalkableMap<>(UserConnections::user, UserConnections::place, UserConnections::moveTo);

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
        if (byId.get(id) != null) {
            return false;
        }
        connection.onRegistered(id);
        byId.put(connection);
        list(connection);
        return true;
    }

    private void list(Connection connection) {
        Address user = connection.principal().user();
        UserConnections connections = byUser.get(user);
        if (connections == null) {
            connections = new UserConnections(user);
            byUser.put(connections);
        }
        connections.add(connection);
    }

    /**
     * Removes {@code connection} if it, and not another one, is what its id stands for.
     *
     * @return whether it was there
     */
    public boolean remove(Connection connection) {
        if (!byId.remove(connection)) {
            return false;
        }
        UserConnections connections = byUser.get(connection.id().user());
        if (connections != null) {
            unlist(connections, connection);
        }
        return true;
    }

    /** Takes a connection off the list of a user, and the user out of the index with the last one. */
    public void unlist(UserConnections user, Connection connection) {
        if (user.remove(connection)) {
            byUser.remove(user);
        }
    }

    /** Puts a registered connection back into whichever index it is missing from. */
    public void restore(Connection connection) {
        byId.put(connection);
        if (!isListed(connection)) {
            list(connection);
        }
    }

    /** Whether a connection is what its id stands for. */
    public boolean holds(Connection connection) {
        return byId.holds(connection);
    }

    /** Whether a connection is on its user's list. */
    public boolean isListed(Connection connection) {
        UserConnections user = byUser.get(connection.principal().user());
        return user != null && user.contains(connection);
    }

    /** The connections by id, to be audited. */
    public WalkableMap<ConnectionId, Connection> byId() {
        return byId;
    }

    /** The connections by user, to be audited. */
    public WalkableMap<Address, UserConnections> byUser() {
        return byUser;
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
        return byId.values();
    }
}
