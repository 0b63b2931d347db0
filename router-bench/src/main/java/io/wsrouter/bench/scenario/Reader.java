package io.wsrouter.bench.scenario;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A user who has subscribed to the topic of all, and what is wrong with what came to one connection of theirs after the
 * other. Messages may be missing, but come in the order that they were sent in. Belongs to the loop of its connections, or to
 * any thread after that has ended.
 */
final class Reader implements PeerListener {

    /** What everybody subscribes to. */
    static final String TOPIC = "topic:all";

    private final int user;
    private final String address;
    private final Receptions receptions;
    private final Consumer<Payload> timing;
    private final int[] lastToUser;
    private final int[] lastToTopic;
    private long received;
    private long told;
    private int misdelivered;
    private int corrupt;
    private int outOfOrder;
    private int otherPushes;
    private int closes;
    private int closeCode;
    private volatile boolean hasSubscribed;

    /**
     * A reader.
     *
     * @param receptions counts what comes
     * @param timing hears of each message that is right
     */
    Reader(int user, int publishers, Receptions receptions, Consumer<Payload> timing) {
        this.user = user;
        this.address = "user:" + Publisher.userId(user);
        this.receptions = receptions;
        this.timing = timing;
        this.lastToUser = unseen(publishers);
        this.lastToTopic = unseen(publishers);
    }

    private static int[] unseen(int publishers) {
        int[] last = new int[publishers];
        Arrays.fill(last, -1);
        return last;
    }

    /** Subscribes a connection to the topic of all. */
    static void subscribe(Peer peer) {
        peer.write("{\"type\":\"subscribe\",\"id\":\"s\",\"to\":\"" + TOPIC + "\"}");
        peer.flush();
    }

    @Override
    public void onPush(Peer peer, Push push) {
        switch (push.type()) {
            case "ok" -> hasSubscribed = true;
            case "message" -> onMessage(push);
            case "dropped" -> told += push.count("count");
            default -> otherPushes++;
        }
    }

    private void onMessage(Push message) {
        received++;
        Payload payload = Payload.parse(message.text("data"));
        if (payload == null || payload.publisher() >= lastToUser.length) {
            corrupt++;
            return;
        }
        boolean isToTopic = payload.user() == Ledger.TOPIC;
        if (!message.text("to").equals(isToTopic ? TOPIC : address) || (!isToTopic && payload.user() != user)) {
            misdelivered++;
            return;
        }
        int[] last = isToTopic ? lastToTopic : lastToUser;
        outOfOrder += payload.sequence() > last[payload.publisher()] ? 0 : 1;
        last[payload.publisher()] = payload.sequence();
        receptions.count(payload.publisher(), payload.index());
        timing.accept(payload);
    }

    @Override
    public void onClosed(Peer peer, int code) {
        if (hasSubscribed) {
            closes++;
            closeCode = code;
        }
    }

    /** Whether a subscription of it was confirmed. Any thread. */
    boolean hasSubscribed() {
        return hasSubscribed;
    }

    int user() {
        return user;
    }

    long received() {
        return received;
    }

    /** How many messages the router has told it that it did not get. */
    long told() {
        return told;
    }

    int misdelivered() {
        return misdelivered;
    }

    int corrupt() {
        return corrupt;
    }

    /** Messages that came after a later one of the same publisher to the same address, or twice. */
    int outOfOrder() {
        return outOfOrder;
    }

    int otherPushes() {
        return otherPushes;
    }

    /** Whether the only connection on which it has subscribed has ended with that code. */
    boolean hasClosedOnceWith(int code) {
        return closes == 1 && closeCode == code;
    }
}
