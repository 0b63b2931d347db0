package io.wsrouter.bench.scenario;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.TokenMinter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;

/**
 * Strangers open ten thousand sockets a second and send forged tokens, garbage, other paths and half heads, some from
 * addresses that are over their limit and some from many more that are not. Verified clients have to get in, and the
 * messages of those who are in have to flow.
 *
 * <p>The good ones have a loop of their own, so that their times are not those of a client that is busy with attacking.
 */
@Command(name = "flood", description = "10,000 bad handshakes a second: good ones get in, messages flow.")
final class FloodScenario extends Scenario {

    private static final int BAD_PER_SECOND = 10_000;
    private static final int GOOD_PER_SECOND = 200;
    private static final int USERS = 500;
    private static final int MOST_BAD_UNDER_WAY = 8_000;
    private static final int MOST_GOOD_UNDER_WAY = 1_000;
    private static final int LOUD_ADDRESSES = 10;
    private static final int QUIET_ADDRESSES = 240;
    private static final int BURST = 2;
    private static final int BURST_MILLIS = 2;

    /** So many receipts may be open for a connection; what is above is refused. */
    private static final int WINDOW = 1_000;

    private static final long PHASE_SECONDS = 5;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int UNAUTHORIZED = 401;

    private final LongAdder received = new LongAdder();
    private final List<Mailbox> mailboxes = new ArrayList<>();
    private final Publisher steady = new Publisher(0, WINDOW, Payload.DEFAULT_LENGTH, (publisher, published) -> {});
    private Histogram latencies = new Histogram(3);

    FloodScenario() {}

    @Override
    List<String> settings() {
        return List.of("limits.failed-handshakes-per-second-per-ip=100", "limits.connections-per-ip=1000");
    }

    @Override
    void run(RouterProcess router, Verdict verdict, Deadline deadline) throws Exception {
        InternalApi api = new InternalApi(router);
        TokenMinter minter = LoadClient.minter(router);
        try (LoadClient client = new LoadClient(1, router, deadline);
                HandshakeClient handshakes = new HandshakeClient(1, router);
                HandshakeClient attackers = new HandshakeClient(2, router)) {
            openUsers(client, deadline);
            Peer publisher = client.open("steady", LoadClient.PUBLISH_TO_USERS, steady);
            deadline.await("the welcome of the publisher", publisher.welcomed());
            SplittableRandom random = new SplittableRandom(seed());
            ScheduledFuture<?> messages = publisher
                    .loop()
                    .scheduleAtFixedRate(() -> burst(publisher, random), 0, BURST_MILLIS, TimeUnit.MILLISECONDS);
            Phase warmUp = measure("warm-up", router, publisher, handshakes, minter, deadline);
            warmUp.check(verdict);
            Phase quiet = measure("without the flood", router, publisher, handshakes, minter, deadline);
            quiet.check(verdict);

            byte[][] bad = badHeads(minter);
            try (SteadyLoad flood = new SteadyLoad(
                    scaled(BAD_PER_SECOND),
                    MOST_BAD_UNDER_WAY,
                    number -> attackers.send(bad[number % bad.length], attacker(number)))) {
                Phase begun = measure("as the flood begins", router, publisher, handshakes, minter, deadline);
                begun.check(verdict);
                int startedBefore = flood.started();
                long start = System.nanoTime();
                Phase flooded = measure("under the flood", router, publisher, handshakes, minter, deadline);
                double perSecond = (flood.started() - startedBefore) * 1e9 / (System.nanoTime() - start);
                flood.finish(deadline);
                flooded.check(verdict);
                checkFlood(flood, perSecond, quiet, flooded, verdict);
            }
            messages.cancel(false);
            deadline.until("the last receipts", () -> received.sum() >= Publisher.sent(List.of(steady)));
            checkCounts(api, verdict, deadline);
            router.terminate(verdict);
        }
        Mailbox.check(mailboxes, List.of(steady), verdict);
        Publisher.checkReceipts(List.of(steady), verdict);
    }

    // ---- the good ones

    private void openUsers(LoadClient client, Deadline deadline) throws InterruptedException {
        List<Peer> peers = new ArrayList<>();
        for (int user = 0; user < scaled(USERS); user++) {
            Mailbox mailbox = new Mailbox(user, 1, received);
            mailboxes.add(mailbox);
            peers.add(client.open(Publisher.userId(user), Grants.NONE, timing(mailbox)));
        }
        for (Peer peer : peers) {
            deadline.await("the welcome of " + peer.user(), peer.welcomed());
        }
    }

    private PeerListener timing(Mailbox mailbox) {
        return (peer, push) -> {
            Payload payload = Payload.parse(push.text("data"));
            if (payload != null) {
                long sentNanos = steady.published().get(payload.index()).atNanos;
                latencies.recordValue(System.nanoTime() - sentNanos);
            }
            mailbox.onPush(peer, push);
        };
    }

    private void burst(Peer publisher, SplittableRandom random) {
        for (int i = 0; i < BURST && steady.hasRoom(); i++) {
            steady.publish(publisher, random.nextInt(mailboxes.size()));
        }
        publisher.flush();
    }

    /** What the good ones saw in a stretch of time, and what the router spent. */
    private record Phase(String name, SteadyLoad good, Histogram messages, double cpuSeconds, double seconds) {

        double cpus() {
            return cpuSeconds / seconds;
        }

        void check(Verdict verdict) {
            verdict.say(
                    "      %s: handshakes p50 %,d us, p99 %,d us; %,d messages p50 %,d us, p99 %,d us; %.2f CPUs",
                    name,
                    good.micros(50),
                    good.micros(99),
                    messages.getTotalCount(),
                    messages.getValueAtPercentile(50) / 1_000,
                    messages.getValueAtPercentile(99) / 1_000,
                    cpus());
            verdict.equal("good handshakes that got in " + name, good.ended(SWITCHING_PROTOCOLS), good.started());
        }
    }

    private Phase measure(
            String name,
            RouterProcess router,
            Peer publisher,
            HandshakeClient handshakes,
            TokenMinter minter,
            Deadline deadline)
            throws InterruptedException {
        publisher.loop().execute(() -> latencies = new Histogram(3));
        double cpuBefore = router.cpuSeconds();
        long start = System.nanoTime();
        try (SteadyLoad good = new SteadyLoad(
                GOOD_PER_SECOND,
                MOST_GOOD_UNDER_WAY,
                number -> handshakes.send(HandshakeClient.upgrade(token(minter, number)), honest(number)))) {
            CompletableFuture<Histogram> measured = new CompletableFuture<>();
            publisher.loop().schedule(() -> measured.complete(latencies.copy()), PHASE_SECONDS, TimeUnit.SECONDS);
            Histogram messages = deadline.await("the phase " + name, measured);
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuSeconds = router.cpuSeconds() - cpuBefore;
            good.finish(deadline);
            return new Phase(name, good, messages, cpuSeconds, seconds);
        }
    }

    private static String token(TokenMinter minter, int number) {
        return minter.mint("guest" + number, Duration.ofHours(1), Grants.NONE);
    }

    private static String honest(int number) {
        return "127.2.0." + (1 + number % 250);
    }

    // ---- the bad ones

    private static byte[][] badHeads(TokenMinter minter) {
        String token = minter.mint("mallory", Duration.ofHours(1), Grants.NONE);
        String forged = token.substring(0, token.lastIndexOf('.') + 1) + "A".repeat(43);
        String half = new String(HandshakeClient.upgrade(token), US_ASCII).substring(0, 150);
        return new byte[][] {
            HandshakeClient.upgrade(forged),
            "\u0001\u0002\u0003 this is no HTTP\r\n\r\n".getBytes(US_ASCII),
            HandshakeClient.upgrade("not.a.token"),
            "GET /admin.php HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII),
            half.getBytes(US_ASCII)
        };
    }

    /** Half of the flood comes from few addresses, which it takes over their limit, and half from many. */
    private static String attacker(int number) {
        int pair = number / 2;
        return number % 2 == 0 ? "127.3.0." + (1 + pair % LOUD_ADDRESSES) : "127.4.0." + (1 + pair % QUIET_ADDRESSES);
    }

    private static void checkFlood(SteadyLoad flood, double perSecond, Phase quiet, Phase flooded, Verdict verdict) {
        verdict.say(
                "      %,.0f bad handshakes a second under the flood; the router's CPU for one: %.0f us",
                perSecond, (flooded.cpus() - quiet.cpus()) * 1e6 / perSecond);
        verdict.say("      bad handshakes in all: %,d", flood.started());
        verdict.say("      answers (0: closed without one, -1: not connected): %s", flood.statuses());
        verdict.none("bad handshakes that got in", flood.ended(SWITCHING_PROTOCOLS));
        verdict.check(flood.ended(UNAUTHORIZED) > 0, "bad tokens are answered 401");
    }

    /** Every socket that was accepted has become a connection or has ended in one count. */
    private static void checkCounts(InternalApi api, Verdict verdict, Deadline deadline) {
        deadline.within(Duration.ofSeconds(15)).holds(() -> {
            JsonNode stats = api.stats();
            return accepted(stats) == ended(stats);
        });
        JsonNode stats = api.stats();
        verdict.equal("sockets accepted", accepted(stats), ended(stats));
        stats.properties().forEach(count -> {
            if (count.getKey().startsWith("handshake") && count.getValue().asLong() > 0) {
                verdict.say("        %s %,d", count.getKey(), count.getValue().asLong());
            }
        });
        verdict.none("faults", stats.path("bugs").asLong(-1));
    }

    private static long accepted(JsonNode stats) {
        return stats.path("sockets_accepted").asLong(-1);
    }

    private static long ended(JsonNode stats) {
        return stats.path("connections_opened").asLong()
                + stats.properties().stream()
                        .filter(count -> count.getKey().startsWith("handshakes_"))
                        .mapToLong(count -> count.getValue().asLong())
                        .sum();
    }
}
