package io.wsrouter.routing;

import io.wsrouter.address.Address;
import java.util.Arrays;
import org.agrona.collections.Object2ObjectHashMap;

/** Which shards have subscribers, for the topics that this shard is home to. Belongs to one loop. */
final class TopicTable {

    private static final int[] NO_SHARDS = {};

    private final Object2ObjectHashMap<Address, int[]> interestedShards = new Object2ObjectHashMap<>();

    /** The shards with subscribers, in the order they came; the array is never written to again. */
    int[] shardsOf(Address topic) {
        int[] shards = interestedShards.get(topic);
        return shards == null ? NO_SHARDS : shards;
    }

    /** Adds a shard and says whether it is the first. */
    boolean add(Address topic, int shard) {
        int[] before = shardsOf(topic);
        if (Arrays.stream(before).anyMatch(other -> other == shard)) {
            return false;
        }
        int[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = shard;
        interestedShards.put(topic, after);
        return before.length == 0;
    }

    /** Removes a shard and says whether it was the last. */
    boolean remove(Address topic, int shard) {
        int[] before = shardsOf(topic);
        int[] after = Arrays.stream(before).filter(other -> other != shard).toArray();
        if (after.length > 0) {
            interestedShards.put(topic, after);
            return false;
        }
        return interestedShards.remove(topic) != null;
    }

    int size() {
        return interestedShards.size();
    }
}
