package io.wsrouter.routing;

import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionTable;
import io.wsrouter.connection.UserConnections;
import io.wsrouter.routing.AuditFinding.Action;
import io.wsrouter.routing.AuditFinding.Kind;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From the user index to the id table, and to the interest that other nodes know of. */
final class UserWalk implements AuditWalk {

    private static final Connection[] NONE = {};

    private final ShardAudit audit;
    private final ConnectionTable connections;
    private int left;
    private @Nullable UserConnections user;
    private Connection[] listed = NONE;
    private int next;
    private Set<Connection> seen = Set.of();

    UserWalk(ShardAudit audit, ShardTables tables) {
        this.audit = audit;
        this.connections = tables.connections();
    }

    @Override
    public void start() {
        left = connections.byUser().roster().size();
        listed = NONE;
        next = 0;
    }

    @Override
    public boolean onStep() {
        UserConnections current = user;
        if (current != null && next < listed.length) {
            judge(current, listed[next++]);
            return true;
        }
        left = Math.min(left, connections.byUser().roster().size()) - 1;
        if (left < 0) {
            return false;
        }
        enter(connections.byUser().roster().at(left));
        return true;
    }

    private void enter(UserConnections entered) {
        user = entered;
        listed = entered.connections();
        next = 0;
        seen = listed.length > 1 ? Collections.newSetFromMap(new IdentityHashMap<>()) : Set.of();
        if (listed.length == 0) {
            connections.byUser().remove(entered);
            audit.withdraw(entered.user());
            audit.found(Kind.ORPHAN_INDEX_ENTRY, entered.user(), Action.REMOVED);
        } else if (audit.announceAgain(entered.user())) {
            audit.found(Kind.MISSING_INDEX_ENTRY, entered.user(), Action.RESTORED);
        }
    }

    private void judge(UserConnections current, Connection connection) {
        if (!current.contains(connection)) {
            return; // it has gone since the list was read
        }
        if (!connection.principal().user().equals(current.user())) {
            connections.unlist(current, connection);
            if (current.size() == 0) {
                audit.withdraw(current.user());
            }
            audit.found(Kind.OWNER_CONFLICT, connection, Action.REMOVED);
        } else if (listed.length > 1 && !seen.add(connection)) {
            current.removeDuplicates();
            audit.found(Kind.DUPLICATE, connection, Action.REMOVED);
        } else if (!connections.holds(connection)) {
            judgeOrphan(connection);
        }
    }

    private void judgeOrphan(Connection connection) {
        if (connection.isOpen() && connection.isSocketOpen()) {
            audit.restore(connection);
            audit.found(Kind.ORPHAN_INDEX_ENTRY, connection, Action.RESTORED);
        } else {
            audit.shard().takeOutWholly(connection);
            audit.found(Kind.ORPHAN_INDEX_ENTRY, connection, Action.REMOVED);
        }
    }
}
