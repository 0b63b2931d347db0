package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Principal;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.connection.NodeQueue;
import io.wsrouter.connection.Requester;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The door to the shards. Any thread may call it; each call runs on the home shard of what it is about, and each future
 * completes on a shard's loop, so what depends on it must not block.
 *
 * <p>A future fails with {@link RejectedExecutionException} when the router has ended.
 */
public final class Router {

    private final NodeQueue nodeQueue;
    private final List<Shard> shards;
    private final List<Inflow> inflows;
    private final RouterListener listener;

    /**
     * A router with one shard for each loop.
     *
     * @param loops at least one
     * @param limits what the shards enforce
     * @param backplane the way to other nodes
     * @param authenticator judges the new tokens of open connections
     * @param listener hears of security events and faults
     * @param random where connection ids start
     */
    public Router(
            List<? extends ShardLoop> loops,
            RouterLimits limits,
            Backplane backplane,
            Authenticator authenticator,
            RouterListener listener,
            RandomGenerator random) {
        if (loops.isEmpty()) {
            throw new IllegalArgumentException("loops is empty (expected at least one)");
        }
        this.listener = listener;
        nodeQueue = new NodeQueue(limits.queues(), loops.size());
        shards = IntStream.range(0, loops.size())
                .mapToObj(
                        i -> new Shard(i, loops.get(i), limits, nodeQueue, backplane, authenticator, listener, random))
                .toList();
        inflows = shards.stream().map(shard -> new Inflow()).toList();
        shards.forEach(shard -> shard.connect(shards, random.nextInt()));
        backplane.start(this::receive);
    }

    /** The shards, by index. */
    public List<Shard> shards() {
        return shards;
    }

    /** The shard that owns an address. */
    public Shard homeShard(Address address) {
        return shards.get(address.homeShard(shards.size()));
    }

    /**
     * Publishes for somebody who has no connection, with the rights of {@code publisher}. While 4,096 publishes or 16 MiB of
     * such callers wait for the loop of one shard, more for it are answered {@code overloaded} at once.
     *
     * @param publish borrowed during the call
     * @return the receipt, refusals included
     */
    public CompletableFuture<Receipt> publish(Requester publisher, Command.Publish publish) {
        Shard home = homeShard(publish.to());
        int lengthBytes = Inflow.lengthBytes(publish);
        if (!inflowOf(home).tryTake(lengthBytes)) {
            return CompletableFuture.completedFuture(Receipt.refused(Outcome.OVERLOADED));
        }
        CompletableFuture<Receipt> answer = new CompletableFuture<>();
        Command.Publish kept = publish.kept();
        run(home, answer, () -> {
            onArrived(home, lengthBytes);
            home.onPublish(publisher, kept, answer::complete);
        });
        return answer;
    }

    private Inflow inflowOf(Shard shard) {
        return inflows.get(shard.index());
    }

    private void onArrived(Shard shard, int lengthBytes) {
        inflowOf(shard).giveBack(lengthBytes);
        countRefused(shard);
    }

    /** Counts what was refused while the shard could not be asked to count it. Runs on its loop. */
    private void countRefused(Shard shard) {
        int refused = inflowOf(shard).takeRefused();
        shard.counters().add(Metric.PUBLISHED, refused);
        shard.counters().add(Metric.PUBLISHES_REFUSED, refused);
        shard.counters().add(Metric.CREDITS_REFUSED, refused);
    }

    /** The same, from an address that is not known. */
    public CompletableFuture<Receipt> publish(Principal publisher, Command.Publish publish) {
        return publish(Requester.of(publisher, null), publish);
    }

    /** Counts and logs a command of {@code publisher}, who has no connection, that its reader has refused. */
    public void noteRefused(Requester publisher, Command command) {
        Shard home = homeShard(publisher.principal().user());
        home.loop().execute(() -> home.onRefused(publisher, command));
    }

    /** The connections of a user, oldest first; empty when the user is not connected. */
    public CompletableFuture<List<ConnectionInfo>> connectionsOf(Address user) {
        return ask(homeShard(user), shard -> shard.onDescribeUser(user)).thenCompose(Router::all);
    }

    /** One connection; empty when there is none with this id. */
    public CompletableFuture<Optional<ConnectionInfo>> connection(ConnectionId id) {
        return ask(homeShard(id.user()), shard -> shard.onDescribe(id))
                .thenCompose(Router::all)
                .thenApply(found -> found.stream().findFirst());
    }

    /** Closes one connection as kicked by {@code operator} from {@code ip}, and says whether it was there. */
    public CompletableFuture<Boolean> kick(ConnectionId id, Address operator, @Nullable String ip) {
        return ask(homeShard(id.user()), shard -> shard.onKick(id, operator, ip));
    }

    /** Closes all connections of a user as kicked by {@code operator} from {@code ip}, and says how many there were. */
    public CompletableFuture<Integer> kickUser(Address user, Address operator, @Nullable String ip) {
        return ask(homeShard(user), shard -> shard.onKickUser(user, operator, ip));
    }

    /** What waits to be written on all loops, as it counts for {@code limits.queued-bytes}, and a little old. */
    public long queuedBytes() {
        return nodeQueue.usedBytes();
    }

    /** What all shards hold and have counted. The shards are asked one by one, so the sum is of no single moment. */
    public CompletableFuture<ShardStats> stats() {
        return shards.stream()
                .map(shard -> ask(shard, this::onStats))
                .reduce((sum, next) -> sum.thenCombine(next, ShardStats::plus))
                .orElseThrow();
    }

    private ShardStats onStats(Shard shard) {
        countRefused(shard);
        return shard.onStats();
    }

    /**
     * Whether a write was stopped because the receiver was not the one addressed, which is a fault of the router, and no
     * operator has acknowledged it.
     */
    public CompletableFuture<Boolean> hasRefusedMisdelivery() {
        return askAll(Shard::onAskedForMisdelivery).thenApply(answers -> answers.contains(true));
    }

    /** Has every shard judge publishes by {@code level}, which is new. */
    public void enter(Level level) {
        shards.get(0).loop().execute(() -> shards.get(0).counters().increment(Metric.LEVEL_CHANGES));
        shards.forEach(shard -> shard.loop().execute(() -> shard.onLevel(level)));
    }

    /** Audits every shard each {@code period}, from one period from now on at the latest. */
    public void auditEvery(Duration period) {
        shards.forEach(shard -> shard.loop().execute(() -> shard.onAuditEvery(period)));
    }

    /** Audits every shard now. */
    public CompletableFuture<List<AuditReport>> audit() {
        return all(shards.stream()
                .map(shard -> {
                    CompletableFuture<AuditReport> report = new CompletableFuture<>();
                    run(shard, report, () -> shard.onAudit(report::complete));
                    return report;
                })
                .toList());
    }

    /** What the last audit of each shard has found; empty for one that has had none. */
    public CompletableFuture<List<Optional<AuditReport>>> lastAudits() {
        return askAll(shard -> Optional.ofNullable(shard.audit().last()));
    }

    /**
     * Audits every shard, and when that is clean, takes note that {@code operator} knows of every write that was stopped
     * before.
     *
     * @return the audit; clean means acknowledged
     */
    public CompletableFuture<List<AuditReport>> acknowledgeMisdelivery(Address operator, @Nullable String ip) {
        return askAll(shard -> shard.counters().get(Metric.MISDELIVERY_REFUSED))
                .thenCompose(stopped -> audit().thenCompose(
                                reports -> reports.stream().allMatch(AuditReport::isClean)
                                        ? acknowledge(operator, ip, stopped).thenApply(done -> reports)
                                        : CompletableFuture.completedFuture(reports)));
    }

    private CompletableFuture<?> acknowledge(Address operator, @Nullable String ip, List<Long> stopped) {
        return askAll(shard -> {
                    shard.onAcknowledge(stopped.get(shard.index()));
                    return shard;
                })
                .thenAccept(done -> listener.onSecurityEvent(new SecurityEvent(
                        SecurityEvent.Kind.MISDELIVERY_ACKNOWLEDGED, operator, null, "after a clean audit", ip)));
    }

    /** Closes all connections as draining. The future completes when the last close frame is on its way. */
    public CompletableFuture<@Nullable Void> drain() {
        CompletableFuture<?>[] drained = shards.stream()
                .map(shard -> {
                    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
                    run(shard, done, () -> shard.onDrain(() -> done.complete(null)));
                    return done;
                })
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(drained);
    }

    private void receive(Message message, Consumer<Receipt> answer) {
        Shard home = homeShard(message.to());
        int lengthBytes = message.lengthBytes();
        if (!inflowOf(home).tryTake(lengthBytes)) {
            answer.accept(Receipt.refused(Outcome.OVERLOADED));
            return;
        }
        home.loop().execute(() -> {
            onArrived(home, lengthBytes);
            home.onRemoteMessage(message, answer);
        });
    }

    private <T> CompletableFuture<List<T>> askAll(Function<Shard, T> question) {
        return all(shards.stream().map(shard -> ask(shard, question)).toList());
    }

    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> answers) {
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }

    private static <T> CompletableFuture<T> ask(Shard shard, Function<Shard, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        run(shard, answer, () -> answer.complete(question.apply(shard)));
        return answer;
    }

    private static void run(Shard shard, CompletableFuture<?> answer, Runnable task) {
        try {
            shard.loop().execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(e);
        }
    }
}
