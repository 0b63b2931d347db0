package io.wsrouter.connection;

import io.wsrouter.address.Address;

/** One connection's wish for one topic: an entry of the connection's own set and of the topic's list. */
public final class Subscription {

    private final Connection connection;
    private final Address topic;
    private int position;

    /** A subscription that is in no list yet. */
    public Subscription(Connection connection, Address topic) {
        this.connection = connection;
        this.topic = topic;
    }

    /** Who receives. */
    public Connection connection() {
        return connection;
    }

    /** What is received. */
    public Address topic() {
        return topic;
    }

    /** Where in the topic's list this stands, so that leaving it takes one step. */
    public int position() {
        return position;
    }

    /** Remembers where in the topic's list this stands. */
    public void moveTo(int newPosition) {
        position = newPosition;
    }
}
