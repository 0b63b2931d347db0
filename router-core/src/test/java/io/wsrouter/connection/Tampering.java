package io.wsrouter.connection;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
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
        partOf(table.byId(), underIdOf).put(underIdOf, stray);
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

    /** Stops watching a connection, whose peer was last heard a while ago and has not answered so many pings since. */
    public static void abandon(Connection connection, long lastHeardNanos, int pingsUnanswered) {
        connection.cancel();
        connection.onHeard(lastHeardNanos);
        for (int i = 0; i < pingsUnanswered; i++) {
            connection.onPinged(lastHeardNanos + 1);
        }
    }

    /** Lets a key stand for nothing, while its value is still walked over. */
    public static <K> void loseKey(WalkableMap<K, ?> map, K key) {
        partOf(map, key).remove(key);
    }

    /** Leaves a user without connections in the index. */
    public static void empty(UserConnections user) {
        try {
            Field connections = UserConnections.class.getDeclaredField("connections");
            connections.setAccessible(true);
            connections.set(user, new Connection[0]);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("UserConnections.connections", e);
        }
    }

    /** Puts a registered connection into the id table with whose id it has, under which it is found from now on. */
    public static void share(ConnectionId id, Connection second, ConnectionTable table) {
        try {
            Field own = Connection.class.getDeclaredField("id");
            own.setAccessible(true);
            table.byId().remove(second);
            own.set(second, id);
            table.byId().put(second);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Connection.id", e);
        }
    }

    /** Ends a connection without taking it out of any table. */
    public static void endInPlace(Connection connection) {
        connection.onClosed();
    }

    @SuppressWarnings("unchecked")
    private static <K, V> Map<K, V> partOf(WalkableMap<K, V> map, K key) {
        try {
            Method partOf = WalkableMap.class.getDeclaredMethod("partOf", Object.class);
            partOf.setAccessible(true);
            return (Map<K, V>) partOf.invoke(map, key);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("WalkableMap.partOf", e);
        }
    }
}
