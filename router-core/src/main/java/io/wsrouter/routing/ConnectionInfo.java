package io.wsrouter.routing;

import io.wsrouter.address.ConnectionId;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.QueueState;
import io.wsrouter.connection.Subscription;
import java.util.List;

/**
 * What an operator may know of a connection, at one moment.
 *
 * @param id its id
 * @param expiresAtEpochSeconds when its token ends
 * @param queue what waits to be written to it, and what it has missed
 * @param subscriptions the names of its topics, sorted; unmodifiable
 */
public record ConnectionInfo(
        ConnectionId id, long expiresAtEpochSeconds, QueueState queue, List<String> subscriptions) {

    static ConnectionInfo of(Connection connection, QueueState queue) {
        List<String> topics = connection.subscriptions().stream()
                .map(Subscription::topic)
                .map(Object::toString)
                .sorted()
                .toList();
        return new ConnectionInfo(connection.id(), connection.principal().expiresAtEpochSeconds(), queue, topics);
    }
}
