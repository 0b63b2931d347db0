package io.wsrouter.connection;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import java.lang.reflect.Field;
import java.util.Map;

/** Breaks the tables as no code path does, to see that the second barrier holds when the first has fallen. */
public final class Tampering {

    private Tampering() {}

    /** Lists somebody's connection among those of another user, who is connected. */
    public static void plant(Connection stray, ConnectionTable table, Address amongThoseOf) {
        UserConnections victims = table.ofUser(amongThoseOf);
        if (victims == null) {
            throw new AssertionError(amongThoseOf + " is not connected");
        }
        victims.add(stray);
    }

    /** Lets the id of one connection stand for another one. */
    public static void plant(Connection stray, ConnectionTable table, ConnectionId underIdOf) {
        keys(table.byId()).put(underIdOf, stray);
    }

    /** Takes a connection off its user's list and nothing else. */
    public static void unlist(Connection connection, ConnectionTable table) {
        UserConnections user = table.ofUser(connection.principal().user());
        if (user == null) {
            throw new AssertionError(connection + " is not listed");
        }
        table.unlist(user, connection);
    }

    /** Takes a live connection out of all tables of its home, and tells it nothing. */
    public static void takeOut(Connection connection, ConnectionTable table) {
        table.remove(connection);
    }

    /** Leaves a connection on its user's list alone. */
    public static void forgetId(Connection connection, ConnectionTable table) {
        table.byId().remove(connection);
    }

    /** Stops watching a connection, whose peer was last heard a while ago. */
    public static void abandon(Connection connection, long lastHeardNanos) {
        connection.cancel();
        connection.onHeard(lastHeardNanos);
    }

    /** Ends a connection without taking it out of any table. */
    public static void endInPlace(Connection connection) {
        connection.onClosed();
    }

    @SuppressWarnings("unchecked")
    private static <K, V> Map<K, V> keys(WalkableMap<K, V> map) {
        try {
            Field keys = WalkableMap.class.getDeclaredField("map");
            keys.setAccessible(true);
            return (Map<K, V>) keys.get(map);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("WalkableMap.map", e);
        }
    }
}
