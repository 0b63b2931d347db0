package io.wsrouter.bench.scenario;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one publisher has sent and what its receipts said, message by message, in so few bytes that millions fit. Belongs to
 * one loop, or to any thread after that has ended.
 */
final class Ledger {

    /** In the place of a user's number: the topic that all have subscribed to. */
    static final int TOPIC = -1;

    private static final int FIRST_ROOM = 1_024;

    private final int publisher;
    private final int[] sequences;
    private final Map<String, Long> outcomes = new TreeMap<>();
    private final Map<String, Long> refusals = new TreeMap<>();
    private int topicSequence;
    private int size;
    private int[] users = new int[FIRST_ROOM];
    private long[] plannedNanos = new long[FIRST_ROOM];
    private boolean[] isReceipted = new boolean[FIRST_ROOM];
    private short[] matched = new short[FIRST_ROOM];
    private short[] delivered = new short[FIRST_ROOM];
    private short[] queued = new short[FIRST_ROOM];
    private int receipts;
    private int strangeReceipts;
    private int wrongSums;
    private int otherPushes;

    /** An empty one of the publisher with that number, who sends to so many users. */
    Ledger(int publisher, int users) {
        this.publisher = publisher;
        this.sequences = new int[users];
    }

    int publisher() {
        return publisher;
    }

    /** Notes a message that is due at {@code atNanos} and tells what it says. */
    Payload add(int user, long atNanos) {
        if (size == users.length) {
            grow();
        }
        users[size] = user;
        plannedNanos[size] = atNanos;
        int sequence = user == TOPIC ? topicSequence++ : sequences[user]++;
        return new Payload(publisher, user, sequence, size++);
    }

    private void grow() {
        int room = 2 * size;
        users = Arrays.copyOf(users, room);
        plannedNanos = Arrays.copyOf(plannedNanos, room);
        isReceipted = Arrays.copyOf(isReceipted, room);
        matched = Arrays.copyOf(matched, room);
        delivered = Arrays.copyOf(delivered, room);
        queued = Arrays.copyOf(queued, room);
    }

    /** Notes what the publisher is answered, and tells which message it is about; negative when about none. */
    int onPush(Push push) {
        if (!push.type().equals("receipt")) {
            otherPushes++;
            return -1;
        }
        String id = push.text("id");
        int index = id.matches("[0-9]{1,9}") ? Integer.parseInt(id) : -1;
        if (index < 0 || index >= size || isReceipted[index]) {
            strangeReceipts++;
            return -1;
        }
        receipts++;
        isReceipted[index] = true;
        matched[index] = (short) push.count("matched");
        delivered[index] = (short) push.count("delivered");
        queued[index] = (short) push.count("queued");
        wrongSums += push.addsUp() ? 0 : 1;
        outcomes.merge(push.text("outcome"), 1L, Long::sum);
        push.forEachRefusal((word, count) -> refusals.merge(word, (long) count, Long::sum));
        return index;
    }

    /** How many messages it has. */
    int size() {
        return size;
    }

    /** Messages that have no receipt yet. */
    int outstanding() {
        return size - receipts;
    }

    /** Whom a message was for: the number of a user, or {@link #TOPIC}. */
    int user(int index) {
        return users[index];
    }

    /** When a message was due. */
    long plannedNanos(int index) {
        return plannedNanos[index];
    }

    int matched(int index) {
        return matched[index];
    }

    int delivered(int index) {
        return delivered[index];
    }

    int queued(int index) {
        return queued[index];
    }

    /** How often each outcome was given so far. */
    Map<String, Long> outcomes() {
        return outcomes;
    }

    /** How many receivers have refused so far, by why. */
    Map<String, Long> refusals() {
        return refusals;
    }

    int strangeReceipts() {
        return strangeReceipts;
    }

    int wrongSums() {
        return wrongSums;
    }

    int otherPushes() {
        return otherPushes;
    }
}
