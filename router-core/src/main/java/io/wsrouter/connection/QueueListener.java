package io.wsrouter.connection;

import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;

/** Hears what becomes of messages that waited. On the loop of the queue. */
public interface QueueListener {

    /** Why a message was not written. */
    enum Drop {
        /** There was no room for it. It was never accepted. */
        REFUSED,
        /** It waited and made room for one of a higher class. */
        DISPLACED,
        /** It waited and made room for a newer one of its own class, or of its own event. */
        SUPERSEDED,
        /** It waited, and the node had no room for so much. */
        SHED,
        /** It waited until its time was over. */
        EXPIRED,
        /** It waited until its time was over, and was taken back by who counts it as refused. */
        RECALLED,
        /** It waited until its connection was closed as a slow consumer. */
        CUT_OFF,
        /** It waited until its connection was closed for another reason. */
        CLOSED;

        /** What its publisher is told, if it was accepted. */
        Outcome outcome() {
            return switch (this) {
                case REFUSED, DISPLACED, SUPERSEDED, SHED, CUT_OFF -> Outcome.SLOW_CONSUMER;
                case EXPIRED, RECALLED -> Outcome.EXPIRED;
                case CLOSED -> Outcome.CLOSED;
            };
        }
    }

    /** A message of this class is not going to be written. */
    void onDropped(Priority priority, Drop drop);

    /** The largest of the loop's queues had to shrink, because the node has no room for more. */
    void onShed();

    /** A fault of the router itself. */
    void onFault(Throwable cause);
}
