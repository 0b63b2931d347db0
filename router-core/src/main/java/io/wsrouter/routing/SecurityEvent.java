package io.wsrouter.routing;

import io.wsrouter.address.Address;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something for the security log. It holds no token and no payload.
 *
 * @param kind what happened
 * @param user who did it, by the verified token; null when nobody is verified
 * @param address what it was done to, or null
 * @param detail a short word or phrase, safe to print
 * @param ip the IP address that it came from, or null where it is not known
 * @param count how many things that happened it stands for; more than one when it tells how many were left out
 */
public record SecurityEvent(
        Kind kind,
        @Nullable Address user,
        @Nullable Address address,
        String detail,
        @Nullable String ip,
        int count) {

    /** An event from an address that is not known. */
    public SecurityEvent(Kind kind, @Nullable Address user, @Nullable Address address, String detail) {
        this(kind, user, address, detail, null);
    }

    /** One thing that happened. */
    public SecurityEvent(
            Kind kind, @Nullable Address user, @Nullable Address address, String detail, @Nullable String ip) {
        this(kind, user, address, detail, ip, 1);
    }

    /** So many more of a kind than were told one by one. */
    static SecurityEvent leftOut(Kind kind, @Nullable Address user, int count) {
        return new SecurityEvent(kind, user, null, count + " more left out", null, count);
    }

    /** The kinds of event. */
    public enum Kind {
        /** A handshake or a request with a bad token. */
        UNAUTHENTICATED,
        /** A handshake of a page whose origin may not connect. */
        ORIGIN_FORBIDDEN,
        /** A command without the grant for it. */
        DENIED,
        /** A claim that an address, a connection or an identity belongs to somebody else. */
        OWNER_MISMATCH,
        /** A write stopped because the receiver was not the one addressed: a fault of the router. */
        MISDELIVERY_REFUSED,
        /** An operator has seen stopped writes and a clean audit, and lets the node be ready again. */
        MISDELIVERY_ACKNOWLEDGED,
        /** Routing tables that disagreed, and what was done about it: a fault of the router. */
        ROUTING_DRIFT,
        /** Connections closed by an operator. */
        KICKED,
        /** Keys that verify tokens came or went; the detail has their names and algorithms. */
        KEYS_CHANGED;

        private final String word = name().toLowerCase(Locale.ROOT);

        /** The stable word of the kind. */
        public String word() {
            return word;
        }
    }
}
