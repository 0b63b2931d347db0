/** The embedding API: a router with its ports, wired by hand in one place. Sees everything. */
@NullMarked
package io.wsrouter.server;

import org.jspecify.annotations.NullMarked;
