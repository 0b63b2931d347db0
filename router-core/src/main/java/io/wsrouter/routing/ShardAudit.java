package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionTable;
import io.wsrouter.connection.TimerWheel;
import io.wsrouter.connection.UserConnections;
import io.wsrouter.connection.WalkableMap;
import io.wsrouter.metrics.Metric;
import io.wsrouter.routing.AuditFinding.Action;
import io.wsrouter.routing.AuditFinding.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the routing tables of one shard agree with each other, with the other shards' and with the sockets, and repairs
 * what does not. In normal life it finds nothing: a finding is a fault of the router. Belongs to the shard's loop.
 *
 * <p>A pass takes slices of the loop, each a small part of a millisecond, and other work comes between them. What another
 * shard or loop knows is asked in hops, which keep the order of the news itself. A closed socket counts only when the news of
 * it has not come after {@value #ECHOES} round trips to every loop, each of which the news would have overtaken.
 */
final class ShardAudit {

    /** An answer of a home shard about sockets that are on another loop. */
    record SocketAnswer(List<AuditFinding> findings, List<Connection> ended) {}

    /** So many entries are judged in one slice at most. */
    static final int MOST_STEPS = 512;

    private static final long SLICE_NANOS = 200_000;
    private static final int STEPS_PER_LOOK_AT_THE_CLOCK = 8;
    private static final int ECHOES = 3;

    // collaborators
    private final Shard shard;
    private final ShardTables tables;
    private final Backplane backplane;
    private List<Shard> shards = List.of();

    // the pass under way
    private final InterestAudit interest;
    private final SocketWalk sockets;
    private final DeadSocketWalk deadSockets;
    private final AuditWalk allWalks;
    private @Nullable AuditRun run;

    private final Period period = new Period();
    private List<Consumer<AuditReport>> waiting = new ArrayList<>();
    private @Nullable AuditReport last;

    ShardAudit(Shard shard, ShardTables tables, Backplane backplane) {
        this.shard = shard;
        this.tables = tables;
        this.backplane = backplane;
        this.interest = new InterestAudit(this, tables);
        this.sockets = new SocketWalk(this, tables);
        this.deadSockets = new DeadSocketWalk(this, tables);
        WalkableMap<ConnectionId, Connection> byId = tables.connections().byId();
        WalkableMap<Address, UserConnections> byUser = tables.connections().byUser();
        WalkableMap<Address, LocalTopic> subscribed = tables.subscriptions().topics();
        WalkableMap<Address, TopicInterest> topics = tables.topics().topics();
        this.allWalks = new WalkSequence(
                new KeyWalk<>(byUser, (user, action) -> found(Kind.ORPHAN_INDEX_ENTRY, user.user(), action)),
                new KeyWalk<>(subscribed, this::foundWithoutKey),
                new KeyWalk<>(topics, (topic, action) -> found(Kind.ORPHAN_INDEX_ENTRY, topic.topic(), action)),
                new ConnectionWalk(this, tables),
                new UserWalk(this, tables),
                new SubscriptionWalk(this, tables),
                new TopicWalk(this, tables),
                new StrayWalk<>(byId, (stray, action) -> found(Kind.COUNT_DRIFT, stray, action)),
                new StrayWalk<>(byUser, (stray, action) -> found(Kind.COUNT_DRIFT, stray.user(), action)),
                new StrayWalk<>(subscribed, (stray, action) -> found(Kind.COUNT_DRIFT, stray.topic(), action)),
                new StrayWalk<>(topics, (stray, action) -> found(Kind.COUNT_DRIFT, stray.topic(), action)),
                sockets);
    }

    /** Introduces the shards to each other, before the first use. */
    void connect(List<Shard> all) {
        shards = all;
    }

    // ---- passes, their slices and their end

    /** Begins a pass every so often; the shards take turns. */
    void onEvery(Duration length) {
        period.nanos = length.toNanos();
        period.next(period.nanos * (shard.index() + 1) / shards.size());
    }

    /** Begins a pass, or another one after that under way, and tells what it has found. */
    void onRequest(Consumer<AuditReport> whenDone) {
        waiting.add(whenDone);
        if (run == null) {
            begin();
        }
    }

    /** What the last pass has found; null before the end of the first. */
    @Nullable
    AuditReport last() {
        return last;
    }

    private void begin() {
        AuditRun begun = new AuditRun(shard, waiting);
        run = begun;
        waiting = new ArrayList<>();
        guard(begun, () -> {
            deadSockets.clear();
            interest.start();
            allWalks.start();
            goOn(begun, allWalks, () -> begun.whenAnswered(() -> lookAgain(begun)));
        });
    }

    /** Does a part of a pass, if it is still under way; a fault of it ends the pass, and the next one begins as ever. */
    private void guard(AuditRun current, Runnable part) {
        if (current != run) {
            return;
        }
        try {
            part.run();
        } catch (RuntimeException e) {
            fail(current, e);
        }
    }

    private void fail(AuditRun current, RuntimeException cause) {
        shard.onFault(cause);
        end(current, false);
    }

    private void goOn(AuditRun current, AuditWalk walk, Runnable then) {
        shard.loop().executeNextTurn(() -> guard(current, () -> onSlice(current, walk, then)));
    }

    private void onSlice(AuditRun current, AuditWalk walk, Runnable then) {
        long startNanos = shard.loop().nanoTime();
        boolean isMore = takeSteps(current, walk, startNanos);
        interest.ask();
        sockets.ask();
        current.onSlice(shard.loop().nanoTime() - startNanos);
        if (isMore) {
            goOn(current, walk, then);
        } else {
            then.run();
        }
    }

    private boolean takeSteps(AuditRun current, AuditWalk walk, long startNanos) {
        for (int steps = 1; walk.onStep(); steps++) {
            current.onEntry();
            boolean isTimeToLook = steps % STEPS_PER_LOOK_AT_THE_CLOCK == 0;
            if (steps == MOST_STEPS || (isTimeToLook && shard.loop().nanoTime() - startNanos >= SLICE_NANOS)) {
                return true;
            }
        }
        return false;
    }

    private void lookAgain(AuditRun current) {
        if (deadSockets.isEmpty()) {
            end(current, true);
        } else {
            awaitNews(current, ECHOES);
        }
    }

    private void awaitNews(AuditRun current, int roundTrips) {
        if (roundTrips == 0) {
            goOn(current, deadSockets, () -> end(current, true));
            return;
        }
        for (Shard other : shards) {
            current.onAsked();
            if (other == shard) {
                shard.loop().execute(() -> guard(current, () -> current.onAnswered(0)));
            } else {
                shard.hop(other, () -> other.hop(shard, () -> guard(current, () -> current.onAnswered(0))));
            }
        }
        current.whenAnswered(() -> awaitNews(current, roundTrips - 1));
    }

    private void end(AuditRun current, boolean isComplete) {
        if (current != run) {
            return;
        }
        run = null;
        AuditReport report = current.report(isComplete, shard.loop().nanoTime());
        last = report;
        current.listeners().forEach(listener -> tell(listener, report));
        if (!waiting.isEmpty()) {
            begin();
        }
    }

    private void tell(Consumer<AuditReport> listener, AuditReport report) {
        try {
            listener.accept(report);
        } catch (RuntimeException e) {
            shard.onFault(e);
        }
    }

    private final class Period extends TimerWheel.Timer {

        private long nanos;

        private void next(long inNanos) {
            shard.schedule(this, shard.loop().nanoTime() + inNanos);
        }

        @Override
        protected void onExpired(long nowNanos) {
            next(nanos);
            AuditRun current = run;
            if (current == null) {
                begin();
            } else if (current.isStuck()) {
                end(current, false); // a loop that was asked has ended or is stuck
            }
        }
    }

    // ---- questions between shards

    /** Asks the audit of another shard, and hears its answer on this loop. */
    <T> void asks(Shard other, Function<ShardAudit, T> question, Consumer<T> hear) {
        AuditRun asking = run;
        if (asking == null) {
            return;
        }
        asking.onAsked();
        shard.hop(other, () -> {
            long startNanos = other.loop().nanoTime();
            try {
                T answer = question.apply(other.audit());
                long answeringNanos = other.loop().nanoTime() - startNanos;
                other.hop(
                        shard,
                        () -> guard(asking, () -> {
                            hear.accept(answer);
                            asking.onAnswered(answeringNanos);
                        }));
            } catch (RuntimeException e) {
                other.hop(shard, () -> guard(asking, () -> fail(asking, e)));
            }
        });
    }

    /** Judges connections of this shard's users by their sockets on another loop. */
    SocketAnswer onAskedAboutSockets(List<Connection> asked) {
        List<AuditFinding> findings = new ArrayList<>(0);
        List<Connection> ended = new ArrayList<>(0);
        ConnectionTable connections = tables.connections();
        for (Connection connection : asked) {
            if (connection.state() == Connection.State.CLOSED) {
                ended.add(connection);
            } else if (connection.isOpen() && connection.isSocketOpen() && !isKnown(connections, connection)) {
                restore(connection);
                findings.add(count(finding(Kind.MISSING_INDEX_ENTRY, connection, Action.RESTORED)));
            }
        }
        return new SocketAnswer(findings, ended);
    }

    /** Whether any table leads to it; where only one does, the walk over that one judges. */
    private static boolean isKnown(ConnectionTable connections, Connection connection) {
        return connections.byId().roster().contains(connection) || connections.isListed(connection);
    }

    // ---- for the walks

    Shard shard() {
        return shard;
    }

    List<Shard> shards() {
        return shards;
    }

    InterestAudit interest() {
        return interest;
    }

    /** Puts a live connection back into every table, and the other nodes into the picture. */
    void restore(Connection connection) {
        tables.connections().restore(connection);
        announceAgain(connection.principal().user());
    }

    /** Tells the other nodes of an address that is wanted here if they are not told; says whether they had to be. */
    boolean announceAgain(Address address) {
        if (backplane.agreesOnInterest(address, true)) {
            return false;
        }
        backplane.onInterest(address, true);
        return true;
    }

    /** Tells the other nodes of an address that nobody wants here any more, unless they are told. */
    void withdraw(Address address) {
        if (!backplane.agreesOnInterest(address, false)) {
            backplane.onInterest(address, false);
        }
    }

    /** Remembers to look at a connection again whose socket seems to be closed. */
    void suspectsDead(Connection connection) {
        deadSockets.add(connection);
    }

    void suspects(Kind kind, Address address) {
        AuditRun current = run;
        if (current != null) {
            current.suspects(new AuditFinding(kind, address.toString(), null, 0, Action.AWAITS_NEXT_PASS));
        }
    }

    void found(Kind kind, Connection connection, Action action) {
        include(count(finding(kind, connection, action)));
    }

    void found(Kind kind, Address address, Action action) {
        include(count(finding(kind, address, action)));
    }

    private void foundWithoutKey(LocalTopic topic, Action action) {
        if (action == Action.REMOVED) {
            shard.handOverWaiting(topic);
        }
        found(Kind.ORPHAN_INDEX_ENTRY, topic.topic(), action);
    }

    /** Adds what was counted where it was found. */
    void include(AuditFinding finding) {
        AuditRun current = run;
        if (current != null) {
            current.found(finding);
        }
    }

    private AuditFinding finding(Kind kind, Connection connection, Action action) {
        return new AuditFinding(
                kind,
                connection.id().toString(),
                connection.principal().user().name(),
                silentMillis(connection),
                action);
    }

    private AuditFinding finding(Kind kind, Address address, Action action) {
        boolean isUser = address.kind() == Address.Kind.USER;
        UserConnections user = isUser ? tables.connections().ofUser(address) : null;
        long ageMillis = user == null
                ? 0
                : Arrays.stream(user.connections())
                        .mapToLong(this::silentMillis)
                        .min()
                        .orElse(0);
        return new AuditFinding(kind, address.toString(), isUser ? address.name() : null, ageMillis, action);
    }

    private long silentMillis(Connection connection) {
        return (shard.loop().nanoTime() - connection.lastHeardNanos()) / 1_000_000;
    }

    private AuditFinding count(AuditFinding finding) {
        shard.counters().increment(Metric.ROUTING_DRIFT);
        shard.report(new SecurityEvent(
                SecurityEvent.Kind.ROUTING_DRIFT,
                finding.user() == null ? null : Address.user(finding.user()),
                null,
                finding.kind().word()
                        + ' '
                        + finding.id()
                        + ' '
                        + finding.action().word()));
        return finding;
    }
}
