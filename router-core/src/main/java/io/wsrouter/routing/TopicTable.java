package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.WalkableMap;

/** Which shards have subscribers, for the topics that this shard is home to. Belongs to one loop. */
final class TopicTable {

    private static final int[] NO_SHARDS = {};

    private final WalkableMap<Address, TopicInterest> topics =
            new WalkableMap<>(TopicInterest::topic, TopicInterest::place, TopicInterest::moveTo);

    /** The shards with subscribers, in the order they came; the array is never written to again. */
    int[] shardsOf(Address topic) {
        TopicInterest interest = topics.get(topic);
        return interest == null ? NO_SHARDS : interest.shards();
    }

    /** The generation of a shard's interest in a topic, or {@link TopicInterest#NO_GENERATION}. */
    long generationOf(Address topic, int shard) {
        TopicInterest interest = topics.get(topic);
        return interest == null ? TopicInterest.NO_GENERATION : interest.generationOf(shard);
    }

    /** How many subscribers a shard has for a topic, as far as it has said. */
    int subscribersOf(Address topic, int shard) {
        TopicInterest interest = topics.get(topic);
        return interest == null ? 0 : interest.subscribersOf(shard);
    }

    /** Remembers how many subscribers a shard has, unless that is said of an interest that has ended. */
    void count(Address topic, int shard, long generation, int subscribers) {
        if (generationOf(topic, shard) == generation) {
            add(topic, shard, generation, subscribers);
        }
    }

    /** Adds a shard and says whether it is the first. */
    boolean add(Address topic, int shard, long generation, int subscribers) {
        TopicInterest known = topics.get(topic);
        TopicInterest interest = known == null ? new TopicInterest(topic) : known;
        interest.add(shard, generation, subscribers);
        if (known == null) {
            topics.put(interest);
        }
        return known == null;
    }

    /** Removes a shard and says whether it was the last. */
    boolean remove(Address topic, int shard) {
        TopicInterest interest = topics.get(topic);
        if (interest == null) {
            return false;
        }
        interest.remove(shard);
        return interest.shards().length == 0 && topics.remove(interest);
    }

    int size() {
        return topics.size();
    }

    /** The topics, to be audited. */
    WalkableMap<Address, TopicInterest> topics() {
        return topics;
    }
}
