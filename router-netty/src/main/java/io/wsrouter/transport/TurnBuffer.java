package io.wsrouter.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that one turn of a loop writes, for sockets that are flushed at its end. What goes to many of them lies here once. Belongs
 * to the loop, which empties it when nothing that lies here is going to be written any more.
 *
 * <p>It is small enough to stay in a processor's cache. What finds no room belongs elsewhere.
 */
public final class TurnBuffer {

    /** Says that something does not lie here where it could be used. */
    public static final int ABSENT = -1;

    private static final int CAPACITY = 256 * 1024;

    private final ByteBuf bytes = Unpooled.directBuffer(CAPACITY, CAPACITY);
    private @Nullable Object newest;
    private long newestEdition;
    private int newestStart;
    private int turn;

    TurnBuffer() {}

    /** The number of this turn, which says when what lies here came; it wraps around. */
    public int turn() {
        return turn;
    }

    /**
     * The bytes of a turn; borrowed. Only what was begun is written to it.
     *
     * @throws IllegalStateException when they are gone, because that turn is over
     */
    public ByteBuf bytes(int ofTurn) {
        if (ofTurn != turn) {
            throw new IllegalStateException("bytes of turn " + ofTurn + " (expected of " + turn + ")");
        }
        return bytes;
    }

    /** Where the next will start. */
    public int end() {
        return bytes.writerIndex();
    }

    /** Whether so many bytes more find room. */
    public boolean hasRoom(int length) {
        return bytes.writableBytes() >= length;
    }

    /** Where {@code item} starts if it, the very object in that edition, was the last to be begun; else {@link #ABSENT}. */
    public int startOf(@Nullable Object item, long edition) {
        return item != null && item == newest && edition == newestEdition ? newestStart : ABSENT;
    }

    /**
     * Makes {@code item} the last to be begun. The caller writes its bytes at once.
     *
     * @param item what in that edition is not changed as long as the turn lasts; null for what nobody shares
     * @return where it starts
     */
    public int begin(@Nullable Object item, long edition) {
        newest = item;
        newestEdition = edition;
        newestStart = end();
        return newestStart;
    }

    void clear() {
        bytes.clear();
        newest = null;
        turn++;
    }

    void release() {
        bytes.release();
    }
}
