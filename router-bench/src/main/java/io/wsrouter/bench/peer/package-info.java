/**
 * Servers to measure beside the router, and to test a load generator with. They speak enough of {@code ws-router.v1.json} to be
 * loaded as the router is, and keep none of its promises.
 */
@NullMarked
package io.wsrouter.bench.peer;

import org.jspecify.annotations.NullMarked;
