/**
 * The path of a connection's bytes: limit, TLS, handshake, move, decode, route, encode, flush. Everything here runs on
 * the event loop of its channel, and says so where it does not. Imports {@code transport} and {@code config} and what
 * lies below them; not {@code nats} or {@code admin}.
 */
@NullMarked
package io.wsrouter.pipeline;

import org.jspecify.annotations.NullMarked;
