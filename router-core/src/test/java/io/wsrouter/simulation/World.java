package io.wsrouter.simulation;

import io.wsrouter.connection.QueueLimits;
import io.wsrouter.connection.SlowConsumerPolicy;
import io.wsrouter.routing.RouterLimits;
import io.wsrouter.routing.RouterLimits.WhenUserIsFull;
import io.wsrouter.routing.RouterTables;
import io.wsrouter.routing.TestLimits;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Where a run takes place: what its seed decides before anything happens.
 *
 * @param isCorrupted whether faults of the machine break the tables
 */
record World(
        long seed,
        long scriptSeed,
        long idSeed,
        long clockNanos,
        int nodes,
        int shards,
        int clients,
        List<String> users,
        List<String> topics,
        WhenUserIsFull whenUserIsFull,
        int connectionsPerUser,
        int subscriptionsPerConnection,
        int openReceiptsPerConnection,
        QueueLimits queue,
        boolean isCorrupted) {

    static final Duration RECEIPT_TIMEOUT = Duration.ofMillis(500);
    static final Duration HEARTBEAT = Duration.ofSeconds(5);
    static final int HEARTBEAT_MISSES = 2;

    static final int FAILURES_TO_BE_LEFT_ALONE = 3;
    static final int MOST_TRIES = 5;
    static final int LONGEST_TTL_MS = 1_200;

    /** A sleep of the machine. */
    static final Duration LONGEST_SLEEP = Duration.ofSeconds(3);

    /** A connection that was silent for longer should have been closed: each ping may be late by a sleep. */
    static final Duration LONGEST_SILENCE =
            HEARTBEAT.plus(LONGEST_SLEEP).plusSeconds(1).multipliedBy(HEARTBEAT_MISSES + 1);

    private static final SlowConsumerPolicy[] POLICIES = SlowConsumerPolicy.values();
    private static final List<String> USERS = List.of("ann", "ann_1", "bob", "an", "ann_1_1757381498_00000000", "bö");
    private static final List<String> TOPICS = List.of("chat", "chat.1", "news", "chat.10", "ops", "chat.");

    static World of(long seed, int nodes) {
        SplittableRandom random = new SplittableRandom(seed);
        return new World(
                seed,
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                nodes,
                1 + random.nextInt(nodes > 1 ? 3 : 6),
                3 + random.nextInt(14),
                USERS.subList(0, 1 + random.nextInt(USERS.size())),
                TOPICS.subList(0, 1 + random.nextInt(TOPICS.size())),
                random.nextBoolean() ? WhenUserIsFull.REFUSE : WhenUserIsFull.REPLACE,
                1 + random.nextInt(5),
                1 + random.nextInt(6),
                random.nextInt(3) == 0 ? 1 + random.nextInt(4) : Integer.MAX_VALUE,
                new QueueLimits(
                        500 + random.nextInt(8_000),
                        1 + random.nextInt(random.nextBoolean() ? 3 : 12),
                        random.nextBoolean() ? 1 << 20 : 1_000 + random.nextInt(12_000),
                        random.nextInt(3) == 0
                                ? SlowConsumerPolicy.DISCONNECT
                                : POLICIES[random.nextInt(POLICIES.length)]),
                random.nextInt(3) == 0);
    }

    RouterLimits limits() {
        return RouterTables.limits(TestLimits.usual()
                .connectionsPerUser(connectionsPerUser, whenUserIsFull)
                .subscriptionsPerConnection(subscriptionsPerConnection)
                .openReceiptsPerConnection(openReceiptsPerConnection)
                .receiptTimeout(RECEIPT_TIMEOUT)
                .heartbeat(HEARTBEAT, HEARTBEAT_MISSES));
    }

    @Override
    public String toString() {
        return (nodes == 1 ? "a node" : nodes + " nodes") + " of " + shards + " shards, " + clients + " clients of "
                + users + " with at most " + connectionsPerUser + " connections each (" + whenUserIsFull
                + ") and " + subscriptionsPerConnection + " subscriptions each to " + topics + ", "
                + queue.messagesPerConnection() + " messages and " + queue.bytesPerConnection() + " bytes queued, "
                + queue.bytesOfNode() + " in all (" + queue.policy() + ")"
                + (isCorrupted ? ", tables that break" : "");
    }
}
