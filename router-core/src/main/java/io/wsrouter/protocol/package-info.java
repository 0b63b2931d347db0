/**
 * What travels between a client and the router in {@code ws-router.v1.json}: the commands a client may give, the pushes
 * it may get, and the closed sets of outcomes, errors and close reasons.
 *
 * <p>Immutable values, safe for any thread. Reading JSON is the business of the transport; writing it is done here, once
 * per message. Imports {@code address} only.
 */
@NullMarked
package io.wsrouter.protocol;

import org.jspecify.annotations.NullMarked;
