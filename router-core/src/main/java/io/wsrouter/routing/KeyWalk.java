package io.wsrouter.routing;

import io.wsrouter.connection.WalkableMap;
import io.wsrouter.routing.AuditFinding.Action;
import java.util.function.BiConsumer;

/**
 * From the entries of one table to their keys. It goes before the walks that look things up there: what has lost its key to
 * nobody gets it back, and what another entry has replaced is not walked over any more.
 */
final class KeyWalk<V> implements AuditWalk {

    private final WalkableMap<?, V> table;
    private final BiConsumer<V, Action> found;
    private int left;

    KeyWalk(WalkableMap<?, V> table, BiConsumer<V, Action> found) {
        this.table = table;
        this.found = found;
    }

    @Override
    public void start() {
        left = table.roster().size();
    }

    @Override
    public boolean onStep() {
        left = Math.min(left, table.roster().size()) - 1;
        if (left < 0) {
            return false;
        }
        V entry = table.roster().at(left);
        if (!table.holds(entry)) {
            found.accept(entry, table.restoreOrDrop(entry) ? Action.RESTORED : Action.REMOVED);
        }
        return true;
    }
}
