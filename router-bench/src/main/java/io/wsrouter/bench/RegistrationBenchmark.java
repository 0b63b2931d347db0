package io.wsrouter.bench;

import io.wsrouter.address.Address;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.routing.Shard;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a shard pay for a connection that comes and goes: among few and many others, and in a storm in which all come and
 * then all go? A connection is made, registered and closed, without a socket. Each thread has a router of its own.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RegistrationBenchmark {

    private static final int STORM = 16_000;

    /** A shard and its users. */
    @State(Scope.Thread)
    public abstract static class Users {

        /** How many connections a user has. */
        @Param({"1", "16"})
        public int connectionsPerUser;

        private final Shard shard =
                BenchRouter.on(List.of(new OwnLoop())).shards().get(0);
        private final Queue<DiscardingConnection> connections = new ArrayDeque<>();
        private Address[] users = {};
        private int opened;

        void make(int count) {
            users = IntStream.range(0, count)
                    .mapToObj(i -> Address.user("user" + i))
                    .toArray(Address[]::new);
        }

        void open() {
            Address user = users[opened++ / connectionsPerUser % users.length];
            connections.add(BenchRouter.register(shard, user, () -> {}));
        }

        void close() {
            shard.onClose(connections.remove(), CloseReason.DRAINING);
        }
    }

    /** A shard with so many connections already. */
    @State(Scope.Thread)
    public static class Steady extends Users {

        /** How many connections live beside the one that comes and goes. */
        @Param({"1000", "100000"})
        public int live;

        /** Opens them; there are twice as many users as are connected. */
        @Setup(Level.Trial)
        public void connect() {
            make(2 * live / connectionsPerUser);
            for (int i = 0; i < live; i++) {
                open();
            }
        }
    }

    /** A shard that is empty. */
    @State(Scope.Thread)
    public static class Empty extends Users {

        /** Makes the users. */
        @Setup(Level.Trial)
        public void make() {
            make(STORM / connectionsPerUser);
        }
    }

    /** One comes and the oldest goes. */
    @Benchmark
    public void comeAndGo(Steady users) {
        users.open();
        users.close();
    }

    /** All come, then all go: the tables grow and shrink. */
    @Benchmark
    @OperationsPerInvocation(STORM)
    public void storm(Empty users) {
        for (int i = 0; i < STORM; i++) {
            users.open();
        }
        for (int i = 0; i < STORM; i++) {
            users.close();
        }
    }
}
