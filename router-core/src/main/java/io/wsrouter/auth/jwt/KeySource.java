package io.wsrouter.auth.jwt;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where the keys come from that tokens are verified with: configuration, files, a JWKS. */
@FunctionalInterface
public interface KeySource {

    /**
     * The keys that count now. Called once or twice per token on any thread, an event loop included: it neither blocks,
     * fetches nor throws, and answers the last good ring, {@link KeyRing#EMPTY} before there is one.
     */
    KeyRing keys();

    /**
     * Has newer keys looked for, because {@link #keys()} has none for a token. Any thread; does not block.
     *
     * @return null when none are looked for, or not now. Else a stage that completes, never exceptionally, after
     *     {@code keys()} answers what was found, with whether the look began after this call
     */
    default @Nullable CompletionStage<Boolean> lookAgain() {
        return null;
    }

    /** Whether a look that is not made now would be made later, so that a token without a key may find one then. */
    default boolean mayLookLater() {
        return false;
    }

    /** Whether every source of keys has been read at least once; until then a key may be missing that will come. */
    default boolean isComplete() {
        return true;
    }
}
