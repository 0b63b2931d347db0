package io.wsrouter.routing;

/** What a shard says of a connection that asks to be registered. */
public enum RegistrationResult {
    /** It is in the tables: it has an id and everything sent to it is written. */
    REGISTERED,
    /** The user has as many connections as allowed. Nothing has changed. */
    USER_FULL,
    /** The router is shutting down. Nothing has changed. */
    DRAINING,
    /** The minted id is held by another connection, which keeps it. Nothing has changed. */
    DUPLICATE_ID
}
