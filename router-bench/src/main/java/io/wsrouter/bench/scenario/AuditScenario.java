package io.wsrouter.bench.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.bench.AuditSlices;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/**
 * Ten thousand connections with eight subscriptions each are audited, again and again, while messages are sent to them: the
 * audit finds nothing, costs little of the loops, and the messages hardly notice.
 *
 * <p>One event loop runs all of the clients, so that latencies need no lock.
 */
@Command(name = "audit", description = "Tables of over 100,000 entries are audited under load: nobody notices.")
final class AuditScenario extends Scenario {

    private static final int USERS = 10_000;
    private static final int TOPICS = 5_000;
    private static final int SUBSCRIPTIONS = 8;
    private static final int BURST = 2;
    private static final int BURST_MILLIS = 2;

    /** So many receipts may be open for a connection; what is above is refused. */
    private static final int WINDOW = 1_000;

    private static final long PHASE_SECONDS = 5;
    private static final long MILLIS_BETWEEN_AUDITS = 100;
    private static final double MOST_LOOP_MILLIS = 100;
    private static final Grants SUBSCRIBE = new Grants(List.of(), List.of(AddressPattern.parse("topic:*")), false);

    private final List<Peer> peers = new ArrayList<>();
    private final AtomicInteger subscribed = new AtomicInteger();
    private final Publisher steady = new Publisher(0, WINDOW, Payload.DEFAULT_LENGTH, (publisher, published) -> {});
    private Histogram latencies = new Histogram(3);
    private int received;

    AuditScenario() {}

    @Override
    void run(RouterProcess router, Verdict verdict, Deadline deadline) throws Exception {
        int users = scaled(USERS);
        InternalApi api = new InternalApi(router);
        SplittableRandom random = new SplittableRandom(seed());
        try (LoadClient client = new LoadClient(1, router, deadline)) {
            subscribeAll(client, users, random, deadline);
            Peer publisher = client.open("steady", LoadClient.PUBLISH_TO_USERS, steady);
            deadline.await("the welcome of the publisher", publisher.welcomed());
            ScheduledFuture<?> work = publisher
                    .loop()
                    .scheduleAtFixedRate(
                            () -> publish(publisher, random, users), 0, BURST_MILLIS, TimeUnit.MILLISECONDS);
            measure(publisher, "warm-up, audited", api, verdict, deadline);
            measure(publisher, "without an audit", null, verdict, deadline);
            List<JsonNode> audits = measure(publisher, "audited ten times a second", api, verdict, deadline);
            measure(publisher, "without an audit again", null, verdict, deadline);
            work.cancel(false);
            deadline.until("the last receipts", () -> isSettled(publisher, deadline));
            check(audits, users, verdict);
            tellProcessorTime(users, verdict);
            router.terminate(verdict);
        }
        Publisher.checkReceipts(List.of(steady), verdict);
        verdict.equal("messages received", received, steady.published().size());
    }

    private void subscribeAll(LoadClient client, int users, SplittableRandom random, Deadline deadline)
            throws InterruptedException {
        for (int user = 0; user < users; user++) {
            peers.add(client.open(Publisher.userId(user), SUBSCRIBE, this::onPush));
        }
        for (Peer peer : peers) {
            deadline.await("the welcome of " + peer.user(), peer.welcomed());
            int first = random.nextInt(TOPICS);
            peer.loop().execute(() -> subscribe(peer, first));
        }
        deadline.until("the subscriptions", () -> subscribed.get() == users * SUBSCRIPTIONS);
    }

    private static void subscribe(Peer peer, int first) {
        for (int i = 0; i < SUBSCRIPTIONS; i++) {
            int topic = (first + i * 617) % TOPICS;
            peer.write("{\"type\":\"subscribe\",\"id\":\"s\",\"to\":\"topic:t" + topic + "\"}");
        }
        peer.flush();
    }

    private void onPush(Peer peer, Push push) {
        if (push.type().equals("ok")) {
            subscribed.incrementAndGet();
            return;
        }
        Payload payload = Payload.parse(push.text("data"));
        if (payload != null && Publisher.userId(payload.user()).equals(peer.user())) {
            latencies.recordValue(System.nanoTime() - steady.published().get(payload.index()).atNanos);
            received++;
        }
    }

    private void publish(Peer peer, SplittableRandom random, int users) {
        for (int i = 0; i < BURST && steady.hasRoom(); i++) {
            steady.publish(peer, random.nextInt(users));
        }
        peer.flush();
    }

    private boolean isSettled(Peer publisher, Deadline deadline) {
        try {
            return deadline.await(
                    "the client's loop",
                    publisher
                            .loop()
                            .submit(() -> steady.outstanding() == 0
                                    && received == steady.published().size()));
        } catch (InterruptedException e) {
            throw new ScenarioException("interrupted", e);
        }
    }

    /** Tells the latencies of some seconds, in which audits run one after the other when there is an {@code api}. */
    private List<JsonNode> measure(
            Peer publisher, String name, @Nullable InternalApi api, Verdict verdict, Deadline deadline)
            throws InterruptedException {
        CompletableFuture<Histogram> measured = new CompletableFuture<>();
        publisher.loop().execute(() -> latencies = new Histogram(3));
        publisher.loop().schedule(() -> measured.complete(latencies.copy()), PHASE_SECONDS, TimeUnit.SECONDS);
        List<JsonNode> audits = new ArrayList<>();
        while (api != null && !measured.isDone()) {
            audits.add(api.audit());
            TimeUnit.MILLISECONDS.sleep(MILLIS_BETWEEN_AUDITS);
        }
        Histogram phase = deadline.await("the phase " + name, measured);
        verdict.say(
                "      %s: %,d messages, p50 %,d us, p99 %,d us, p99.9 %,d us",
                name,
                phase.getTotalCount(),
                phase.getValueAtPercentile(50) / 1_000,
                phase.getValueAtPercentile(99) / 1_000,
                phase.getValueAtPercentile(99.9) / 1_000);
        return audits;
    }

    /** What the same tables cost in processor time, which has none of the time that a loop waits for a processor. */
    private static void tellProcessorTime(int users, Verdict verdict) throws Exception {
        AuditSlices slices = AuditSlices.measure(users, TOPICS, SUBSCRIPTIONS);
        verdict.say(
                "      processor time in a process without a load: %,d slices of %,d audits of %,d entries,"
                        + " each audit p50 %.1f ms, most %.1f ms",
                slices.slices(),
                slices.audits().getTotalCount(),
                slices.entries(),
                slices.audits().getValueAtPercentile(50) / 1e6,
                slices.audits().getMaxValue() / 1e6);
        verdict.say(
                "      the longest slice of a shard's audit: p50 %,d us, p99 %,d us, most %,d us",
                slices.longest().getValueAtPercentile(50) / 1_000,
                slices.longest().getValueAtPercentile(99) / 1_000,
                slices.longest().getMaxValue() / 1_000);
    }

    private static void check(List<JsonNode> audits, int users, Verdict verdict) {
        Histogram loopMicros = new Histogram(3);
        Histogram longestSliceMicros = new Histogram(3);
        long entries = Long.MAX_VALUE;
        long unclean = 0;
        for (JsonNode audit : audits) {
            unclean += audit.path("clean").asBoolean() ? 0 : 1;
            double loopMillis = 0;
            long compared = 0;
            for (JsonNode shard : audit.path("shards")) {
                loopMillis += shard.path("loopMillis").asDouble();
                compared += shard.path("entries").asLong();
                longestSliceMicros.recordValue(
                        (long) (shard.path("longestSliceMillis").asDouble() * 1_000));
            }
            loopMicros.recordValue((long) (loopMillis * 1_000));
            entries = Math.min(entries, compared);
        }
        verdict.say(
                "      %d audits of %,d entries; loop time of all shards p50 %.1f ms, most %.1f ms",
                audits.size(), entries, loopMicros.getValueAtPercentile(50) / 1e3, loopMicros.getMaxValue() / 1e3);
        verdict.say(
                "      the longest slice of a shard's audit: p50 %,d us, p99 %,d us, most %,d us",
                longestSliceMicros.getValueAtPercentile(50),
                longestSliceMicros.getValueAtPercentile(99),
                longestSliceMicros.getMaxValue());
        verdict.none("audits that were not clean", unclean);
        verdict.check(
                entries >= 10L * users,
                "entries compared by each audit: %,d (expected at least %,d)",
                entries,
                10L * users);
        verdict.check(
                loopMicros.getValueAtPercentile(50) / 1e3 < MOST_LOOP_MILLIS,
                "loop time of an audit: %.1f ms (expected less than %.0f)",
                loopMicros.getValueAtPercentile(50) / 1e3,
                MOST_LOOP_MILLIS);
    }
}
