package io.wsrouter.connection;

import java.util.Arrays;
import java.util.function.ObjIntConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Entries in an array, in no order. Each remembers its own place, so that adding and removing take one step. Belongs to one
 * loop.
 *
 * <p>It can be walked a few entries at a time, from the last place down, while entries come and go: a place that becomes free
 * is filled with the last entry, which the walk has seen, and what is added comes behind it. So every entry that stays
 * throughout is seen.
 */
public final class Roster<E> {

    private static final int FIRST_CAPACITY = 4;

    private final ToIntFunction<E> placeOf;
    private final ObjIntConsumer<E> moveTo;
    private @Nullable Object[] entries = new Object[FIRST_CAPACITY];
    private int size;

    /** An empty roster whose entries remember their place as these functions say. */
    public Roster(ToIntFunction<E> placeOf, ObjIntConsumer<E> moveTo) {
        this.placeOf = placeOf;
        this.moveTo = moveTo;
    }

    /** The number of entries. */
    public int size() {
        return size;
    }

    /**
     * The entry at a place.
     *
     * @param place from 0 to {@code size() - 1}
     */
    @SuppressWarnings("unchecked")
    public E at(int place) {
        Object entry = place < size ? entries[place] : null;
        if (entry == null) {
            throw new IndexOutOfBoundsException("place " + place + " (expected less than " + size + ")");
        }
        return (E) entry;
    }

    /** Whether {@code entry} is one of them. */
    public boolean contains(E entry) {
        int place = placeOf.applyAsInt(entry);
        return place < size && entries[place] == entry;
    }

    /** Adds an entry that is in no roster of this kind. */
    public void add(E entry) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, 2 * size);
        }
        entries[size] = entry;
        moveTo.accept(entry, size);
        size++;
    }

    /** Removes an entry if it is one of them, and says whether it was. */
    public boolean remove(E entry) {
        if (!contains(entry)) {
            return false;
        }
        removeAt(placeOf.applyAsInt(entry));
        return true;
    }

    /** Removes what is at a place, whatever it remembers. */
    public void removeAt(int place) {
        E last = at(size - 1);
        if (place < size - 1) {
            entries[place] = last;
            moveTo.accept(last, place);
        }
        entries[--size] = null;
        if (entries.length > FIRST_CAPACITY && size < entries.length / 4) {
            entries = Arrays.copyOf(entries, entries.length / 2);
        }
    }
}
