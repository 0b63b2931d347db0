package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.auth.Principal;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionIdGenerator;
import io.wsrouter.connection.Subscription;
import io.wsrouter.connection.TimerWheel;
import io.wsrouter.connection.UserConnections;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.protocol.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A whole router on one thread and a virtual clock. Its loops take their steps in an order that a seed decides, so that
 * every interleaving of the shards can happen, and the one that failed can happen again.
 *
 * <pre>{@code
 * TestRouter router = TestRouter.withShards(4);
 * RecordingConnection alice = router.connects("alice");
 * RecordingConnection bob = router.connects("bob");
 *
 * alice.publishes("user:bob", "1");
 * router.runUntilIdle();
 *
 * assertThat(bob.received()).containsExactly("1");
 * }</pre>
 */
public final class TestRouter {

    /** How often each shard audits its tables. */
    public static final Duration AUDIT_PERIOD = Duration.ofSeconds(30);

    private static final ThreadLocal<List<TestRouter>> WATCHED = new ThreadLocal<>();

    private final long seed;
    private final SplittableRandom random;
    private final long idSeed;
    private final VirtualClock clock;
    private final RouterLimits limits;
    private final Backplane backplane;
    private final TestAuthenticator tokens;
    private final List<SteppedLoop> loops;
    private final Router router;
    private final List<RecordingConnection> connections = new ArrayList<>();
    private final List<SecurityEvent> securityEvents = new ArrayList<>();
    private final List<Throwable> bugs = new ArrayList<>();
    private final Set<Metric> expectedFaults = new HashSet<>();
    private int names;
    private boolean isSecurityLogBroken;

    private TestRouter(int shards, RouterLimits limits, Backplane backplane, long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.idSeed = random.nextLong();
        this.clock = new VirtualClock(random.nextLong());
        this.limits = limits;
        this.backplane = backplane;
        this.tokens = new TestAuthenticator(clock);
        this.loops = IntStream.range(0, shards)
                .mapToObj(i -> new SteppedLoop("loop " + i, clock))
                .toList();
        this.router = new Router(loops, limits, backplane, tokens, new Listener(), new SplittableRandom(idSeed));
        router.auditEvery(AUDIT_PERIOD);
        List<TestRouter> watched = WATCHED.get();
        if (watched != null) {
            watched.add(this);
        }
    }

    /** A router by itself, with the usual limits, and a new seed. */
    public static TestRouter withShards(int shards) {
        return with(shards, TestLimits.usual(), Backplane.SINGLE_NODE, Seeds.next());
    }

    /** A router by itself, with a new seed. */
    public static TestRouter with(int shards, TestLimits limits) {
        return with(shards, limits, Backplane.SINGLE_NODE, Seeds.next());
    }

    /** A router whose every random choice comes from {@code seed}. */
    public static TestRouter with(int shards, TestLimits limits, Backplane backplane, long seed) {
        return new TestRouter(shards, limits.toLimits(), backplane, seed);
    }

    // ---- who comes

    /** Connects a user who may do everything, and lets the router come to rest. */
    public RecordingConnection connects(String user) {
        return connects(Principals.everything(user));
    }

    /** Connects somebody, and lets the router come to rest. */
    public RecordingConnection connects(Principal principal) {
        RecordingConnection connection = tries(principal);
        if (connection.registration() != RegistrationResult.REGISTERED) {
            throw new AssertionError(
                    connection + " (expected to be registered, was " + connection.registration() + ")");
        }
        return connection;
    }

    /** Asks to register somebody, who may be refused, and lets the router come to rest. */
    public RecordingConnection tries(Principal principal) {
        RecordingConnection connection = arrives(principal);
        runUntilIdle();
        return connection;
    }

    /** Asks to register somebody, which waits for a step of the user's loop. */
    public RecordingConnection arrives(Principal principal) {
        return arrives(principal, answered -> {});
    }

    /** Asks to register somebody; {@code whenAnswered} looks at the router in the very step that answers. */
    public RecordingConnection arrives(Principal principal, Consumer<RecordingConnection> whenAnswered) {
        RecordingConnection connection = new RecordingConnection(this, principal);
        connection.register(answered -> {
            connections.add(answered);
            whenAnswered.accept(answered);
        });
        return connection;
    }

    /** Publishes as somebody without a connection. */
    public CompletableFuture<Receipt> publishes(Principal publisher, String to, String data) {
        return router.publish(
                publisher, new Command.Publish(null, Address.parse(to), null, RawJson.of(data), Priority.NORMAL, null));
    }

    /** The same, with a time to live. */
    public CompletableFuture<Receipt> publishes(Principal publisher, String to, String data, Duration ttl) {
        return router.publish(publisher, RecordingConnection.publishFor(null, to, data, ttl));
    }

    /** A new user id whose home is a certain shard. */
    public String userOn(int shard) {
        return newName("user:", shard);
    }

    /** A new topic, as an address, whose home is a certain shard. */
    public String topicOn(int shard) {
        return "topic:" + newName("topic:", shard);
    }

    /** The id that the home shard of a user mints for its first registration, if that is in this second. */
    public ConnectionId firstIdOf(String user) {
        SplittableRandom twin = new SplittableRandom(idSeed);
        ConnectionIdGenerator ids = new ConnectionIdGenerator(twin);
        for (int shard = homeOf("user:" + user).index(); shard > 0; shard--) {
            ids = new ConnectionIdGenerator(twin);
        }
        return ids.next(Address.user(user), clock.epochSecond());
    }

    // ---- time and steps

    /** Lets a loop that has work, chosen at random, take one step; says whether there was one. */
    public boolean step() {
        int ready = 0;
        for (SteppedLoop loop : loops) {
            ready += loop.hasWork() ? 1 : 0;
        }
        if (ready == 0) {
            return false;
        }
        int chosen = random.nextInt(ready);
        for (SteppedLoop loop : loops) {
            if (loop.hasWork() && chosen-- == 0) {
                return loop.step();
            }
        }
        throw new AssertionError("a loop has lost its work");
    }

    /** Lets the loops take steps, in random order, until none has work. */
    public void runUntilIdle() {
        for (long steps = 0; step(); steps++) {
            if (steps == 50_000_000) {
                throw new AssertionError("the loops never come to rest");
            }
        }
    }

    /** Lets time pass, tick by tick, and lets the router come to rest after each. */
    public void advance(Duration time) {
        Duration left = time;
        while (!left.isZero()) {
            Duration tick = Duration.ofNanos(Math.min(nanosToNextTick(), left.toNanos()));
            clock.advance(tick);
            router.shards().forEach(shard -> shard.loop().execute(shard::onTick));
            runUntilIdle();
            left = left.minus(tick);
        }
    }

    private long nanosToNextTick() {
        long nanos = TimerWheel.TICK_NANOS;
        for (SteppedLoop loop : loops) {
            nanos = Math.min(nanos, loop.nanosToNextTimer());
        }
        return Math.max(1, nanos);
    }

    /** Runs {@code task} on the loop of {@code shard}, and lets the router come to rest. */
    public void on(Shard shard, Runnable task) {
        shard.loop().execute(task);
        runUntilIdle();
    }

    /** Lets the router come to rest, and takes the answer that it gave by then. */
    public <T> T answer(CompletableFuture<T> question) {
        runUntilIdle();
        if (!question.isDone()) {
            throw new AssertionError("there is no answer");
        }
        return question.join();
    }

    // ---- what there is to see

    public Router router() {
        return router;
    }

    public RouterLimits limits() {
        return limits;
    }

    /** Who judges the tokens of refreshes, and makes good ones. */
    public TestAuthenticator tokens() {
        return tokens;
    }

    public VirtualClock clock() {
        return clock;
    }

    public SplittableRandom random() {
        return random;
    }

    public Shard shard(int index) {
        return router.shards().get(index);
    }

    /** A shard at random. */
    Shard anyShard() {
        return shard(random.nextInt(loops.size()));
    }

    public SteppedLoop loop(int index) {
        return loops.get(index);
    }

    /** The home shard of an address. */
    public Shard homeOf(String address) {
        return router.homeShard(Address.parse(address));
    }

    /** Everybody who has asked to be registered, in order, refused or not. */
    public List<RecordingConnection> connections() {
        return Collections.unmodifiableList(connections);
    }

    public List<SecurityEvent> securityEvents() {
        return Collections.unmodifiableList(securityEvents);
    }

    public List<Throwable> bugs() {
        return Collections.unmodifiableList(bugs);
    }

    /** What all shards together have counted. */
    public long count(Metric metric) {
        long count = 0;
        for (Shard shard : router.shards()) {
            count += shard.counters().get(metric);
        }
        return count;
    }

    public ShardStats stats() {
        return answer(router.stats());
    }

    /** Says that this test breaks the router on purpose, so that these counts are no findings. */
    public void expectsFaults(Metric... counted) {
        expectedFaults.addAll(List.of(counted));
    }

    /** Lets the next security event fail its listener. */
    void breaksSecurityLogOnce() {
        isSecurityLogBroken = true;
    }

    // ---- what must hold whenever the router is at rest

    /**
     * Lets the router come to rest and compares its tables with what the connections themselves remember: a naive model.
     *
     * @return what does not agree; empty when all is well
     */
    public List<String> findings() {
        runUntilIdle();
        List<String> findings = new ArrayList<>();
        if (!expectedFaults.contains(Metric.BUGS)) {
            bugs.forEach(bug -> findings.add("a fault of the router: " + bug));
        }
        for (Metric fault :
                List.of(Metric.BUGS, Metric.MISDELIVERY_REFUSED, Metric.ROUTING_DRIFT, Metric.DUPLICATE_IDS)) {
            if (count(fault) > 0 && !expectedFaults.contains(fault)) {
                findings.add(fault.word() + " is " + count(fault) + " (expected 0)");
            }
        }
        for (RecordingConnection connection : connections) {
            connection.violations().forEach(violation -> findings.add(connection + ": " + violation));
        }
        if (expectedFaults.isEmpty()) {
            compareTables(findings);
            compareWithAudit(findings);
        }
        return findings;
    }

    /** The audit has to agree that all is well, in one pass and in the next. */
    private void compareWithAudit(List<String> findings) {
        for (int pass = 0; pass < 2; pass++) {
            for (AuditReport report : answer(router.audit())) {
                if (!report.isClean()) {
                    findings.add("the audit says " + report);
                }
            }
        }
    }

    private void compareTables(List<String> findings) {
        Map<Shard, List<RecordingConnection>> connected = new HashMap<>();
        router.shards().forEach(shard -> connected.put(shard, new ArrayList<>()));
        for (RecordingConnection connection : connections) {
            if (connection.isConnected()) {
                connected.get(connection.shard()).add(connection);
            }
            if (connection.isConnected() != connection.isOpen()) {
                findings.add(connection + " is " + connection.state() + " (expected "
                        + (connection.isConnected() ? "OPEN" : "an end") + ")");
            }
        }
        Set<String> topics = new HashSet<>();
        Set<String> users = new HashSet<>();
        connected.forEach((shard, expected) -> {
            compareConnections(shard, expected, findings);
            compareSubscriptions(shard, expected, findings);
            expected.forEach(connection -> topics.addAll(connection.wishes()));
            expected.forEach(connection -> users.add("user:" + connection.user()));
        });
        int topicsAtHome = stats().topics();
        if (topicsAtHome != topics.size()) {
            findings.add(topicsAtHome + " topics at their homes (expected " + topics + ")");
        }
        if (backplane instanceof RecordingBackplane recording) {
            Set<String> wanted = new HashSet<>(topics);
            wanted.addAll(users);
            if (!recording.interest().equals(wanted)) {
                findings.add("interest announced in " + recording.interest() + " (expected " + wanted + ")");
            }
            findings.addAll(recording.violations());
        }
    }

    private static void compareConnections(Shard shard, List<RecordingConnection> expected, List<String> findings) {
        Map<Address, List<Connection>> byUser = new HashMap<>();
        for (RecordingConnection connection : expected) {
            byUser.computeIfAbsent(connection.principal().user(), user -> new ArrayList<>())
                    .add(connection);
        }
        if (!Set.copyOf(shard.connectionTable().all()).equals(Set.copyOf(expected))) {
            findings.add("shard " + shard.index() + " holds "
                    + shard.connectionTable().all() + " (expected " + expected + ")");
        }
        if (shard.connectionTable().users() != byUser.size()) {
            findings.add("shard " + shard.index() + " knows "
                    + shard.connectionTable().users() + " users (expected " + byUser.keySet() + ")");
        }
        byUser.forEach((user, ofUser) -> {
            UserConnections found = shard.connectionTable().ofUser(user);
            List<Connection> inOrder = found == null ? List.of() : List.of(found.connections());
            if (!inOrder.equals(ofUser)) {
                findings.add(user + " has " + inOrder + " (expected " + ofUser + ")");
            }
        });
        for (RecordingConnection connection : expected) {
            if (shard.connectionTable().get(connection.id()) != connection) {
                findings.add(connection + " is not found under its id");
            }
        }
    }

    private static void compareSubscriptions(Shard shard, List<RecordingConnection> expected, List<String> findings) {
        Map<String, Set<Connection>> byTopic = new HashMap<>();
        for (RecordingConnection connection : expected) {
            Set<String> subscribed = new HashSet<>();
            for (Subscription subscription : connection.subscriptions()) {
                subscribed.add(subscription.topic().toString());
            }
            if (!subscribed.equals(connection.wishes())) {
                findings.add(
                        connection + " is subscribed to " + subscribed + " (expected " + connection.wishes() + ")");
            }
            for (String topic : connection.wishes()) {
                byTopic.computeIfAbsent(topic, key -> new HashSet<>()).add(connection);
            }
        }
        byTopic.forEach((topic, subscribers) -> {
            LocalTopic local = shard.subscriptionTable().get(Address.parse(topic));
            Set<Connection> found = new HashSet<>();
            for (int i = 0; local != null && i < local.size(); i++) {
                found.add(local.subscriber(i));
            }
            if (!found.equals(subscribers) || local.size() != subscribers.size() || !local.isConfirmed()) {
                findings.add(
                        topic + " on shard " + shard.index() + " has " + found + " (expected " + subscribers + ")");
            }
        });
        if (shard.subscriptionTable().size() != byTopic.size()) {
            findings.add("shard " + shard.index() + " has "
                    + shard.subscriptionTable().size() + " topics with subscribers (expected " + byTopic.keySet()
                    + ")");
        }
    }

    @Override
    public String toString() {
        return "a router of " + loops.size() + " shards with seed " + seed;
    }

    /** From now on, remembers the routers that this thread makes. */
    static void watch() {
        WATCHED.set(new ArrayList<>());
    }

    /** The routers that this thread has made since {@link #watch()}, which ends. */
    static List<TestRouter> takeWatched() {
        List<TestRouter> watched = WATCHED.get();
        WATCHED.remove();
        return watched == null ? List.of() : watched;
    }

    private String newName(String prefix, int shard) {
        while (true) {
            String name = "n" + names++;
            if (homeOf(prefix + name).index() == shard) {
                return name;
            }
        }
    }

    private final class Listener implements RouterListener {

        @Override
        public void onSecurityEvent(SecurityEvent event) {
            if (isSecurityLogBroken) {
                isSecurityLogBroken = false;
                throw new IllegalStateException("the security log is broken");
            }
            securityEvents.add(event);
        }

        @Override
        public void onBug(Throwable cause) {
            bugs.add(cause);
        }
    }
}
