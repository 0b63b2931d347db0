/**
 * The threads: event loops, the loop of a shard on Netty, and what happens once at the end of a loop's turn.
 *
 * <p>Imports {@code config} and the core.
 */
@NullMarked
package io.wsrouter.transport;

import org.jspecify.annotations.NullMarked;
