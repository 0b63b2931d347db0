package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Roster;
import io.wsrouter.connection.Subscription;
import java.util.ArrayList;
import java.util.List;

/** The connections of one shard that have subscribed to one topic. Belongs to one loop. */
final class LocalTopic {

    /** A subscriber that waits until the home shard knows of this shard's interest. */
    record Waiting(Connection connection, String commandId) {}

    private final Address topic;
    private final long generation;
    private final Roster<Subscription> subscribers = new Roster<>(Subscription::position, Subscription::moveTo);
    private final List<Waiting> waiting = new ArrayList<>(1);
    private boolean isConfirmed;
    private int announced;
    private int place;

    /** A topic without subscribers; {@code generation} tells its interest from an earlier one of the same shard. */
    LocalTopic(Address topic, long generation) {
        this.topic = topic;
        this.generation = generation;
    }

    Address topic() {
        return topic;
    }

    long generation() {
        return generation;
    }

    int size() {
        return subscribers.size();
    }

    Connection subscriber(int position) {
        return subscribers.at(position).connection();
    }

    /** Those who have subscribed, to be audited. */
    Roster<Subscription> subscribers() {
        return subscribers;
    }

    void add(Subscription subscription) {
        subscribers.add(subscription);
    }

    /** Removes exactly this subscription, filling its place with the last one. */
    boolean remove(Subscription subscription) {
        return subscribers.remove(subscription);
    }

    /** The number of subscribers that the home shard was last told. */
    int announced() {
        return announced;
    }

    /** Remembers that the home shard is told how many subscribers there are now, and says how many. */
    int announce() {
        announced = size();
        return announced;
    }

    int place() {
        return place;
    }

    void moveTo(int newPlace) {
        place = newPlace;
    }

    /** Whether the home shard knows of this shard's interest, so that nothing published from now on is missed. */
    boolean isConfirmed() {
        return isConfirmed;
    }

    void await(Waiting subscriber) {
        waiting.add(subscriber);
    }

    /** Hands out what one subscriber waits for, who then waits no more. */
    List<Waiting> takeWaiting(Connection subscriber) {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<Waiting> taken =
                waiting.stream().filter(one -> one.connection() == subscriber).toList();
        waiting.removeAll(taken);
        return taken;
    }

    /** Remembers that the home shard knows, and hands out who waited for it. */
    List<Waiting> confirm() {
        isConfirmed = true;
        List<Waiting> confirmed = List.copyOf(waiting);
        waiting.clear();
        return confirmed;
    }
}
