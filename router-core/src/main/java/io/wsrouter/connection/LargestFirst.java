package io.wsrouter.connection;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The backlogs of a loop in which anything waits, the largest on top: a binary heap whose entries know their place. */
final class LargestFirst {

    private static final int ROOT = 1;

    private @Nullable Backlog[] heap = new Backlog[16];
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    /**
     * The largest.
     *
     * @throws IllegalStateException when there is none
     */
    Backlog largest() {
        return at(ROOT);
    }

    long largestBytes() {
        return size == 0 ? 0 : at(ROOT).bytes();
    }

    /** Finds the place of a backlog whose size has changed; one in which nothing waits has none. */
    void update(Backlog backlog) {
        if (backlog.bytes() == 0) {
            remove(backlog);
            return;
        }
        if (backlog.heapPlace == 0) {
            add(backlog);
        }
        siftDown(siftUp(backlog));
    }

    private void add(Backlog backlog) {
        size++;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        put(backlog, size);
    }

    private void remove(Backlog backlog) {
        int place = backlog.heapPlace;
        if (place == 0) {
            return;
        }
        Backlog last = at(size);
        heap[size] = null;
        size--;
        backlog.heapPlace = 0;
        if (last != backlog) {
            put(last, place);
            siftDown(siftUp(last));
        }
    }

    private Backlog siftUp(Backlog backlog) {
        int place = backlog.heapPlace;
        while (place > ROOT && at(place / 2).bytes() < backlog.bytes()) {
            put(at(place / 2), place);
            place /= 2;
        }
        put(backlog, place);
        return backlog;
    }

    private void siftDown(Backlog backlog) {
        int place = backlog.heapPlace;
        for (int child = largerChild(place);
                child <= size && at(child).bytes() > backlog.bytes();
                child = largerChild(place)) {
            put(at(child), place);
            place = child;
        }
        put(backlog, place);
    }

    private int largerChild(int place) {
        int left = 2 * place;
        return left < size && at(left + 1).bytes() > at(left).bytes() ? left + 1 : left;
    }

    private void put(Backlog backlog, int place) {
        heap[place] = backlog;
        backlog.heapPlace = place;
    }

    private Backlog at(int place) {
        Backlog backlog = heap[place];
        if (backlog == null) {
            throw new IllegalStateException("nothing at " + place);
        }
        return backlog;
    }
}
