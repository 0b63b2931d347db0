package io.wsrouter.simulation;

import io.wsrouter.address.Address;

/**
 * Where a message may be sent, in the words of the model.
 *
 * @param index the user's, the topic's or the peer's
 * @param owner the user that it belongs to; null for a topic
 */
record Target(Address.Kind kind, int index, String text, String owner, Address address) {

    static Target user(int index, String user) {
        return new Target(Address.Kind.USER, index, "user:" + user, user, Address.user(user));
    }

    static Target topic(int index, String topic) {
        return new Target(Address.Kind.TOPIC, index, "topic:" + topic, null, Address.topic(topic));
    }

    static Target connection(int peer, String id, String user) {
        String text = "connection:" + id;
        return new Target(Address.Kind.CONNECTION, peer, text, user, Address.parse(text));
    }

    /** Tells the streams of messages apart that keep an order. */
    long key() {
        return ((long) kind.ordinal() << 32) | index;
    }

    @Override
    public String toString() {
        return text;
    }
}
