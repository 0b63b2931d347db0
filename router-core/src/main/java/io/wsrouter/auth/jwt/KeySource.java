package io.wsrouter.auth.jwt;

/** Where the keys come from that tokens are verified with: configuration, files, a JWKS. */
@FunctionalInterface
public interface KeySource {

    /**
     * The keys that count now. Called once or twice per token on any thread, an event loop included: it neither blocks,
     * fetches nor throws, and answers the last good ring, {@link KeyRing#EMPTY} before there is one.
     */
    KeyRing keys();
}
