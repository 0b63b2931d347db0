package io.wsrouter.routing;

import io.wsrouter.address.Address;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Passes security events on, {@value #MOST_PER_SECOND} a second of one user and kind; what is more is counted, and the
 * count passed on within a second or so, as an event of its own. So nobody can flood the log and hide others in it. What the
 * audit finds is bounded as a whole. Belongs to one loop.
 */
final class SecurityReports {

    static final int MOST_PER_SECOND = 10;

    /** Beyond these, users are counted together. */
    static final int MOST_SOURCES = 1_000;

    private static final long SECOND_NANOS = 1_000_000_000L;

    private record Source(SecurityEvent.Kind kind, @Nullable Address user) {}

    private static final class Tally {
        int reported;
        int dropped;
    }

    private final RouterListener listener;
    private final Map<Source, Tally> tallies = new HashMap<>();
    private long sinceNanos;

    SecurityReports(RouterListener listener, long nowNanos) {
        this.listener = listener;
        this.sinceNanos = nowNanos;
    }

    /** Passes an event on, or counts it. */
    void report(SecurityEvent event, long nowNanos) {
        passOnCounts(nowNanos);
        Tally tally = tally(event);
        if (tally.reported < MOST_PER_SECOND) {
            tally.reported++;
            listener.onSecurityEvent(event);
        } else {
            tally.dropped++;
        }
    }

    /** Passes on how many events were dropped, when a second is over. */
    void passOnCounts(long nowNanos) {
        if (nowNanos - sinceNanos < SECOND_NANOS) {
            return;
        }
        sinceNanos = nowNanos;
        tallies.forEach((source, tally) -> {
            if (tally.dropped > 0) {
                listener.onSecurityEvent(SecurityEvent.leftOut(source.kind(), source.user(), tally.dropped));
            }
        });
        tallies.clear();
    }

    private Tally tally(SecurityEvent event) {
        Source source = new Source(event.kind(), sourceOf(event));
        Tally known = tallies.get(source);
        if (known != null) {
            return known;
        }
        return tallies.size() < MOST_SOURCES
                ? tallies.computeIfAbsent(source, first -> new Tally())
                : tallies.computeIfAbsent(new Source(event.kind(), null), SecurityReports::allDropped);
    }

    /** Whose doing it is: what the audit finds is the router's, whomever it is about. */
    private static @Nullable Address sourceOf(SecurityEvent event) {
        return event.kind() == SecurityEvent.Kind.ROUTING_DRIFT ? null : event.user();
    }

    private static Tally allDropped(Source ofMany) {
        Tally tally = new Tally();
        tally.reported = MOST_PER_SECOND;
        return tally;
    }
}
