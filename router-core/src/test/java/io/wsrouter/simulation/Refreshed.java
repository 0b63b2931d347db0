package io.wsrouter.simulation;

/**
 * What a new token says.
 *
 * @param user the index of the user
 */
record Refreshed(int user, Profile profile, long expiresAtEpochSecond) {}
