package io.wsrouter.connection;

import io.wsrouter.protocol.Priority;
import java.util.Map;

/**
 * What waits for a connection at one moment, and what it has missed.
 *
 * @param bytes what waits to be written, the rest of what is being written included
 * @param oldestNanos for how long the oldest of it has waited; 0 when nothing waits
 * @param dropped the messages that it did not get because it reads too slowly, by class, of those classes that have any; unmodifiable
 */
public record QueueState(long bytes, long oldestNanos, Map<Priority, Integer> dropped) {

    /** Of a connection for which nothing waits and that has missed nothing. */
    public static final QueueState EMPTY = new QueueState(0, 0, Map.of());
}
