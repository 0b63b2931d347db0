package io.wsrouter.connection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import java.util.function.ToIntFunction;
import org.agrona.collections.Object2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** A map whose values can be walked a few at a time while others come and go. Belongs to one loop. */
public final class WalkableMap<K, V> {

    private final Object2ObjectHashMap<K, V> map = new Object2ObjectHashMap<>();
    private final Roster<V> roster;
    private final Function<V, K> keyOf;

    /** An empty map of values that know their key and, as {@link Roster} says, their place. */
    public WalkableMap(Function<V, K> keyOf, ToIntFunction<V> placeOf, ObjIntConsumer<V> moveTo) {
        this.keyOf = keyOf;
        this.roster = new Roster<>(placeOf, moveTo);
    }

    /** The value of a key, or null. */
    public @Nullable V get(K key) {
        return map.get(key);
    }

    /** Adds a value under its key, or puts it back where it is missing. */
    public void put(V value) {
        map.put(keyOf.apply(value), value);
        if (!roster.contains(value)) {
            roster.add(value);
        }
    }

    /** Removes a value and says whether it, and not another one, was what its key stands for. */
    public boolean remove(V value) {
        K key = keyOf.apply(value);
        if (map.get(key) != value) {
            return false;
        }
        map.remove(key);
        roster.remove(value);
        return true;
    }

    /** The number of keys. */
    public int size() {
        return map.size();
    }

    /** The values, to be walked. */
    public Roster<V> roster() {
        return roster;
    }

    /** Whether a value is what its key stands for, and would be walked over. */
    public boolean holds(V value) {
        return map.get(keyOf.apply(value)) == value && roster.contains(value);
    }

    /** A copy of the values, in no order. */
    public List<V> values() {
        return new ArrayList<>(map.values());
    }

    /**
     * Drops keys that stand for another key's value, or for one that is not walked over, if there can be any. After a walk
     * that has put every value under its key, equal counts mean that there is none.
     *
     * @return what the dropped keys stood for
     */
    public List<V> dropStrays() {
        List<V> strays = new ArrayList<>();
        if (map.size() == roster.size()) {
            return strays;
        }
        new HashMap<>(map).forEach((key, value) -> {
            if (!key.equals(keyOf.apply(value)) || !roster.contains(value)) {
                map.remove(key);
                strays.add(value);
            }
        });
        return strays;
    }
}
