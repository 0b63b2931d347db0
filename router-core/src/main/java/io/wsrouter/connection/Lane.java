package io.wsrouter.connection;

import org.jspecify.annotations.Nullable;

/** What waits in one class, first in, first out. */
final class Lane {

    private @Nullable Waiting oldest;
    private @Nullable Waiting newest;
    private int count;
    private long bytes;

    @Nullable
    Waiting oldest() {
        return oldest;
    }

    @Nullable
    Waiting newest() {
        return newest;
    }

    int count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    void add(Waiting waiting) {
        waiting.older = newest;
        if (newest == null) {
            oldest = waiting;
        } else {
            newest.newer = waiting;
        }
        newest = waiting;
        count++;
        bytes += waiting.message().lengthBytes();
    }

    /** Removes one that is here, from wherever it is. */
    void remove(Waiting waiting) {
        if (waiting.older == null) {
            oldest = waiting.newer;
        } else {
            waiting.older.newer = waiting.newer;
        }
        if (waiting.newer == null) {
            newest = waiting.older;
        } else {
            waiting.newer.older = waiting.older;
        }
        waiting.older = null;
        waiting.newer = null;
        count--;
        bytes -= waiting.message().lengthBytes();
    }
}
