package io.wsrouter.routing;

import io.wsrouter.address.Address;
import java.util.Arrays;

/** The shards that have subscribers to one topic, in the order they came. Belongs to the loop of the topic's home. */
final class TopicInterest {

    private static final int[] NO_SHARDS = {};

    /** No shard's interest has it: those count from one. */
    static final long NO_GENERATION = 0;

    private final Address topic;
    private int[] shards = NO_SHARDS;
    private long[] generations = {};
    private int[] subscribers = {};
    private int place;

    TopicInterest(Address topic) {
        this.topic = topic;
    }

    Address topic() {
        return topic;
    }

    /** The shards; the array is never written to again. */
    int[] shards() {
        return shards;
    }

    /** The generation of a shard's interest, or {@link #NO_GENERATION} when it has none. */
    long generationOf(int shard) {
        int position = positionOf(shard);
        return position < 0 ? NO_GENERATION : generations[position];
    }

    /** How many subscribers a shard has, as far as it has said. */
    int subscribersOf(int shard) {
        int position = positionOf(shard);
        return position < 0 ? 0 : subscribers[position];
    }

    void add(int shard, long generation, int subscribersThere) {
        int position = positionOf(shard);
        if (position < 0) {
            position = shards.length;
            shards = Arrays.copyOf(shards, position + 1);
            generations = Arrays.copyOf(generations, position + 1);
            subscribers = Arrays.copyOf(subscribers, position + 1);
            shards[position] = shard;
        }
        generations[position] = generation;
        subscribers[position] = subscribersThere;
    }

    void remove(int shard) {
        int position = positionOf(shard);
        if (position < 0) {
            return;
        }
        int last = shards.length - 1;
        int[] left = new int[last];
        long[] generationsLeft = new long[last];
        int[] subscribersLeft = new int[last];
        System.arraycopy(shards, 0, left, 0, position);
        System.arraycopy(shards, position + 1, left, position, last - position);
        System.arraycopy(generations, 0, generationsLeft, 0, position);
        System.arraycopy(generations, position + 1, generationsLeft, position, last - position);
        System.arraycopy(subscribers, 0, subscribersLeft, 0, position);
        System.arraycopy(subscribers, position + 1, subscribersLeft, position, last - position);
        shards = left;
        generations = generationsLeft;
        subscribers = subscribersLeft;
    }

    int place() {
        return place;
    }

    void moveTo(int newPlace) {
        place = newPlace;
    }

    private int positionOf(int shard) {
        for (int i = 0; i < shards.length; i++) {
            if (shards[i] == shard) {
                return i;
            }
        }
        return -1;
    }
}
