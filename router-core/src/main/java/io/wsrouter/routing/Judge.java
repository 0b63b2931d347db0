package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Requester;
import io.wsrouter.metrics.Counters;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.ErrorCode;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import org.jspecify.annotations.Nullable;

/** Says what a shard does not carry out, by who asks, for what, and how hard pressed the node is; counts and reports it. Belongs to one loop. */
final class Judge {

    private final ShardLoop loop;
    private final Counters counters;
    private final SecurityReports reports;
    private Level level = Level.NORMAL;

    Judge(ShardLoop loop, Counters counters, SecurityReports reports) {
        this.loop = loop;
        this.counters = counters;
        this.reports = reports;
    }

    /** The node's level has changed. */
    void onLevel(Level newLevel) {
        level = newLevel;
    }

    /** Why a publish is not carried out: the publisher may not send to that address, mistakes whose it is, or there is no room. */
    @Nullable
    Outcome refusal(Requester publisher, Command.Publish publish) {
        Address to = publish.to();
        String claimedOwner = publish.claimedOwner();
        if (claimedOwner != null && !isOwner(claimedOwner, to)) {
            onOwnerMismatch(publisher, to, "publish");
            return Outcome.OWNER_MISMATCH;
        }
        if (!publisher.principal().mayPublish(to)) {
            onDenied(publisher, to, "publish");
            return Outcome.FORBIDDEN;
        }
        return mayTakeOn(publish.priority()) ? null : Outcome.OVERLOADED;
    }

    /** Whether the node's level leaves room for a publish of {@code priority}. */
    private boolean mayTakeOn(Priority priority) {
        if (!level.sheds(priority)) {
            return true;
        }
        counters.increment(priority == Priority.LOW ? Metric.LOW_SHED : Metric.NORMAL_SHED);
        return false;
    }

    /** A topic belongs to nobody. */
    private static boolean isOwner(String userId, Address address) {
        return address.kind() != Address.Kind.TOPIC
                && userId.equals(address.owner().name());
    }

    /** A command could be refused while it was read. */
    void onRefused(Requester who, Command refused) {
        if (refused instanceof Command.RefusedPublish publish && publish.outcome() == Outcome.FORBIDDEN) {
            onDenied(who, null, "publish to a malformed connection");
        } else if (refused instanceof Command.Invalid invalid && invalid.code() == ErrorCode.FORBIDDEN) {
            onDenied(who, null, "subscribe to what is not a topic");
        } else if (refused instanceof Command.Invalid invalid) {
            counters.increment(Metric.BAD_REQUESTS);
            if (invalid.claimsIdentity()) {
                onOwnerMismatch(who, null, "identity in envelope");
            }
        }
    }

    /** There is no grant for what is asked. */
    void onDenied(Requester who, @Nullable Address address, String detail) {
        counters.increment(Metric.DENIED);
        report(SecurityEvent.Kind.DENIED, who, address, detail);
    }

    /** Somebody else's identity or address is claimed. */
    void onOwnerMismatch(Requester who, @Nullable Address address, String detail) {
        counters.increment(Metric.OWNER_MISMATCHES);
        report(SecurityEvent.Kind.OWNER_MISMATCH, who, address, detail);
    }

    /** A new token was refused. */
    void onUnauthenticated(Requester who, String detail) {
        report(SecurityEvent.Kind.UNAUTHENTICATED, who, null, detail);
    }

    private void report(SecurityEvent.Kind kind, Requester who, @Nullable Address address, String detail) {
        reports.report(new SecurityEvent(kind, who.principal().user(), address, detail, who.ip()), loop.nanoTime());
    }
}
