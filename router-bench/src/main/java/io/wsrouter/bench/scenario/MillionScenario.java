package io.wsrouter.bench.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.auth.Grants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import picocli.CommandLine.Command;

/** A million messages to random ones of ten thousand users, each of which must come exactly once, in order, to its user. */
@Command(name = "million", description = "1,000,000 messages to 10,000 users from 50 publishers: each comes once.")
final class MillionScenario extends Scenario {

    private static final int USERS = 10_000;
    private static final int MESSAGES = 1_000_000;
    private static final int PUBLISHERS = 50;
    private static final int WINDOW = 16;
    private static final int CLIENT_LOOPS = 2;
    private static final int DRAINING = 1012;
    private static final Duration MOST_DELAY = Duration.ofSeconds(10);

    private final LongAdder received = new LongAdder();
    private final List<Mailbox> mailboxes = new ArrayList<>();
    private final List<Publisher> publishers = new ArrayList<>();

    MillionScenario() {}

    /** One publisher at work: once started, it publishes whenever its window has room, until it has sent its share. */
    private static final class Work implements PeerListener {

        private final Publisher publisher;
        private final SplittableRandom random;
        private final int users;
        private final int messages;
        private final CountDownLatch done;
        private boolean isStarted;

        Work(int number, SplittableRandom random, int users, int messages, CountDownLatch done) {
            this.publisher = new Publisher(number, WINDOW, Payload.DEFAULT_LENGTH, this::onReceipt);
            this.random = random;
            this.users = users;
            this.messages = messages;
            this.done = done;
        }

        /** Nothing is published before this, so that the clock covers every message. */
        void start(Peer peer) {
            isStarted = true;
            onReadComplete(peer);
            peer.flush();
        }

        @Override
        public void onPush(Peer peer, Push push) {
            publisher.onPush(peer, push);
        }

        @Override
        public void onReadComplete(Peer peer) {
            while (isStarted && publisher.hasRoom() && publisher.published().size() < messages) {
                publisher.publish(peer, random.nextInt(users));
            }
        }

        private void onReceipt(Publisher receipted, Publisher.Published published) {
            if (receipted.published().size() == messages && receipted.outstanding() == 0) {
                done.countDown();
            }
        }
    }

    @Override
    void run(RouterProcess router, Verdict verdict, Deadline deadline) throws Exception {
        int users = scaled(USERS);
        int share = scaled(MESSAGES) / PUBLISHERS;
        InternalApi api = new InternalApi(router);
        JsonNode stats;
        try (LoadClient client = new LoadClient(CLIENT_LOOPS, router, deadline)) {
            openMailboxes(client, users, verdict, deadline);
            publish(client, users, share, verdict, deadline);
            stats = api.stats();
            router.terminate(verdict);
        }
        verdict.equal("sent", Publisher.sent(publishers), (long) share * PUBLISHERS);
        Mailbox.check(mailboxes, publishers, verdict);
        Publisher.checkReceipts(publishers, verdict);
        verdict.none(
                "receipts other than delivered to 1 of 1",
                publishers.stream()
                        .flatMap(publisher -> publisher.published().stream())
                        .filter(one -> !isDeliveredToOne(one))
                        .count());
        verdict.equal("receivers closed with 1012", Mailbox.closedWith(mailboxes, DRAINING), users);
        checkStats(stats, users, verdict);
    }

    private void openMailboxes(LoadClient client, int users, Verdict verdict, Deadline deadline)
            throws InterruptedException {
        long start = System.nanoTime();
        List<Peer> peers = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            Mailbox mailbox = new Mailbox(user, PUBLISHERS, received);
            mailboxes.add(mailbox);
            peers.add(client.open(Publisher.userId(user), Grants.NONE, mailbox));
        }
        for (Peer peer : peers) {
            deadline.await("the welcome of " + peer.user(), peer.welcomed());
        }
        verdict.say("      %,d connections in %.1f s", users, secondsSince(start));
    }

    private void publish(LoadClient client, int users, int share, Verdict verdict, Deadline deadline)
            throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed());
        CountDownLatch done = new CountDownLatch(PUBLISHERS);
        List<Runnable> starts = new ArrayList<>();
        for (int i = 0; i < PUBLISHERS; i++) {
            Work work = new Work(i, random.split(), users, share, done);
            publishers.add(work.publisher);
            Peer peer = client.open("publisher" + i, LoadClient.PUBLISH_TO_USERS, work);
            deadline.await("the welcome of a publisher", peer.welcomed());
            starts.add(() -> peer.loop().execute(() -> work.start(peer)));
        }
        verdict.none("messages received before the clock starts", received.sum());
        long start = System.nanoTime();
        starts.forEach(Runnable::run);
        boolean isDone = done.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        double seconds = secondsSince(start);
        verdict.check(isDone, "every publish is receipted in time");
        long messages = (long) share * PUBLISHERS;
        deadline.within(MOST_DELAY).holds(() -> received.sum() >= messages);
        verdict.say(
                "      %,d messages in %.1f s: %,.0f/s, each with a receipt", messages, seconds, messages / seconds);
    }

    private static boolean isDeliveredToOne(Publisher.Published one) {
        return one.hasOutcome("delivered") && one.count("matched") == 1 && one.count("delivered") == 1;
    }

    private void checkStats(JsonNode stats, int users, Verdict verdict) {
        long sent = Publisher.sent(publishers);
        verdict.equal("router: connections", stats.path("connections").asLong(), users + PUBLISHERS);
        verdict.equal("router: published", stats.path("published").asLong(), sent);
        verdict.equal("router: matched", stats.path("matched").asLong(), sent);
        verdict.equal("router: delivered", stats.path("delivered").asLong(), received.sum());
        for (String figure : List.of("refused", "publishes_refused", "misdelivery_refused", "duplicate_ids", "bugs")) {
            verdict.none("router: " + figure, stats.path(figure).asLong());
        }
    }

    private static double secondsSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
