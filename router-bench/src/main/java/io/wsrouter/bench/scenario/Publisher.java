package io.wsrouter.bench.scenario;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A client that publishes to users, every message with an id, and holds each receipt against what it published. It has a
 * bounded number of publishes without a receipt. Belongs to the loop of its connection, or to any thread after that has ended.
 */
final class Publisher implements PeerListener {

    /** Whom a publisher tells that it may have room for more. */
    interface WhenReceipted {

        /** A receipt came. */
        void onReceipt(Publisher publisher, Published published);
    }

    /** One message and what became of it. */
    static final class Published {

        final int user;
        final long atNanos;
        int received;

        @Nullable
        Push receipt;

        Published(int user, long atNanos) {
            this.user = user;
            this.atNanos = atNanos;
        }

        boolean hasOutcome(String outcome) {
            return receipt != null && receipt.text("outcome").equals(outcome);
        }

        /** A figure of the receipt; zero while there is none. */
        int count(String key) {
            return receipt == null ? 0 : receipt.count(key);
        }

        int refused(String outcome) {
            return receipt == null ? 0 : receipt.refused(outcome);
        }
    }

    private final int number;
    private final int window;
    private final int payloadBytes;
    private final WhenReceipted whenReceipted;
    private final List<Published> published = new ArrayList<>();
    private final Map<Integer, Integer> sentToUser = new HashMap<>();
    private int receipts;
    private int strangeReceipts;
    private int wrongSums;
    private int otherPushes;

    /**
     * A publisher.
     *
     * @param window how many publishes may be without a receipt
     */
    Publisher(int number, int window, int payloadBytes, WhenReceipted whenReceipted) {
        this.number = number;
        this.window = window;
        this.payloadBytes = payloadBytes;
        this.whenReceipted = whenReceipted;
    }

    /** Whether the window has room. */
    boolean hasRoom() {
        return outstanding() < window;
    }

    /** Publishes that have no receipt yet. */
    int outstanding() {
        return published.size() - receipts;
    }

    /** Writes one message to a user; the caller flushes. */
    void publish(Peer peer, int user) {
        int index = published.size();
        int sequence = sentToUser.merge(user, 1, Integer::sum) - 1;
        published.add(new Published(user, System.nanoTime()));
        String data = new Payload(number, user, sequence, index).text(payloadBytes);
        peer.write("{\"type\":\"publish\",\"id\":\"" + index + "\",\"to\":\"user:" + userId(user) + "\",\"data\":\""
                + data + "\"}");
    }

    /** The id of the user with a number. */
    static String userId(int user) {
        return "u" + user;
    }

    @Override
    public void onPush(Peer peer, Push push) {
        if (!push.type().equals("receipt")) {
            otherPushes++;
            return;
        }
        Published receipted = waitingFor(push.text("id"));
        if (receipted == null) {
            strangeReceipts++;
            return;
        }
        receipts++;
        receipted.receipt = push;
        wrongSums += push.addsUp() ? 0 : 1;
        whenReceipted.onReceipt(this, receipted);
    }

    private @Nullable Published waitingFor(String id) {
        if (!id.matches("[0-9]{1,9}") || Integer.parseInt(id) >= published.size()) {
            return null;
        }
        Published found = published.get(Integer.parseInt(id));
        return found.receipt == null ? found : null;
    }

    /** Everything it has published, in order. */
    List<Published> published() {
        return published;
    }

    /** How many messages it has sent to a user. */
    int sentTo(int user) {
        return sentToUser.getOrDefault(user, 0);
    }

    /** How often each outcome was given. */
    static Map<String, Integer> outcomes(List<Publisher> publishers) {
        Map<String, Integer> outcomes = new TreeMap<>();
        for (Publisher publisher : publishers) {
            for (Published one : publisher.published) {
                outcomes.merge(one.receipt == null ? "(none)" : one.receipt.text("outcome"), 1, Integer::sum);
            }
        }
        return outcomes;
    }

    /** Checks that every publish has one receipt and every receipt adds up. */
    static void checkReceipts(List<Publisher> publishers, Verdict verdict) {
        verdict.say("      receipts: %s", outcomes(publishers));
        verdict.none("publishes without a receipt", sum(publishers, Publisher::outstanding));
        verdict.none("receipts for nothing or given twice", sum(publishers, publisher -> publisher.strangeReceipts));
        verdict.none("receipts that do not add up", sum(publishers, publisher -> publisher.wrongSums));
        verdict.none("other pushes to publishers", sum(publishers, publisher -> publisher.otherPushes));
    }

    static long sent(List<Publisher> publishers) {
        return sum(publishers, publisher -> publisher.published.size());
    }

    private static long sum(List<Publisher> publishers, ToIntFunction<Publisher> figure) {
        return publishers.stream().mapToLong(figure::applyAsInt).sum();
    }
}
