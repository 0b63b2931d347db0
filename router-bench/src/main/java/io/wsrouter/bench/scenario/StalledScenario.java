package io.wsrouter.bench.scenario;

import io.wsrouter.auth.Grants;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/**
 * One of a thousand users is flooded: first while it reads, then after it has stopped reading. It has to be cut off with 4008
 * while the others' traffic and the router's memory hardly notice.
 *
 * <p>One event loop runs all of the clients, so that latencies and receipts need no lock.
 */
@Command(name = "stalled", description = "One reader stalls under a flood: it is cut off, nobody else notices.")
final class StalledScenario extends Scenario {

    private static final int USERS = 1_000;
    private static final int STEADY_BURST = 2;
    private static final int FLOOD_BURST = 4;
    private static final int BURST_MILLIS = 2;

    /** So many receipts may be open for a connection; what is above is refused. */
    private static final int WINDOW = 1_000;

    private static final int FLOOD_PAYLOAD_BYTES = 1_024;
    private static final int SMALL_RECEIVE_BUFFER_BYTES = 16_384;
    private static final int SLOW_CONSUMER = 4008;
    private static final int RESET = 1006;
    private static final long PHASE_SECONDS = 4;
    private static final long MOST_UNSENT_BYTES = 4L << 20;
    private static final long MOST_GROWTH_MIB = 64;
    private static final Duration MOST_TIME_TO_CUT_OFF = Duration.ofSeconds(20);

    private final LongAdder received = new LongAdder();
    private final List<Mailbox> mailboxes = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();
    private final CompletableFuture<Long> firstRefusal = new CompletableFuture<>();
    private final Publisher steady = new Publisher(0, WINDOW, Payload.DEFAULT_LENGTH, (publisher, published) -> {});
    private final Publisher flood = new Publisher(1, WINDOW, FLOOD_PAYLOAD_BYTES, this::onFloodReceipt);
    private Histogram latencies = new Histogram(3);
    private int floodStrange;

    StalledScenario() {}

    /** A heap of a fixed size, so that the resident memory tells of everything else. */
    @Override
    String javaOptions() {
        return "-Xms256m -Xmx256m -XX:+AlwaysPreTouch";
    }

    @Override
    void run(RouterProcess router, Verdict verdict, Deadline deadline) throws Exception {
        int users = scaled(USERS);
        InternalApi api = new InternalApi(router);
        try (LoadClient client = new LoadClient(1, router, deadline)) {
            openUsers(client, users, deadline);
            Peer stalled = client.open(Publisher.userId(users), Grants.NONE, this::onFlood, SMALL_RECEIVE_BUFFER_BYTES);
            Peer steadyPeer = client.open("steady", LoadClient.PUBLISH_TO_USERS, steady);
            Peer floodPeer = client.open("flood", LoadClient.PUBLISH_TO_USERS, flood);
            for (Peer peer : List.of(stalled, steadyPeer, floodPeer)) {
                deadline.await("the welcome of " + peer.user(), peer.welcomed());
            }
            SplittableRandom random = new SplittableRandom(seed());
            ScheduledFuture<?> steadyWork =
                    every(steadyPeer, () -> burst(steady, steadyPeer, STEADY_BURST, random, users));
            endPhase(startPhase(steadyPeer), "warm-up", verdict, deadline);
            ScheduledFuture<?> floodWork = every(floodPeer, () -> burst(flood, floodPeer, FLOOD_BURST, null, users));
            endPhase(startPhase(steadyPeer), "with everybody reading", verdict, deadline);
            long residentBefore = router.residentMiB();
            long heapBefore = router.liveHeapBytes(deadline);

            verdict.check(
                    api.hasConnection(stalled.connectionId()) && !firstRefusal.isDone(),
                    "the reader keeps up until it stalls");
            CompletableFuture<Histogram> phase = startPhase(steadyPeer);
            int publishedBefore = stall(stalled, floodPeer, deadline);
            long stallNanos = System.nanoTime();
            long refusedNanos = deadline.within(MOST_TIME_TO_CUT_OFF).await("slow_consumer", firstRefusal);
            verdict.say("      cut off %.0f ms after it stopped reading", (refusedNanos - stallNanos) / 1e6);
            verdict.check(
                    deadline.within(MOST_TIME_TO_CUT_OFF).holds(() -> !api.hasConnection(stalled.connectionId())),
                    "the router no longer knows the stalled connection");
            endPhase(phase, "with one stalled", verdict, deadline);
            stalled.setReading(true);
            int code = deadline.await("the end of the stalled connection", stalled.closed());
            verdict.check(
                    code == SLOW_CONSUMER || code == RESET,
                    "the stalled connection ended with %d (expected 4008, or 1006 for a reset)",
                    code);
            checkMemory(router, residentBefore, heapBefore, verdict, deadline);
            steadyWork.cancel(false);
            floodWork.cancel(false);
            awaitReceipts(steadyPeer, deadline);
            checkFlood(publishedBefore, verdict);
            deadline.within(Duration.ofSeconds(10))
                    .holds(() -> received.sum() >= steady.published().size());
            router.terminate(verdict);
        }
        Mailbox.check(mailboxes, List.of(steady, flood), verdict);
        Publisher.checkReceipts(List.of(steady), verdict);
        Publisher.checkReceipts(List.of(flood), verdict);
        verdict.none(
                "steady publishes not delivered",
                steady.published().stream()
                        .filter(one -> !one.hasOutcome("delivered"))
                        .count());
    }

    private void openUsers(LoadClient client, int users, Deadline deadline) throws InterruptedException {
        for (int user = 0; user < users; user++) {
            Mailbox mailbox = new Mailbox(user, 2, received);
            mailboxes.add(mailbox);
            peers.add(client.open(Publisher.userId(user), Grants.NONE, timing(mailbox)));
        }
        for (Peer peer : peers) {
            deadline.await("the welcome of " + peer.user(), peer.welcomed());
        }
    }

    private PeerListener timing(Mailbox mailbox) {
        return new PeerListener() {
            @Override
            public void onPush(Peer peer, Push push) {
                Payload payload = Payload.parse(push.text("data"));
                if (payload != null) {
                    long sentNanos = steady.published().get(payload.index()).atNanos;
                    latencies.recordValue(System.nanoTime() - sentNanos);
                }
                mailbox.onPush(peer, push);
            }

            @Override
            public void onClosed(Peer peer, int code) {
                mailbox.onClosed(peer, code);
            }
        };
    }

    private static ScheduledFuture<?> every(Peer peer, Runnable work) {
        return peer.loop().scheduleAtFixedRate(work, 0, BURST_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Publishes to random ones of the users, or without {@code random} to the one after them. */
    private static void burst(Publisher publisher, Peer peer, int count, @Nullable SplittableRandom random, int users) {
        for (int i = 0; i < count && publisher.hasRoom(); i++) {
            publisher.publish(peer, random == null ? users : random.nextInt(users));
        }
        peer.flush();
    }

    /** Starts to measure the others' latencies, for a fixed time. */
    private CompletableFuture<Histogram> startPhase(Peer peer) {
        CompletableFuture<Histogram> measured = new CompletableFuture<>();
        peer.loop().execute(() -> latencies = new Histogram(3));
        peer.loop().schedule(() -> measured.complete(latencies.copy()), PHASE_SECONDS, TimeUnit.SECONDS);
        return measured;
    }

    private static void endPhase(CompletableFuture<Histogram> measured, String name, Verdict verdict, Deadline deadline)
            throws InterruptedException {
        Histogram phase = deadline.await("the phase " + name, measured);
        verdict.say(
                "      %s: %,d messages to the others, p50 %,d us, p99 %,d us",
                name,
                phase.getTotalCount(),
                phase.getValueAtPercentile(50) / 1_000,
                phase.getValueAtPercentile(99) / 1_000);
    }

    /** Stops the reader and tells how many messages the flood had published by then. */
    private int stall(Peer stalled, Peer floodPeer, Deadline deadline) throws InterruptedException {
        stalled.setReading(false);
        return deadline.await(
                "the reader to stall",
                floodPeer.loop().submit(() -> flood.published().size()));
    }

    private void onFlood(Peer peer, Push push) {
        Payload payload = Payload.parse(push.text("data"));
        if (payload == null || payload.publisher() != 1) {
            floodStrange++;
        } else {
            flood.published().get(payload.index()).received++;
        }
    }

    private void onFloodReceipt(Publisher publisher, Publisher.Published published) {
        if (published.refused("slow_consumer") > 0) {
            firstRefusal.complete(System.nanoTime());
        }
    }

    private void awaitReceipts(Peer peer, Deadline deadline) throws InterruptedException {
        CompletableFuture<Boolean> all = new CompletableFuture<>();
        every(peer, () -> {
            if (steady.outstanding() == 0 && flood.outstanding() == 0) {
                all.complete(true);
            }
        });
        deadline.await("the last receipts", all);
    }

    /** What was accepted for the stalled reader is bounded; then it is slow_consumer, then there is nobody. */
    private void checkFlood(int publishedBefore, Verdict verdict) {
        List<Publisher.Published> sent = flood.published();
        List<Publisher.Published> stalled = sent.subList(publishedBefore, sent.size());
        long matched = stalled.stream().filter(one -> one.count("matched") > 0).count();
        long slow =
                sent.stream().filter(one -> one.refused("slow_consumer") > 0).count();
        long delivered =
                sent.stream().filter(one -> one.hasOutcome("delivered")).count();
        long early = sent.subList(0, publishedBefore).stream()
                .filter(one -> one.count("matched") != 1)
                .count();
        verdict.none("flood before the stall that matched nobody", early);
        verdict.check(matched > 0, "the stalled reader was routable when it stalled");
        verdict.check(slow > 0, "receipts that say slow_consumer: %,d", slow);
        verdict.check(
                matched * FLOOD_PAYLOAD_BYTES <= MOST_UNSENT_BYTES,
                "taken for the stalled reader: %,d messages, %,d KiB (expected at most %,d KiB)",
                matched,
                (matched * FLOOD_PAYLOAD_BYTES) >> 10,
                MOST_UNSENT_BYTES >> 10);
        long got = sent.stream().filter(one -> one.received > 0).count();
        verdict.say("      of the flood delivered %,d, received %,d", delivered, got);
        verdict.none("strange pushes to the stalled reader", floodStrange);
        verdict.none(
                "received twice", sent.stream().filter(one -> one.received > 1).count());
        verdict.none(
                "received though slow_consumer or no_route",
                sent.stream()
                        .filter(one -> one.received > one.count("delivered") + one.count("queued"))
                        .count());
        verdict.check(stalled.get(stalled.size() - 1).hasOutcome("no_route"), "the last of the flood is no_route");
    }

    private static void checkMemory(
            RouterProcess router, long residentBefore, long heapBefore, Verdict verdict, Deadline deadline)
            throws IOException, InterruptedException {
        long resident = router.residentMiB();
        long heap = router.liveHeapBytes(deadline);
        verdict.check(
                resident - residentBefore <= MOST_GROWTH_MIB,
                "resident memory: %d MiB, before %d (expected at most %d more)",
                resident,
                residentBefore,
                MOST_GROWTH_MIB);
        verdict.check(
                ((heap - heapBefore) >> 20) <= MOST_GROWTH_MIB,
                "live heap: %,d KiB, before %,d (expected at most %d MiB more)",
                heap >> 10,
                heapBefore >> 10,
                MOST_GROWTH_MIB);
    }
}
