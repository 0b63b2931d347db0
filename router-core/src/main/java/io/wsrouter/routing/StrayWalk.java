package io.wsrouter.routing;

import io.wsrouter.connection.WalkableMap;
import io.wsrouter.routing.AuditFinding.Action;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * From the keys of one table to its entries. It goes after the walk that has put every entry under its key: equal counts then
 * mean that there is no other key, and nothing is walked over.
 */
final class StrayWalk<K, V> implements AuditWalk {

    private final WalkableMap<K, V> table;
    private final BiConsumer<V, Action> found;
    private int part;
    private List<K> keys = List.of();
    private int next;

    StrayWalk(WalkableMap<K, V> table, BiConsumer<V, Action> found) {
        this.table = table;
        this.found = found;
    }

    @Override
    public void start() {
        boolean isSound = table.size() == table.roster().size();
        part = isSound ? WalkableMap.PARTS : 0;
        keys = List.of();
        next = 0;
    }

    @Override
    public boolean onStep() {
        if (next < keys.size()) {
            judge(keys.get(next++));
        } else if (part < WalkableMap.PARTS) {
            keys = table.keys(part++);
            next = 0;
        } else {
            keys = List.of();
            return false;
        }
        return true;
    }

    private void judge(K key) {
        V value = table.get(key);
        if (value == null) {
            return; // it has gone since the keys were copied
        }
        if (!table.keyOf(value).equals(key)) {
            table.dropKey(key);
            found.accept(value, Action.REMOVED);
        } else if (!table.roster().contains(value)) {
            table.put(value);
            found.accept(value, Action.RESTORED);
        }
    }
}
