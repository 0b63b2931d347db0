package io.wsrouter.routing;

import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionTable;
import io.wsrouter.connection.Roster;

/**
 * Everything that a shard holds and an audit compares.
 *
 * @param connections the connections whose home it is
 * @param subscriptions their subscriptions
 * @param topics the interest in the topics whose home it is
 * @param sockets the registered connections whose sockets are on its loop, wherever their home
 */
record ShardTables(
        ConnectionTable connections, SubscriptionTable subscriptions, TopicTable topics, Roster<Connection> sockets) {

    ShardTables() {
        this(new ConnectionTable(), new SubscriptionTable(), new TopicTable(), Connection.rosterOfSockets());
    }
}
