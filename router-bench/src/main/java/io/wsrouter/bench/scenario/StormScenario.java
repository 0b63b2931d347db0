package io.wsrouter.bench.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.auth.Grants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import picocli.CommandLine.Command;

/**
 * A hundred thousand connections that come and go in waves, some of them rudely, while publishers send to their users and to
 * users that stay. Each user always leaves in the same manner, which says what its receipts have to be.
 *
 * <p>One event loop runs all of the clients, so that what was sent, receipted and received needs no lock.
 */
@Command(name = "storm", description = "100,000 connections come and go under fire: every receipt is honest.")
final class StormScenario extends Scenario {

    private static final int CONNECTIONS = 100_000;
    private static final int WAVE = 2_000;
    private static final int STAYERS = 100;
    private static final int PUBLISHERS = 8;
    private static final int WINDOW = 32;
    private static final int BURST = 4;
    private static final int BURST_MILLIS = 2;
    private static final int LATE_CONNECTIONS = 200;

    private static final Set<String> HONEST =
            Set.of("delivered", "partial", "queued", "no_route", "closed", "write_failed");

    /** How the connections of a user end. */
    private enum Manner {
        /** A close frame, then reading to the end. */
        CLEAN,
        /** A TCP reset after the welcome. */
        RESET,
        /** The end of the output right after the request. */
        END_AFTER_REQUEST,
        /** A TCP reset right after the request. */
        RESET_AFTER_REQUEST,
        /** Half a request, then the end of the output: never a connection. */
        HALF_REQUEST;

        private static final List<Manner> OF_EIGHT =
                List.of(CLEAN, CLEAN, CLEAN, RESET, RESET, END_AFTER_REQUEST, RESET_AFTER_REQUEST, HALF_REQUEST);

        static Manner ofUser(int user) {
            return OF_EIGHT.get(user % OF_EIGHT.size());
        }
    }

    private final LongAdder receivedByStayers = new LongAdder();
    private final List<Mailbox> stayers = new ArrayList<>();
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Peer> publisherPeers = new ArrayList<>();
    private final List<Peer> stayerPeers = new ArrayList<>();
    private volatile boolean isPublishing = true;
    private int wave;
    private int misdelivered;
    private int outOfOrder;
    private int otherPushes;

    StormScenario() {}

    @Override
    String javaOptions() {
        return "-Dio.netty.leakDetection.level=paranoid -Dio.netty.leakDetection.targetRecords=16";
    }

    @Override
    void run(RouterProcess router, Verdict verdict, Deadline deadline) throws Exception {
        wave = scaled(WAVE);
        InternalApi api = new InternalApi(router);
        try (LoadClient client = new LoadClient(1, router, deadline)) {
            openStayers(client, deadline);
            startPublishers(client, deadline);
            runWaves(client, CONNECTIONS / WAVE, verdict, deadline);
            endPublishing(verdict, deadline);
            leave(deadline);
            awaitEmptyTables(api, verdict, deadline);
            provokeLeakReports(client, router, deadline);
            awaitEmptyTables(api, verdict, deadline);
            router.terminate(verdict);
        }
        Mailbox.check(stayers, publishers, verdict);
        Publisher.checkReceipts(publishers, verdict);
        checkHonesty(verdict);
    }

    // ---- those who stay

    private void openStayers(LoadClient client, Deadline deadline) throws InterruptedException {
        for (int i = 0; i < STAYERS; i++) {
            Mailbox mailbox = new Mailbox(wave + i, PUBLISHERS, receivedByStayers);
            stayers.add(mailbox);
            stayerPeers.add(client.open(Publisher.userId(wave + i), Grants.NONE, mailbox));
        }
        awaitWelcomes(stayerPeers, deadline);
    }

    private void startPublishers(LoadClient client, Deadline deadline) throws InterruptedException {
        SplittableRandom seeds = new SplittableRandom(seed());
        for (int i = 0; i < PUBLISHERS; i++) {
            Publisher publisher = new Publisher(i, WINDOW, Payload.DEFAULT_LENGTH, (sender, published) -> {});
            publishers.add(publisher);
            publisherPeers.add(client.open("publisher" + i, LoadClient.PUBLISH_TO_USERS, publisher));
        }
        awaitWelcomes(publisherPeers, deadline);
        for (int i = 0; i < PUBLISHERS; i++) {
            Publisher publisher = publishers.get(i);
            Peer peer = publisherPeers.get(i);
            SplittableRandom random = seeds.split();
            peer.loop()
                    .scheduleAtFixedRate(
                            () -> publishBurst(publisher, peer, random), 0, BURST_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void publishBurst(Publisher publisher, Peer peer, SplittableRandom random) {
        for (int i = 0; i < BURST && isPublishing && publisher.hasRoom(); i++) {
            boolean isToStayer = random.nextInt(5) == 0;
            publisher.publish(peer, isToStayer ? wave + random.nextInt(STAYERS) : random.nextInt(wave));
        }
        peer.flush();
    }

    // ---- those who come and go

    /** Each wave opens while the one before it closes. */
    private void runWaves(LoadClient client, int waves, Verdict verdict, Deadline deadline)
            throws InterruptedException {
        long start = System.nanoTime();
        List<CompletableFuture<?>> leaving = List.of();
        for (int i = 0; i < waves; i++) {
            List<CompletableFuture<?>> gone = new ArrayList<>();
            List<Peer> open = openWave(client, gone);
            awaitWelcomes(open, deadline);
            awaitAll(leaving, deadline);
            for (Peer peer : open) {
                leave(peer);
                gone.add(peer.closed());
            }
            leaving = gone;
        }
        awaitAll(leaving, deadline);
        double seconds = (System.nanoTime() - start) / 1e9;
        int connections = waves * wave;
        verdict.say(
                "      %,d connections opened and closed in %.1f s: %,.0f/s",
                connections, seconds, connections / seconds);
    }

    private List<Peer> openWave(LoadClient client, List<CompletableFuture<?>> gone) throws InterruptedException {
        List<Peer> open = new ArrayList<>();
        for (int user = 0; user < wave; user++) {
            String id = Publisher.userId(user);
            switch (Manner.ofUser(user)) {
                case CLEAN, RESET -> open.add(client.open(id, Grants.NONE, new Visitor(user)));
                case END_AFTER_REQUEST -> gone.add(client.abandon(id, 1, false));
                case RESET_AFTER_REQUEST -> gone.add(client.abandon(id, 1, true));
                case HALF_REQUEST -> gone.add(client.abandon(id, 0.5, false));
            }
        }
        return open;
    }

    private static void leave(Peer peer) {
        int user = Integer.parseInt(peer.user().substring(1));
        if (Manner.ofUser(user) == Manner.RESET) {
            peer.reset();
        } else {
            peer.closePolitely();
        }
    }

    /** A connection that comes and goes. What it gets is noted with the message. */
    private final class Visitor implements PeerListener {

        private final int user;
        private final int[] lastIndex = new int[PUBLISHERS];

        Visitor(int user) {
            this.user = user;
            Arrays.fill(lastIndex, -1);
        }

        @Override
        public void onPush(Peer peer, Push push) {
            Payload payload = Payload.parse(push.text("data"));
            if (payload == null || !push.type().equals("message")) {
                otherPushes++;
            } else if (payload.user() != user || !push.text("to").equals("user:" + peer.user())) {
                misdelivered++;
            } else {
                outOfOrder += payload.index() <= lastIndex[payload.publisher()] ? 1 : 0;
                lastIndex[payload.publisher()] = payload.index();
                publishers.get(payload.publisher()).published().get(payload.index()).received++;
            }
        }
    }

    // ---- the end

    private void endPublishing(Verdict verdict, Deadline deadline) throws InterruptedException {
        isPublishing = false;
        CompletableFuture<Boolean> receipted = new CompletableFuture<>();
        Peer any = publisherPeers.get(0);
        any.loop()
                .scheduleAtFixedRate(
                        () -> {
                            if (publishers.stream().allMatch(publisher -> publisher.outstanding() == 0)) {
                                receipted.complete(true);
                            }
                        },
                        0,
                        BURST_MILLIS,
                        TimeUnit.MILLISECONDS);
        deadline.await("the last receipts", receipted);
        verdict.say("      every publish has its receipt");
    }

    private void leave(Deadline deadline) throws InterruptedException {
        List<CompletableFuture<?>> gone = new ArrayList<>();
        List<Peer> all = new ArrayList<>(stayerPeers);
        all.addAll(publisherPeers);
        for (Peer peer : all) {
            peer.closePolitely();
            gone.add(peer.closed());
        }
        awaitAll(gone, deadline);
    }

    private void awaitEmptyTables(InternalApi api, Verdict verdict, Deadline deadline) {
        boolean areEmpty = deadline.within(Duration.ofSeconds(30)).holds(() -> isEmpty(api.stats()));
        JsonNode stats = api.stats();
        verdict.check(
                areEmpty,
                "router: connections %d, users %d, topics %d (expected 0)",
                stats.path("connections").asInt(),
                stats.path("users").asInt(),
                stats.path("topics").asInt());
        verdict.equal(
                "router: connections closed",
                stats.path("connections_closed").asLong(),
                stats.path("connections_opened").asLong());
        for (String figure : List.of("misdelivery_refused", "duplicate_ids", "bugs")) {
            verdict.none("router: " + figure, stats.path(figure).asLong());
        }
    }

    private static boolean isEmpty(JsonNode stats) {
        return stats.path("connections").asInt(-1) == 0
                && stats.path("users").asInt(-1) == 0
                && stats.path("topics").asInt(-1) == 0;
    }

    /** Leaks are found by the garbage collector and reported when the next buffers are allocated. */
    private static void provokeLeakReports(LoadClient client, RouterProcess router, Deadline deadline)
            throws Exception {
        router.collectGarbage(deadline);
        List<Peer> late = new ArrayList<>();
        for (int i = 0; i < LATE_CONNECTIONS; i++) {
            late.add(client.open("late" + i, Grants.NONE, (peer, push) -> {}));
        }
        awaitWelcomes(late, deadline);
        late.forEach(Peer::closePolitely);
        for (Peer peer : late) {
            deadline.await("the end of " + peer.user(), peer.closed());
        }
    }

    private static void awaitWelcomes(List<Peer> peers, Deadline deadline) throws InterruptedException {
        for (Peer peer : peers) {
            deadline.await("the welcome of " + peer.user(), peer.welcomed());
        }
    }

    private static void awaitAll(List<CompletableFuture<?>> ends, Deadline deadline) throws InterruptedException {
        for (CompletableFuture<?> end : ends) {
            deadline.await("a connection to end", end);
        }
    }

    // ---- what the receipts have to be

    private void checkHonesty(Verdict verdict) {
        verdict.none("misdelivered to visitors", misdelivered);
        verdict.none("duplicated or reordered at visitors", outOfOrder);
        verdict.none("other pushes to visitors", otherPushes);
        none(verdict, "outcomes that do not belong here", one -> HONEST.stream().noneMatch(one::hasOutcome));
        none(verdict, "received though no_route", one -> one.hasOutcome("no_route") && one.received > 0);
        none(
                verdict,
                "received by more than matched",
                one -> one.received > (isToStayer(one) ? 1 : one.count("matched")));
        none(
                verdict,
                "received though refused as closed",
                one -> one.received > one.count("delivered") + one.count("queued") + one.refused("write_failed"));
        none(
                verdict,
                "to those who stay, not delivered to 1 of 1",
                one -> isToStayer(one) && !(one.hasOutcome("delivered") && one.count("matched") == 1));
        none(
                verdict,
                "delivered to those who leave cleanly, not received",
                one -> isTo(one, Manner.CLEAN) && one.received < one.count("delivered"));
        none(
                verdict,
                "matched a user who was never connected",
                one -> isTo(one, Manner.HALF_REQUEST) && one.count("matched") > 0);
        verdict.check(count(one -> one.received > 0) > 0, "visitors received messages");
    }

    private boolean isToStayer(Publisher.Published one) {
        return one.user >= wave;
    }

    private boolean isTo(Publisher.Published one, Manner manner) {
        return !isToStayer(one) && Manner.ofUser(one.user) == manner;
    }

    private void none(Verdict verdict, String what, Predicate<Publisher.Published> isBad) {
        verdict.none(what, count(isBad));
    }

    private long count(Predicate<Publisher.Published> predicate) {
        return publishers.stream()
                .flatMap(publisher -> publisher.published().stream())
                .filter(predicate)
                .count();
    }
}
