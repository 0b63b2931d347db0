package io.wsrouter.routing;

import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionTable;
import io.wsrouter.connection.Subscription;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.routing.AuditFinding.Action;
import io.wsrouter.routing.AuditFinding.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From the id table to the user index, to the sockets and timers, and from each connection's own set to the topics. */
final class ConnectionWalk implements AuditWalk {

    private final ShardAudit audit;
    private final ConnectionTable connections;
    private final SubscriptionTable subscriptions;
    private int left;
    private List<Subscription> ownLeft = List.of();
    private int own;

    ConnectionWalk(ShardAudit audit, ShardTables tables) {
        this.audit = audit;
        this.connections = tables.connections();
        this.subscriptions = tables.subscriptions();
    }

    @Override
    public void start() {
        left = connections.byId().roster().size();
        ownLeft = List.of();
        own = 0;
    }

    @Override
    public boolean onStep() {
        if (own < ownLeft.size()) {
            judge(ownLeft.get(own++));
            return true;
        }
        left = Math.min(left, connections.byId().roster().size()) - 1;
        if (left < 0) {
            return false;
        }
        Connection connection = connections.byId().roster().at(left);
        judge(connection);
        own = 0;
        ownLeft = connection.isOpen() ? connection.subscriptions() : List.of();
        return true;
    }

    private void judge(Connection connection) {
        if (!connection.isOpen()) {
            audit.shard().takeOutWholly(connection);
            audit.found(Kind.CLOSED_CHANNEL, connection, Action.REMOVED);
        } else if (!connections.holds(connection)) {
            judgeWithoutKey(connection, connections.get(connection.id()));
        } else if (!connections.isListed(connection)) {
            audit.restore(connection);
            audit.found(Kind.ORPHAN_INDEX_ENTRY, connection, Action.RESTORED);
        } else if (!connection.isScheduled()) {
            Action action = audit.shard().watchOrClose(connection);
            audit.found(Kind.STALE, connection, action);
        } else if (!connection.isSocketOpen()) {
            audit.suspectsDead(connection);
        }
    }

    /** Of two connections with one id, the one that is found under it stays. */
    private void judgeWithoutKey(Connection connection, @Nullable Connection holder) {
        if (holder != null && holder.isOpen() && holder.id().equals(connection.id())) {
            audit.shard().takeOutWholly(connection);
            connection.close(CloseReason.INTERNAL_ERROR);
            audit.found(Kind.OWNER_CONFLICT, connection, Action.CLOSED);
        } else {
            audit.restore(connection);
            audit.found(holder == null ? Kind.ORPHAN_INDEX_ENTRY : Kind.OWNER_CONFLICT, connection, Action.RESTORED);
        }
    }

    private void judge(Subscription subscription) {
        Connection connection = subscription.connection();
        if (!connection.isOpen() || connection.subscription(subscription.topic()) != subscription) {
            return; // it has ended since it was copied
        }
        LocalTopic topic = subscriptions.get(subscription.topic());
        if (topic == null || !topic.subscribers().contains(subscription)) {
            audit.shard().list(subscription);
            audit.found(Kind.MISSING_INDEX_ENTRY, connection, Action.RESTORED);
        }
    }
}
