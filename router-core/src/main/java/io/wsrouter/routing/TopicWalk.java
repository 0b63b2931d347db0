package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.WalkableMap;
import io.wsrouter.routing.AuditFinding.Action;
import io.wsrouter.routing.AuditFinding.Kind;

/** From the topics that a shard is home to to the shards with subscribers, and to the interest that other nodes know of. */
final class TopicWalk implements AuditWalk {

    private final ShardAudit audit;
    private final WalkableMap<Address, TopicInterest> topics;
    private int left;

    TopicWalk(ShardAudit audit, ShardTables tables) {
        this.audit = audit;
        this.topics = tables.topics().topics();
    }

    @Override
    public void start() {
        left = topics.roster().size();
    }

    @Override
    public boolean onStep() {
        left = Math.min(left, topics.roster().size()) - 1;
        if (left < 0) {
            return false;
        }
        TopicInterest topic = topics.roster().at(left);
        if (topic.shards().length == 0) {
            topics.remove(topic);
            audit.withdraw(topic.topic());
            audit.found(Kind.ORPHAN_INDEX_ENTRY, topic.topic(), Action.REMOVED);
        } else if (audit.announceAgain(topic.topic())) {
            audit.found(Kind.MISSING_INDEX_ENTRY, topic.topic(), Action.RESTORED);
        }
        for (int shard : topic.shards()) {
            audit.interest().asksSubscribersOf(topic, shard);
        }
        return true;
    }
}
