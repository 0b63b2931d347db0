package io.wsrouter.bench.scenario;

import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.bench.scenario.Straggler.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Who takes part in the scenario slow: users who always read well and are measured, stragglers, publishers at a steady rate to
 * all of them, and floods to the stragglers.
 *
 * <p>One loop runs those who are measured and the steady publishers, another one the stragglers and the floods, so that the
 * latencies are not those of a client that is busy with flooding. Methods are for the thread of the scenario, which is neither.
 */
final class Population implements AutoCloseable {

    private static final int STRAGGLERS_OF_TEN = 2;
    private static final int SLOW_BYTES_PER_SECOND = 1_000;
    private static final int STEADY = 4;
    private static final int STEADY_PER_SECOND = 2_000;
    private static final int TOPIC_PER_SECOND = 2;
    private static final int TOPIC_BYTES = 1_024;
    private static final int FLOODS = 16;
    private static final int HTTP_FLOODS = 4;
    private static final int FLOOD_BYTES = 4_096;
    private static final int PUBLISHERS = STEADY + 1 + FLOODS + HTTP_FLOODS;

    private static final long MILLIS_BEFORE_ANOTHER_TRY = 250;

    /** So many receipts may be open for a connection; what is above is refused. */
    private static final int WINDOW = 1_000;

    private static final Grants PUBLISH =
            new Grants(List.of(AddressPattern.parse("user:*"), AddressPattern.parse("topic:*")), List.of(), false);
    private static final Grants SUBSCRIBE = new Grants(List.of(), List.of(AddressPattern.parse("topic:*")), false);

    private final RouterProcess router;
    private final int users;
    private final Deadline deadline;
    private final LoadClient client;
    private final LoadClient floodClient;
    private final ScheduledExecutorService connector = Executors.newSingleThreadScheduledExecutor();
    private final Receptions received = new Receptions(PUBLISHERS);
    private final Receptions receivedByStragglers = new Receptions(PUBLISHERS);
    private final List<Reader> measured = new ArrayList<>();
    private final List<Straggler> stragglers = new ArrayList<>();
    private final List<PacedPublisher> steady = new ArrayList<>();
    private final List<PacedPublisher> floods = new ArrayList<>();
    private final List<HttpFlood> httpFloods = new ArrayList<>();
    private final Map<Integer, Integer> closes = new ConcurrentHashMap<>();
    private Latencies latencies = new Latencies();
    private int nextFlooded;

    /** What the measured ones have seen of messages of their own and of those of the topic. */
    record Latencies(Histogram own, Histogram topic) {

        Latencies() {
            this(new Histogram(3), new Histogram(3));
        }
    }

    /** Nobody yet, but for so many users with a router. */
    Population(RouterProcess router, int users, Deadline deadline) {
        this.router = router;
        this.users = users;
        this.deadline = deadline;
        this.client = new LoadClient(1, router, deadline);
        this.floodClient = new LoadClient(1, router, deadline);
    }

    // ---- coming

    /** Connects and subscribes the users. */
    void openUsers() throws InterruptedException {
        int wellOnes = users - users * STRAGGLERS_OF_TEN / 10;
        List<Peer> peers = new ArrayList<>();
        for (int user = 0; user < wellOnes; user++) {
            Reader reader = new Reader(user, PUBLISHERS, received, this::time);
            measured.add(reader);
            peers.add(client.open(Publisher.userId(user), SUBSCRIBE, reader));
        }
        for (int user = wellOnes; user < users; user++) {
            Reader reader = new Reader(user, PUBLISHERS, receivedByStragglers, payload -> {});
            Straggler straggler =
                    new Straggler(reader, floodClient, SUBSCRIBE, SLOW_BYTES_PER_SECOND, connector, closes);
            stragglers.add(straggler);
            straggler.connect();
        }
        for (int user = 0; user < wellOnes; user++) {
            Peer peer = welcomed(client, peers.get(user), SUBSCRIBE, measured.get(user));
            peer.loop().execute(() -> Reader.subscribe(peer));
        }
        deadline.until("everybody to subscribe", () -> measured.stream().allMatch(Reader::hasSubscribed));
        deadline.until("the stragglers to subscribe", this::areAllThere);
    }

    /** Who is refused, as a router that is still cold may do, comes again. */
    private Peer welcomed(LoadClient by, Peer opened, Grants grants, PeerListener listener)
            throws InterruptedException {
        Peer peer = opened;
        while (true) {
            try {
                return deadline.await("the welcome of " + peer.user(), peer.welcomed());
            } catch (ScenarioException e) {
                if (deadline.remainingNanos() <= 0) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(MILLIS_BEFORE_ANOTHER_TRY);
                peer = by.open(peer.user(), grants, listener);
            }
        }
    }

    /** Lets everybody publish. */
    void startPublishers(long seed, int floodPerSecond) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < STEADY; i++) {
            SplittableRandom own = random.split();
            Ledger ledger = new Ledger(i, users);
            double perSecond = (double) STEADY_PER_SECOND * users / 1_000 / STEADY;
            steady.add(new PacedPublisher(
                    ledger, perSecond, WINDOW, "normal", Payload.DEFAULT_LENGTH, () -> own.nextInt(users), none -> {}));
        }
        steady.add(new PacedPublisher(
                new Ledger(STEADY, users),
                TOPIC_PER_SECOND,
                WINDOW,
                "high",
                TOPIC_BYTES,
                () -> Ledger.TOPIC,
                none -> {}));
        double floodOfEach = (double) floodPerSecond / (FLOODS + HTTP_FLOODS);
        for (int i = 0; i < FLOODS; i++) {
            floods.add(flood(new Ledger(STEADY + 1 + i, users), floodOfEach));
        }
        for (PacedPublisher publisher : steady) {
            publisher.start(open(client, publisher));
        }
        for (PacedPublisher flood : floods) {
            flood.start(open(floodClient, flood));
        }
        for (int i = 0; i < HTTP_FLOODS; i++) {
            Ledger ledger = new Ledger(STEADY + 1 + FLOODS + i, users);
            HttpFlood flood = new HttpFlood(
                    ledger, floodOfEach, FLOOD_BYTES, this::nextFlooded, router, PUBLISH, floodClient.next());
            httpFloods.add(flood);
            flood.start();
        }
    }

    private PacedPublisher flood(Ledger ledger, double perSecond) {
        IntConsumer whenNoRoute =
                index -> stragglers.get(ledger.user(index) - measured.size()).onNoRoute(ledger.plannedNanos(index));
        return new PacedPublisher(ledger, perSecond, WINDOW, "normal", FLOOD_BYTES, this::nextFlooded, whenNoRoute);
    }

    private int nextFlooded() {
        nextFlooded = (nextFlooded + 1) % stragglers.size();
        return measured.size() + nextFlooded;
    }

    private Peer open(LoadClient by, PacedPublisher publisher) throws InterruptedException {
        String user = "publisher" + publisher.ledger().publisher();
        return welcomed(by, by.open(user, PUBLISH, publisher), PUBLISH, publisher);
    }

    // ---- being measured

    private void time(Payload payload) {
        int publisher = payload.publisher();
        if (publisher < steady.size()) {
            long planned = steady.get(publisher).ledger().plannedNanos(payload.index());
            Histogram histogram = payload.user() == Ledger.TOPIC ? latencies.topic() : latencies.own();
            histogram.recordValue(System.nanoTime() - planned);
        }
    }

    /** What the measured ones have seen since this was asked last. */
    Latencies takeLatencies() throws InterruptedException {
        return on(client, () -> {
            Latencies taken = latencies;
            latencies = new Latencies();
            return taken;
        });
    }

    /** What the floods have sent, and what became of it, since the start. */
    record Flooded(long published, long slowConsumer, long refused) {

        Flooded since(Flooded before) {
            return new Flooded(
                    published - before.published, slowConsumer - before.slowConsumer, refused - before.refused);
        }
    }

    Flooded flooded() throws InterruptedException {
        return on(floodClient, () -> {
            Map<String, Long> refusals = sum(floodLedgers().map(Ledger::refusals));
            return new Flooded(
                    floodLedgers().mapToLong(Ledger::size).sum(),
                    refusals.getOrDefault("slow_consumer", 0L),
                    refusals.values().stream().mapToLong(Long::longValue).sum());
        });
    }

    static Map<String, Long> sum(Stream<Map<String, Long>> counts) {
        Map<String, Long> sum = new TreeMap<>();
        counts.forEach(some -> some.forEach((word, count) -> sum.merge(word, count, Long::sum)));
        return sum;
    }

    private <T> T on(LoadClient of, Callable<T> question) throws InterruptedException {
        return deadline.await("a loop of the clients", of.next().submit(question));
    }

    // ---- being sick, and leaving

    /** One half of the stragglers stops reading, the other reads slowly; or all read well again and are there. */
    void setSick(boolean isSick) {
        for (int i = 0; i < stragglers.size(); i++) {
            Reading sick = i % 2 == 0 ? Reading.NEVER : Reading.SLOWLY;
            stragglers.get(i).become(isSick ? sick : Reading.WELL);
        }
        if (!isSick) {
            deadline.until("the stragglers to come back", this::areAllThere);
        }
    }

    private boolean areAllThere() {
        return stragglers.stream().allMatch(Straggler::isReady);
    }

    /** Nobody publishes any more; waits for the receipts that are open. */
    void stopPublishers() throws InterruptedException {
        on(client, () -> {
            steady.forEach(PacedPublisher::stop);
            return true;
        });
        on(floodClient, () -> {
            floods.forEach(PacedPublisher::stop);
            httpFloods.forEach(HttpFlood::stop);
            return true;
        });
        for (int tries = 0; tries < 100 && outstanding() > 0; tries++) {
            Thread.sleep(100);
        }
    }

    private long outstanding() throws InterruptedException {
        return on(client, () -> steadyLedgers().mapToLong(Ledger::outstanding).sum())
                + on(
                        floodClient,
                        () -> floodLedgers().mapToLong(Ledger::outstanding).sum());
    }

    @Override
    public void close() {
        connector.shutdownNow();
        client.close();
        floodClient.close();
    }

    // ---- what there is to be checked, once closed

    List<Reader> measured() {
        return measured;
    }

    List<Reader> stragglers() {
        return stragglers.stream().map(Straggler::reader).toList();
    }

    Stream<Ledger> steadyLedgers() {
        return steady.stream().map(PacedPublisher::ledger);
    }

    Stream<Ledger> floodLedgers() {
        return Stream.concat(
                floods.stream().map(PacedPublisher::ledger), httpFloods.stream().map(HttpFlood::ledger));
    }

    /** How often a message came to those who are measured. */
    int received(Ledger ledger, int index) {
        return received.of(ledger.publisher(), index);
    }

    int receivedByStragglers(Ledger ledger, int index) {
        return receivedByStragglers.of(ledger.publisher(), index);
    }

    int failedBatches() {
        return httpFloods.stream().mapToInt(HttpFlood::failures).sum();
    }

    /** How many connections there are when everybody is there. */
    int connections() {
        return users + steady.size() + floods.size();
    }

    /** How often connections of stragglers were closed, by code. */
    Map<Integer, Integer> closes() {
        return new TreeMap<>(closes);
    }

    /** What is sent, in words. */
    static String load(int users, int floodPerSecond) {
        return String.format(
                java.util.Locale.ROOT,
                "%,d messages/s of %d B to random users, %d/s of %d KiB to a topic of all %,d,"
                        + " and to %d of them up to %,d/s of %d KiB from %d sockets and %d HTTP clients",
                STEADY_PER_SECOND * users / 1_000,
                Payload.DEFAULT_LENGTH,
                TOPIC_PER_SECOND,
                TOPIC_BYTES >> 10,
                users,
                users * STRAGGLERS_OF_TEN / 10,
                floodPerSecond,
                FLOOD_BYTES >> 10,
                FLOODS,
                HTTP_FLOODS);
    }
}
