package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Subscription;
import org.agrona.collections.Object2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** The subscriptions of one shard's connections, by topic. Belongs to one loop. */
final class SubscriptionTable {

    private final Object2ObjectHashMap<Address, LocalTopic> topics = new Object2ObjectHashMap<>();
    private long generations;

    /** The subscribers that this shard has for a topic, or null when it has none. */
    @Nullable
    LocalTopic get(Address topic) {
        return topics.get(topic);
    }

    /** A topic that nobody here has subscribed to yet. */
    LocalTopic open(Address topic) {
        LocalTopic opened = new LocalTopic(topic, ++generations);
        topics.put(topic, opened);
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
        topics.remove(subscription.topic());
        return true;
    }

    int size() {
        return topics.size();
    }
}
