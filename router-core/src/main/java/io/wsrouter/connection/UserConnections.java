package io.wsrouter.connection;

import io.wsrouter.address.Address;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The connections of one user, oldest first, and the rate that they share. Belongs to one loop. */
public final class UserConnections {

    private static final Connection[] NONE = {};

    private final Address user;
    private Connection[] connections = NONE;
    private int place;
    private int countedWindow;
    private @Nullable RateLimit messageRate;

    UserConnections(Address user) {
        this.user = user;
    }

    /** Whose they are. */
    public Address user() {
        return user;
    }

    /** The present connections. The array is never written to again, so it may be walked while connections come and go. */
    public Connection[] connections() {
        return connections;
    }

    /** The number of connections. */
    public int size() {
        return connections.length;
    }

    /** Whether the user may give one more command; takes it from the rate if so. */
    public boolean mayCommand(int messagesPerSecond, long nowNanos) {
        if (messageRate == null) {
            messageRate = new RateLimit(messagesPerSecond, nowNanos);
        }
        return messageRate.tryAcquire(nowNanos);
    }

    /** What is left of the rate, or null as long as all of it is. */
    public @Nullable RateLimit messageRate() {
        return messageRate;
    }

    /** Goes on with what the user had left of the rate; null for all of it. */
    public void resume(@Nullable RateLimit rate) {
        messageRate = rate;
    }

    /** Whether the user is asked this of {@code window} for the first time; windows are numbered from 1. */
    public boolean isNewIn(int window) {
        boolean isNew = countedWindow != window;
        countedWindow = window;
        return isNew;
    }

    /** Whether {@code connection} is one of them. */
    public boolean contains(Connection connection) {
        for (Connection other : connections) {
            if (other == connection) {
                return true;
            }
        }
        return false;
    }

    /** Keeps the first of several mentions of one connection. */
    public void removeDuplicates() {
        connections = Arrays.stream(connections).distinct().toArray(Connection[]::new);
    }

    int place() {
        return place;
    }

    void moveTo(int newPlace) {
        place = newPlace;
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
