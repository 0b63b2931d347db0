package io.wsrouter.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import java.util.function.ToIntFunction;
import org.agrona.collections.Object2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A map whose values can be walked a few at a time while others come and go. Belongs to one loop.
 *
 * <p>It is made of several maps, so that the keys of one can be copied in a short time.
 */
public final class WalkableMap<K, V> {

    /** The number of parts that {@link #keys} can be asked for. */
    public static final int PARTS = 64;

    private static final int PART_SHIFT = Integer.SIZE - Integer.numberOfTrailingZeros(PARTS);
    private static final int GOLDEN_RATIO = 0x9E3779B9;

    private final List<Map<K, V>> parts = new ArrayList<>(PARTS);
    private final Roster<V> roster;
    private final Function<V, K> keyOf;

    /** An empty map of values that know their key and, as {@link Roster} says, their place. */
    public WalkableMap(Function<V, K> keyOf, ToIntFunction<V> placeOf, ObjIntConsumer<V> moveTo) {
        this.keyOf = keyOf;
        this.roster = new Roster<>(placeOf, moveTo);
        for (int i = 0; i < PARTS; i++) {
            parts.add(new Object2ObjectHashMap<>());
        }
    }

    /** The parts take the high bits of a hash, because the maps within take the low ones. */
    private Map<K, V> partOf(K key) {
        return parts.get((key.hashCode() * GOLDEN_RATIO) >>> PART_SHIFT);
    }

    /** The value of a key, or null. */
    public @Nullable V get(K key) {
        return partOf(key).get(key);
    }

    /** The key of a value, whether it is here or not. */
    public K keyOf(V value) {
        return keyOf.apply(value);
    }

    /** Adds a value under its key, or puts it back where it is missing. */
    public void put(V value) {
        K key = keyOf.apply(value);
        partOf(key).put(key, value);
        if (!roster.contains(value)) {
            roster.add(value);
        }
    }

    /** Removes a value and says whether it, and not another one, was what its key stands for. */
    public boolean remove(V value) {
        K key = keyOf.apply(value);
        Map<K, V> part = partOf(key);
        if (part.get(key) != value) {
            return false;
        }
        part.remove(key);
        roster.remove(value);
        return true;
    }

    /** The number of keys. */
    public int size() {
        int size = 0;
        for (Map<K, V> part : parts) {
            size += part.size();
        }
        return size;
    }

    /** The values, to be walked. */
    public Roster<V> roster() {
        return roster;
    }

    /** Whether a value is what its key stands for, and would be walked over. */
    public boolean holds(V value) {
        return get(keyOf.apply(value)) == value && roster.contains(value);
    }

    /** A copy of the values, in no order. */
    public List<V> values() {
        List<V> values = new ArrayList<>();
        parts.forEach(part -> values.addAll(part.values()));
        return values;
    }

    /** A copy of the keys of one part, from 0 to {@code PARTS - 1}, in no order. */
    public List<K> keys(int part) {
        return new ArrayList<>(parts.get(part).keySet());
    }

    /**
     * Puts a value that is walked over back under its key, if the key is free; if it stands for another value, walks over this
     * one no more.
     *
     * @return whether it is back
     */
    public boolean restoreOrDrop(V walked) {
        V holder = get(keyOf.apply(walked));
        if (holder == null) {
            put(walked);
            return true;
        }
        roster.remove(walked);
        return false;
    }

    /** Removes a key that stands for the value of another key, and nothing else. */
    public void dropKey(K key) {
        partOf(key).remove(key);
    }
}
