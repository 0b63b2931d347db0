package io.wsrouter.routing;

import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionTable;
import io.wsrouter.routing.AuditFinding.Action;
import io.wsrouter.routing.AuditFinding.Kind;
import java.util.ArrayList;
import java.util.List;

/** Looks once more at connections whose sockets were found closed, after the news of that had time to come. */
final class DeadSocketWalk implements AuditWalk {

    private final ShardAudit audit;
    private final ConnectionTable connections;
    private final List<Connection> suspects = new ArrayList<>();

    DeadSocketWalk(ShardAudit audit, ShardTables tables) {
        this.audit = audit;
        this.connections = tables.connections();
    }

    void add(Connection suspect) {
        suspects.add(suspect);
    }

    boolean isEmpty() {
        return suspects.isEmpty();
    }

    void clear() {
        suspects.clear();
    }

    @Override
    public void start() {}

    @Override
    public boolean onStep() {
        if (suspects.isEmpty()) {
            return false;
        }
        Connection suspect = suspects.remove(suspects.size() - 1);
        if (suspect.isOpen() && connections.holds(suspect)) {
            audit.shard().onClosed(suspect);
            audit.found(Kind.CLOSED_CHANNEL, suspect, Action.REMOVED);
        }
        return true;
    }
}
