package io.wsrouter.bench.scenario;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToIntFunction;

/**
 * One connection of a user as a receiver that stays, and what is wrong with what came to it. Belongs to the loop of its
 * connection, or to any thread after that has ended.
 */
final class Mailbox implements PeerListener {

    private final int user;
    private final String address;
    private final LongAdder receivedByAll;
    private final int[] next;
    private final Set<Long> missing = new HashSet<>();
    private int received;
    private int misdelivered;
    private int corrupt;
    private int reordered;
    private int duplicated;
    private int otherPushes;
    private int closeCode;

    Mailbox(int user, int publishers, LongAdder receivedByAll) {
        this.user = user;
        this.address = "user:" + Publisher.userId(user);
        this.receivedByAll = receivedByAll;
        this.next = new int[publishers];
    }

    @Override
    public void onPush(Peer peer, Push push) {
        if (push.type().equals("message")) {
            onMessage(push);
        } else {
            otherPushes++;
        }
    }

    private void onMessage(Push message) {
        received++;
        receivedByAll.increment();
        Payload payload = Payload.parse(message.text("data"));
        if (payload == null || payload.publisher() >= next.length) {
            corrupt++;
        } else if (payload.user() != user || !message.text("to").equals(address)) {
            misdelivered++;
        } else {
            onSequence(payload.publisher(), payload.sequence());
        }
    }

    private void onSequence(int publisher, int sequence) {
        for (; next[publisher] < sequence; next[publisher]++) {
            missing.add(key(publisher, next[publisher]));
        }
        if (sequence == next[publisher]) {
            next[publisher]++;
        } else if (missing.remove(key(publisher, sequence))) {
            reordered++;
        } else {
            duplicated++;
        }
    }

    private static long key(int publisher, int sequence) {
        return (long) publisher << 32 | sequence;
    }

    @Override
    public void onClosed(Peer peer, int code) {
        closeCode = code;
    }

    int received() {
        return received;
    }

    private int lost(List<Publisher> publishers) {
        int lost = missing.size();
        for (int i = 0; i < next.length; i++) {
            lost += publishers.get(i).sentTo(user) - next[i];
        }
        return lost;
    }

    /** Checks that the receivers got exactly what the publishers sent to them. */
    static void check(List<Mailbox> mailboxes, List<Publisher> publishers, Verdict verdict) {
        long sent = 0;
        for (Mailbox mailbox : mailboxes) {
            for (Publisher publisher : publishers) {
                sent += publisher.sentTo(mailbox.user);
            }
        }
        verdict.equal("received", sum(mailboxes, Mailbox::received), sent);
        verdict.none("lost", sum(mailboxes, mailbox -> mailbox.lost(publishers)));
        verdict.none("misdelivered", sum(mailboxes, mailbox -> mailbox.misdelivered));
        verdict.none("reordered", sum(mailboxes, mailbox -> mailbox.reordered));
        verdict.none("duplicated", sum(mailboxes, mailbox -> mailbox.duplicated));
        verdict.none("corrupt", sum(mailboxes, mailbox -> mailbox.corrupt));
        verdict.none("other pushes to receivers", sum(mailboxes, mailbox -> mailbox.otherPushes));
    }

    /** How many connections ended with this close code. */
    static long closedWith(List<Mailbox> mailboxes, int code) {
        return mailboxes.stream().filter(mailbox -> mailbox.closeCode == code).count();
    }

    private static long sum(List<Mailbox> mailboxes, ToIntFunction<Mailbox> figure) {
        return mailboxes.stream().mapToLong(figure::applyAsInt).sum();
    }
}
