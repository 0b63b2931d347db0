package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Subscription;
import io.wsrouter.connection.WalkableMap;
import org.jspecify.annotations.Nullable;

/** The subscriptions of one shard's connections, by topic. Belongs to one loop. */
final class SubscriptionTable {

    private final WalkableMap<Address, LocalTopic> topics =
            new WalkableMap<>(LocalTopic::topic, LocalTopic::place, LocalTopic::moveTo);
    private long generations;

    /** The subscribers that this shard has for a topic, or null when it has none. */
    @Nullable
    LocalTopic get(Address topic) {
        return topics.get(topic);
    }

    /** A topic that nobody here has subscribed to yet. */
    LocalTopic open(Address topic) {
        LocalTopic opened = new LocalTopic(topic, ++generations);
        topics.put(opened);
        return opened;
    }

    /**
     * Takes a subscription out of its topic, and the topic out of the table with its last one.
     *
     * @return whether the topic has no subscriber left here
     */
    boolean remove(Subscription subscription) {
        LocalTopic topic = topics.get(subscription.topic());
        if (topic == null || !topic.remove(subscription) || topic.size() > 0) {
            return false;
        }
        topics.remove(topic);
        return true;
    }

    /** The topics, to be audited. */
    WalkableMap<Address, LocalTopic> topics() {
        return topics;
    }

    int size() {
        return topics.size();
    }
}
