package io.wsrouter.routing;

import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Roster;
import java.util.ArrayList;
import java.util.List;

/** From the sockets of a loop to the tables of their connections' homes: a live one that is in no table is found here. */
final class SocketWalk implements AuditWalk {

    private final ShardAudit audit;
    private final Roster<Connection> sockets;
    private final List<List<Connection>> questions = new ArrayList<>();
    private int left;

    SocketWalk(ShardAudit audit, ShardTables tables) {
        this.audit = audit;
        this.sockets = tables.sockets();
    }

    @Override
    public void start() {
        left = sockets.size();
        while (questions.size() < audit.shards().size()) {
            questions.add(new ArrayList<>());
        }
    }

    @Override
    public boolean onStep() {
        left = Math.min(left, sockets.size()) - 1;
        if (left < 0) {
            return false;
        }
        Connection connection = sockets.at(left);
        int home = connection.principal().user().homeShard(audit.shards().size());
        if (home == audit.shard().index()) {
            hear(audit.onAskedAboutSockets(List.of(connection)));
        } else {
            questions.get(home).add(connection);
        }
        return true;
    }

    /** Asks other homes about what was walked over since this was last called. */
    void ask() {
        for (int home = 0; home < questions.size(); home++) {
            List<Connection> asked = questions.get(home);
            if (!asked.isEmpty()) {
                questions.set(home, new ArrayList<>());
                audit.asks(audit.shards().get(home), other -> other.onAskedAboutSockets(asked), this::hear);
            }
        }
    }

    private void hear(ShardAudit.SocketAnswer answer) {
        answer.ended().forEach(sockets::remove);
        answer.findings().forEach(audit::include);
    }
}
