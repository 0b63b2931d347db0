package io.wsrouter.bench.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.auth.Grants;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;

/**
 * A million attempts of publishers without a grant to reach somebody else, by address, by connection and by every way of
 * writing either. Each has to be refused by name, and not one byte may come to a socket that is not the publisher's own.
 */
@Command(name = "crossuser", description = "1,000,000 attempts to reach somebody else: 0 bytes on a wrong socket.")
final class CrossUserScenario extends Scenario {

    private static final int USERS = 2_000;
    private static final int PUBLISHERS = 64;
    private static final int ATTEMPTS = 1_000_000;
    private static final int WINDOW = 32;
    private static final int CLIENT_LOOPS = 2;

    private final LongAdder wrongBytes = new LongAdder();
    private final LongAdder ownMessages = new LongAdder();
    private final List<Peer> victims = new ArrayList<>();
    private final List<Intruder> intruders = new ArrayList<>();

    CrossUserScenario() {}

    @Override
    void run(RouterProcess router, Verdict verdict, Deadline deadline) throws Exception {
        int users = scaled(USERS);
        int share = scaled(ATTEMPTS) / PUBLISHERS;
        InternalApi api = new InternalApi(router);
        try (LoadClient client = new LoadClient(CLIENT_LOOPS, router, deadline)) {
            openVictims(client, users, deadline);
            JsonNode before = api.stats();
            attempt(client, share, verdict, deadline);
            JsonNode after = api.stats();
            verdict.none("bytes on a wrong socket", wrongBytes.sum());
            checkStats(before, after, (long) share * PUBLISHERS, verdict);
            checkThatOwnMessagesArrive(users, verdict, deadline);
            router.terminate(verdict);
        }
        verdict.say("      answers: %s", answers());
        verdict.none("attempts answered otherwise than expected", count(Intruder::unexpected));
        verdict.none("messages to a publisher that were not its own", count(Intruder::messages));
    }

    // ---- those who must not be reached

    private void openVictims(LoadClient client, int users, Deadline deadline) throws InterruptedException {
        for (int user = 0; user < users; user++) {
            victims.add(client.open(Publisher.userId(user), Grants.NONE, new Victim()));
        }
        for (Peer victim : victims) {
            deadline.await("the welcome of " + victim.user(), victim.welcomed());
            deadline.await("the count of " + victim.user(), victim.countBytes(wrongBytes));
        }
    }

    private final class Victim implements PeerListener {

        @Override
        public void onPush(Peer peer, Push push) {
            if (push.type().equals("message") && push.text("from").equals("user:" + peer.user())) {
                ownMessages.increment();
            }
        }
    }

    /** They can be reached: what they send to themselves comes. */
    private void checkThatOwnMessagesArrive(int users, Verdict verdict, Deadline deadline) {
        for (Peer victim : victims) {
            victim.loop().execute(() -> {
                victim.write("{\"type\":\"publish\",\"to\":\"user:" + victim.user() + "\",\"data\":1}");
                victim.flush();
            });
        }
        deadline.holds(() -> ownMessages.sum() >= users);
        verdict.equal("own messages received afterwards", ownMessages.sum(), users);
    }

    // ---- those who try

    private void attempt(LoadClient client, int share, Verdict verdict, Deadline deadline) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed());
        CountDownLatch done = new CountDownLatch(PUBLISHERS);
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < PUBLISHERS; i++) {
            Intruder intruder = new Intruder(random.split(), share, done);
            intruders.add(intruder);
            peers.add(client.open("intruder" + i, Grants.NONE, intruder));
        }
        for (Peer peer : peers) {
            deadline.await("the welcome of " + peer.user(), peer.welcomed());
        }
        List<Peer> everybody = new ArrayList<>(victims);
        everybody.addAll(peers);
        long start = System.nanoTime();
        for (int i = 0; i < PUBLISHERS; i++) {
            Peer peer = peers.get(i);
            Intruder intruder = intruders.get(i);
            peer.loop().execute(() -> intruder.start(peer, everybody));
        }
        boolean isDone = done.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        double seconds = (System.nanoTime() - start) / 1e9;
        verdict.check(isDone, "every attempt is answered in time");
        long attempts = (long) share * PUBLISHERS;
        verdict.say(
                "      %,d attempts of %d publishers at %,d connections in %.1f s: %,.0f/s",
                attempts, PUBLISHERS, everybody.size(), seconds, attempts / seconds);
    }

    /** A way to try, with what has to be answered. */
    private enum Attempt {
        USER("forbidden"),
        USER_CLAIMED_FOR_ITS_OWNER("forbidden"),
        USER_CLAIMED_FOR_ONESELF("owner_mismatch"),
        USER_ESCAPED("forbidden"),
        CONNECTION("forbidden"),
        CONNECTION_CLAIMED_FOR_ITS_OWNER("forbidden"),
        CONNECTION_CLAIMED_FOR_ONESELF("owner_mismatch"),
        CONNECTION_NEVER_ISSUED("forbidden"),
        CONNECTION_MALFORMED("forbidden"),
        SUBSCRIPTION_TO_USER("forbidden"),
        SUBSCRIPTION_TO_CONNECTION("forbidden");

        private static final Attempt[] ALL = values();

        final String answer;

        Attempt(String answer) {
            this.answer = answer;
        }

        String command(int id, String self, Peer victim) {
            String user = victim.user();
            String connection = victim.connectionId();
            return switch (this) {
                case USER -> publish(id, "user:" + user, "");
                case USER_CLAIMED_FOR_ITS_OWNER -> publish(id, "user:" + user, user);
                case USER_CLAIMED_FOR_ONESELF -> publish(id, "user:" + user, self);
                case USER_ESCAPED -> publish(id, "\\u0075ser\\u003a" + user, "");
                case CONNECTION -> publish(id, "connection:" + connection, "");
                case CONNECTION_CLAIMED_FOR_ITS_OWNER -> publish(id, "connection:" + connection, user);
                case CONNECTION_CLAIMED_FOR_ONESELF -> publish(id, "connection:" + connection, self);
                case CONNECTION_NEVER_ISSUED -> publish(id, "connection:ws_" + user + "_1757371237_8bfbba09", "");
                case CONNECTION_MALFORMED -> publish(id, "connection:conn_" + user + "_8bfbba09", "");
                case SUBSCRIPTION_TO_USER -> subscribe(id, "user:" + user);
                case SUBSCRIPTION_TO_CONNECTION -> subscribe(id, "connection:" + connection);
            };
        }

        private static String publish(int id, String to, String owner) {
            String claim = owner.isEmpty() ? "" : ",\"user\":\"" + owner + '"';
            return "{\"type\":\"publish\",\"id\":\"" + id + "\",\"to\":\"" + to + '"' + claim + ",\"data\":\"secret\"}";
        }

        private static String subscribe(int id, String to) {
            return "{\"type\":\"subscribe\",\"id\":\"" + id + "\",\"to\":\"" + to + "\"}";
        }
    }

    /** A publisher without a grant. Belongs to the loop of its connection, or to any thread after that has ended. */
    private static final class Intruder implements PeerListener {

        private final SplittableRandom random;
        private final Attempt[] attempts;
        private final CountDownLatch done;
        private final Map<String, Integer> answers = new TreeMap<>();
        private List<Peer> everybody = List.of();
        private int sent;
        private int answered;
        private int unexpected;
        private int messages;

        Intruder(SplittableRandom random, int share, CountDownLatch done) {
            this.random = random;
            this.attempts = new Attempt[share];
            this.done = done;
        }

        void start(Peer peer, List<Peer> all) {
            everybody = all;
            onReadComplete(peer);
            peer.flush();
        }

        @Override
        public void onReadComplete(Peer peer) {
            while (!everybody.isEmpty() && sent < attempts.length && sent - answered < WINDOW) {
                Peer victim = everybody.get(random.nextInt(everybody.size()));
                if (victim != peer) {
                    attempts[sent] = Attempt.ALL[random.nextInt(Attempt.ALL.length)];
                    peer.write(attempts[sent].command(sent, peer.user(), victim));
                    sent++;
                }
            }
        }

        /** Answers come in the order of the attempts. */
        @Override
        public void onPush(Peer peer, Push push) {
            if (push.type().equals("message")) {
                messages++;
                return;
            }
            String answer = push.text(push.type().equals("error") ? "code" : "outcome");
            answers.merge(push.type() + ' ' + answer, 1, Integer::sum);
            boolean isExpected = answered < sent
                    && push.text("id").equals(Integer.toString(answered))
                    && answer.equals(attempts[answered].answer)
                    && push.count("matched") == 0;
            unexpected += isExpected ? 0 : 1;
            answered++;
            if (answered == attempts.length) {
                done.countDown();
            }
        }

        int unexpected() {
            return unexpected;
        }

        int messages() {
            return messages;
        }
    }

    // ---- the account

    private static void checkStats(JsonNode before, JsonNode after, long attempts, Verdict verdict) {
        for (String figure : List.of("matched", "delivered", "subscribed", "misdelivery_refused", "bugs")) {
            verdict.none(
                    "router: " + figure + " meanwhile",
                    after.path(figure).asLong(-1) - before.path(figure).asLong(-1));
        }
        verdict.equal(
                "router: connections",
                after.path("connections").asLong(),
                before.path("connections").asLong() + PUBLISHERS);
        verdict.equal(
                "router: denied and owner mismatches",
                after.path("denied").asLong() + after.path("owner_mismatches").asLong(),
                attempts);
    }

    private Map<String, Integer> answers() {
        Map<String, Integer> sum = new TreeMap<>();
        intruders.forEach(
                intruder -> intruder.answers.forEach((answer, count) -> sum.merge(answer, count, Integer::sum)));
        return sum;
    }

    private long count(ToIntFunction<Intruder> figure) {
        return intruders.stream().mapToLong(figure::applyAsInt).sum();
    }
}
