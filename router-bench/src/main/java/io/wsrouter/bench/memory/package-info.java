/**
 * What one connection costs in memory, from the heap histogram of a router in a process of its own. Evidence: nothing depends
 * on it.
 */
@NullMarked
package io.wsrouter.bench.memory;

import org.jspecify.annotations.NullMarked;
