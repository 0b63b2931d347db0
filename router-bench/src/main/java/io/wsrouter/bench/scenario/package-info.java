/**
 * Scenarios that load a router in a process of its own, over real sockets with real tokens, and check what it did message by
 * message. Evidence: nothing depends on it.
 */
@NullMarked
package io.wsrouter.bench.scenario;

import org.jspecify.annotations.NullMarked;
