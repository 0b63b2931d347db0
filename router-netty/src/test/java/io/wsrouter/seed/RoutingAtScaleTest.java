package io.wsrouter.seed;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.AuditReport;
import io.wsrouter.routing.RegistrationResult;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.routing.SecurityEvent;
import io.wsrouter.routing.Shard;
import io.wsrouter.routing.ShardStats;
import io.wsrouter.transport.EventLoops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * A hundred thousand lives of connections of five thousand users on 64 shards. Shards stand where others would have threads
 * on one table: each is a thread with tables and a generator of ids of its own, so 64 of them race as hard as the router can.
 */
final class RoutingAtScaleTest {

    private static final int SHARDS = 64;
    private static final int THREADS = 4;
    private static final int LIVES_PER_THREAD = 25_000;
    private static final int USERS = 5_000;
    private static final int LIVES_PER_SUBSCRIBER = 100;
    private static final int LIVES_PER_WAIT = 500;
    private static final Address TOPIC = Address.parse("topic:everybody");
    private static final Grants ALL =
            new Grants(List.of(AddressPattern.parse("*")), List.of(AddressPattern.parse("*")), false);
    private static final Principal BACK_END = new Principal(Address.user("back-end"), ALL, 99_999_999_999L);

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Set<String> ids = ConcurrentHashMap.newKeySet();
    private final LongAdder astray = new LongAdder();

    @Test
    void shouldLoseNothingAndLeaveNothingInAHundredThousandLives() {
        EventLoops loops = new EventLoops(SHARDS, RouterConfig.Transport.NIO, Duration.ZERO);
        try {
            Router router = MemoryRouter.on(loops.loops(), new Listener(), RandomGenerator.of("SecureRandom"));

            Threads.atOnce(THREADS, thread -> {
                live(router, thread);
                return thread;
            });

            assertThat(failures).isEmpty();
            assertThat(astray.sum()).as("messages at the wrong connection").isZero();
            assertThat(ids).hasSize(THREADS * LIVES_PER_THREAD);
            ShardStats stats = router.stats().join();
            assertThat(stats.connections()).isZero();
            assertThat(stats.users()).isZero();
            assertThat(stats.subscribedTopics()).isZero();
            assertThat(stats.topics()).isZero();
            assertThat(stats.counts()).containsEntry(Metric.CONNECTIONS_CLOSED, (long) THREADS * LIVES_PER_THREAD);
            assertThat(stats.counts()).containsEntry(Metric.MISDELIVERY_REFUSED, 0L);
            assertThat(stats.counts()).containsEntry(Metric.ROUTING_DRIFT, 0L);
            assertThat(router.audit().join()).allMatch(AuditReport::isClean);
        } finally {
            loops.close();
        }
    }

    /** What one thread hands to a shard is done in order: between a life's begin and end the user has a route. */
    private void live(Router router, int thread) {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < LIVES_PER_THREAD; i++) {
            Address user = Address.user("user_" + (i * THREADS + thread) % USERS);
            MemoryConnection connection = new MemoryConnection(new Principal(user, ALL, 99_999_999_999L), astray);
            Shard home = router.homeShard(user);
            boolean isSubscriber = i % LIVES_PER_SUBSCRIBER == 0;
            home.loop().execute(() -> begin(home, connection, isSubscriber));
            answers.add(expect(router, user, Outcome.DELIVERED));
            answers.add(router.connectionsOf(user)
                    .thenAccept(found -> check(!found.isEmpty(), user + " has no connection")));
            home.loop().execute(() -> end(home, connection));
            home.loop().execute(() -> answersNobody(router, connection));
            if (i % LIVES_PER_WAIT == 0) {
                answers.add(router.publish(BACK_END, publish(TOPIC)).thenAccept(this::checkSum));
                answers.add(router.audit().thenAccept(this::checkAudit));
                CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                        .join();
                answers.clear();
            }
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
    }

    private void begin(Shard home, MemoryConnection connection, boolean isSubscriber) {
        check(
                home.onRegister(connection) == RegistrationResult.REGISTERED,
                connection.principal().user() + " is not registered");
        check(ids.add(connection.id().toString()), connection.id() + " was minted twice");
        if (isSubscriber) {
            home.onCommand(connection, new Command.Subscribe(null, TOPIC));
        }
    }

    private void end(Shard home, MemoryConnection connection) {
        check(connection.received() > 0, connection.id() + " received nothing");
        if (connection.id().hashCode() % 2 == 0) {
            home.onClose(connection, CloseReason.CLIENT_CLOSED);
        }
        home.onClosed(connection);
        home.onClosed(connection);
    }

    private void answersNobody(Router router, MemoryConnection connection) {
        expect(router, Address.parse("connection:" + connection.id()), Outcome.NO_ROUTE);
    }

    private CompletableFuture<?> expect(Router router, Address to, Outcome outcome) {
        return router.publish(BACK_END, publish(to)).thenAccept(receipt -> {
            check(receipt.outcome() == outcome, to + ": " + receipt + " (expected " + outcome + ")");
            checkSum(receipt);
        });
    }

    private void checkSum(Receipt receipt) {
        int refused =
                receipt.refused().values().stream().mapToInt(Integer::intValue).sum();
        check(receipt.matched() == receipt.delivered() + receipt.queued() + refused, receipt + " does not add up");
    }

    /** While connections come and go the audit finds nothing, and comes to its end. */
    private void checkAudit(List<AuditReport> reports) {
        for (AuditReport report : reports) {
            check(report.isComplete() && report.findings().isEmpty(), report.toString());
        }
    }

    private void check(boolean holds, String failure) {
        if (!holds && failures.size() < 20) {
            failures.add(failure);
        }
    }

    private static Command.Publish publish(Address to) {
        return new Command.Publish(null, to, null, RawJson.of("1"), Priority.NORMAL, null);
    }

    private final class Listener implements RouterListener {

        @Override
        public void onSecurityEvent(SecurityEvent event) {
            failures.add(event.toString());
        }

        @Override
        public void onBug(Throwable cause) {
            failures.add(cause.toString());
        }
    }
}
