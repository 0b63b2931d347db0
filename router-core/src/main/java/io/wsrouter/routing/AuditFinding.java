package io.wsrouter.routing;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One disagreement of the routing tables, and what was done about it.
 *
 * @param kind what is wrong
 * @param id the connection's id, or the topic as an address
 * @param user the connection's user, or the user that it is; null for a topic
 * @param ageMillis how long ago the peer, or the last of the user's peers, was heard; 0 for a topic and for a user without
 *     any
 * @param action what was done
 */
public record AuditFinding(Kind kind, String id, @Nullable String user, long ageMillis, Action action) {

    /** The kinds of disagreement. */
    public enum Kind {
        /** An entry of one table without its counterpart in another. */
        ORPHAN_INDEX_ENTRY,
        /** A live connection, a subscription or an interest that no table has. */
        MISSING_INDEX_ENTRY,
        /** A connection whose liveness nobody watches. */
        STALE,
        /** A connection in the tables whose socket is closed. */
        CLOSED_CHANNEL,
        /** An entry under somebody else's id or user. */
        OWNER_CONFLICT,
        /** A connection more than once on its user's list. */
        DUPLICATE,
        /** More keys in a table than entries: some stand for nothing of their own. */
        COUNT_DRIFT;

        private final String word = name().toLowerCase(Locale.ROOT);

        /** The stable word of the kind. */
        public String word() {
            return word;
        }
    }

    /** The kinds of repair. */
    public enum Action {
        /** Nothing yet: it is repaired when it still stands at the next pass. */
        AWAITS_NEXT_PASS,
        /** Put where it was missing. */
        RESTORED,
        /** Taken out. */
        REMOVED,
        /** The connection was closed. */
        CLOSED,
        /** The connection's liveness is watched again. */
        WATCHED;

        private final String word = name().toLowerCase(Locale.ROOT);

        /** The stable word of the action. */
        public String word() {
            return word;
        }
    }
}
