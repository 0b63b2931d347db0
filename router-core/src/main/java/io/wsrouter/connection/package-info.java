/**
 * One authenticated WebSocket as the routing tables see it: its id, its life cycle, its timers, and the table that finds
 * it. Everything here belongs to one shard and is touched by that shard's loop alone.
 *
 * <p>Imports {@code address}, {@code protocol} and {@code auth}.
 */
@NullMarked
package io.wsrouter.connection;

import org.jspecify.annotations.NullMarked;
