package io.wsrouter.routing;

/** How many bytes of messages may wait on one shard to be tried again. Belongs to one loop. */
final class RetryRoom {

    private final long mostBytes;
    private long bytes;

    RetryRoom(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Takes so many bytes and says whether there was room. */
    boolean tryReserve(int count) {
        if (bytes + count > mostBytes) {
            return false;
        }
        bytes += count;
        return true;
    }

    /** Gives back so many bytes. */
    void release(int count) {
        bytes -= count;
    }

    long bytes() {
        return bytes;
    }
}
