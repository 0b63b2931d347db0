/**
 * Who a client is and what it may do: {@link io.wsrouter.auth.Credentials Credentials} go through an
 * {@link io.wsrouter.auth.Authenticator Authenticator} and come out as a {@link io.wsrouter.auth.Principal Principal} with
 * {@link io.wsrouter.auth.Grants Grants}, or as one {@link io.wsrouter.auth.AuthFailure AuthFailure}.
 *
 * <p>Immutable values, safe for any thread. Imports {@code address} only; no logger, no threads.
 */
@NullMarked
package io.wsrouter.auth;

import org.jspecify.annotations.NullMarked;
