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
    @SuppressWarnings("unchecked")
    public static void plant(Connection stray, ConnectionTable table, ConnectionId underIdOf) {
        try {
            Field byId = ConnectionTable.class.getDeclaredField("byId");
            byId.setAccessible(true);
            ((Map<ConnectionId, Connection>) byId.get(table)).put(underIdOf, stray);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("ConnectionTable.byId", e);
        }
    }
}
