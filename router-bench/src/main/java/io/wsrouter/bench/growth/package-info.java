/**
 * How the router's costs grow: the processor time of a message and the memory of a connection, along one axis at a time, each
 * with a plot. Uses the load engine and the measurement of memory; nothing depends on it.
 */
@NullMarked
package io.wsrouter.bench.growth;

import org.jspecify.annotations.NullMarked;
