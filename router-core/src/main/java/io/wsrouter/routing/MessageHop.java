package io.wsrouter.routing;

import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.MessageRoom;
import org.jspecify.annotations.Nullable;

/** A message on its way to another shard, in bytes that are used again. Belongs to the loop that has its {@link HopBatch}. */
final class MessageHop implements Runnable {

    private final Shard to;
    private final MessageRoom room = new MessageRoom();
    private @Nullable Publication publication;
    private boolean isFanOut;

    MessageHop(Shard to) {
        this.to = to;
    }

    MessageRoom room() {
        return room;
    }

    /** Takes in a publication to be routed by the other shard, or delivered to its subscribers. */
    void take(Publication original, boolean newIsFanOut) {
        Message copy = room.take(original.message());
        Publication reused = publication;
        if (reused == null) {
            reused = Publication.borrowed(original.origin(), copy);
            publication = reused;
        }
        reused.become(original, copy);
        isFanOut = newIsFanOut;
    }

    /** Routes or delivers it; what is called borrows it. */
    @Override
    public void run() {
        Publication taken = publication;
        if (taken == null) {
            throw new IllegalStateException("a hop without a message");
        }
        if (isFanOut) {
            to.onFanOut(taken);
        } else {
            to.onRoute(taken);
        }
    }

    void clear() {
        room.clear();
        if (publication != null) {
            publication.forget();
        }
    }
}
