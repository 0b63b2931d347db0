package io.wsrouter.connection;

/** What a connection says of a message that it is asked to write. */
public enum WriteResult {
    /** Taken. Its delivery hears of it later. */
    ACCEPTED,
    /** Not taken: the queue is full. Its delivery hears nothing, and the connection goes on. */
    DROPPED,
    /** Not taken: the queue is full. Its delivery hears nothing, and the connection is to be closed. */
    SLOW_CONSUMER,
    /** Not taken: the loop of its socket has too much to do. Its delivery hears nothing. */
    OVERLOADED,
    /** Not taken: the connection is closing. Its delivery hears nothing. */
    CLOSED
}
