package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Roster;
import io.wsrouter.connection.Subscription;
import io.wsrouter.connection.WalkableMap;
import io.wsrouter.routing.AuditFinding.Action;
import io.wsrouter.routing.AuditFinding.Kind;
import org.jspecify.annotations.Nullable;

/** From the topics of a shard to their subscribers' own sets, and to the topics' home shards. */
final class SubscriptionWalk implements AuditWalk {

    private final ShardAudit audit;
    private final WalkableMap<Address, LocalTopic> topics;
    private int topicsLeft;
    private @Nullable LocalTopic topic;
    private int subscribersLeft;

    SubscriptionWalk(ShardAudit audit, ShardTables tables) {
        this.audit = audit;
        this.topics = tables.subscriptions().topics();
    }

    @Override
    public void start() {
        topicsLeft = topics.roster().size();
        topic = null;
    }

    @Override
    public boolean onStep() {
        LocalTopic current = topic;
        if (current != null) {
            subscribersLeft = Math.min(subscribersLeft, current.size()) - 1;
            if (subscribersLeft >= 0) {
                judge(current, current.subscribers().at(subscribersLeft));
                return true;
            }
        }
        topicsLeft = Math.min(topicsLeft, topics.roster().size()) - 1;
        if (topicsLeft < 0) {
            return false;
        }
        LocalTopic next = topics.roster().at(topicsLeft);
        topic = next;
        subscribersLeft = next.size();
        if (topics.holds(next)) {
            judge(next);
        }
        return true;
    }

    private void judge(LocalTopic local) {
        if (local.size() == 0) {
            audit.shard().close(local);
            audit.found(Kind.ORPHAN_INDEX_ENTRY, local.topic(), Action.REMOVED);
        } else {
            audit.interest().asksHomeOf(local);
        }
    }

    private void judge(LocalTopic local, Subscription subscription) {
        Connection connection = subscription.connection();
        Roster<Subscription> subscribers = local.subscribers();
        boolean isOwn = connection.isOpen() && connection.subscription(local.topic()) == subscription;
        if (isOwn && subscription.position() == subscribersLeft) {
            return;
        }
        subscribers.removeAt(subscribersLeft);
        if (local.size() == 0 && topics.holds(local)) {
            audit.shard().close(local);
        }
        audit.found(isOwn ? Kind.DUPLICATE : Kind.ORPHAN_INDEX_ENTRY, connection, Action.REMOVED);
    }
}
