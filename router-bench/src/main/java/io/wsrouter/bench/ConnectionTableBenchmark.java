package io.wsrouter.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionIdGenerator;
import io.wsrouter.connection.ConnectionTable;
import io.wsrouter.connection.UserConnections;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.Object2ObjectHashMap;
import org.jctools.maps.NonBlockingHashMapLong;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does the connection table cost a look-up, beside the bare Agrona map that it is made of, a {@link ConcurrentHashMap} and
 * maps of primitive keys? Random look-ups, all of them hits, by keys that are equal to those in the table but not the same, as a
 * decoder makes them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ConnectionTableBenchmark {

    /** How many users there are, with one connection each. */
    @Param({"1000", "20000", "200000"})
    public int entries;

    private final SplittableRandom random = new SplittableRandom(1);
    private final ConnectionTable table = new ConnectionTable();
    private final Map<Address, UserConnections> agronaByUser = new Object2ObjectHashMap<>();
    private final Map<Address, UserConnections> concurrentByUser = new ConcurrentHashMap<>();
    private final Map<ConnectionId, Connection> agronaById = new Object2ObjectHashMap<>();
    private final Map<ConnectionId, Connection> concurrentById = new ConcurrentHashMap<>();
    private final Long2ObjectHashMap<Connection> agronaByLong = new Long2ObjectHashMap<>();
    private final NonBlockingHashMapLong<Connection> concurrentByLong = new NonBlockingHashMapLong<>();
    private Address[] users = {};
    private ConnectionId[] ids = {};
    private long[] longs = {};
    private int next;

    /** Fills all tables with the same connections, and makes the keys in the order in which they will be looked up. */
    @Setup
    public void fill() {
        ConnectionIdGenerator generator = new ConnectionIdGenerator(random);
        DiscardingConnection[] connections = new DiscardingConnection[entries];
        for (int i = 0; i < entries; i++) {
            Address user = Address.user("user" + i);
            connections[i] = new DiscardingConnection(user, () -> {});
            table.putIfAbsent(generator.next(user, 1_757_375_098), connections[i]);
            UserConnections ofUser = table.ofUser(user);
            if (ofUser != null) {
                agronaByUser.put(user, ofUser);
                concurrentByUser.put(user, ofUser);
            }
            agronaById.put(connections[i].id(), connections[i]);
            concurrentById.put(connections[i].id(), connections[i]);
        }
        makeKeys(connections);
    }

    private void makeKeys(DiscardingConnection[] connections) {
        users = new Address[entries];
        ids = new ConnectionId[entries];
        longs = new long[entries];
        shuffle(connections);
        for (int i = 0; i < entries; i++) {
            byte[] text = connections[i].principal().user().toString().getBytes(UTF_8);
            users[i] = Address.parse(text, 0, text.length);
            ids[i] = ConnectionId.parse(connections[i].id().toString());
            longs[i] = random.nextLong();
        }
        for (int i = 0; i < entries; i++) {
            agronaByLong.put(longs[i], connections[i]);
            concurrentByLong.put(longs[i], connections[i]);
        }
    }

    private void shuffle(DiscardingConnection[] connections) {
        for (int i = connections.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            DiscardingConnection swapped = connections[i];
            connections[i] = connections[other];
            connections[other] = swapped;
        }
    }

    private int next() {
        next = next + 1 == entries ? 0 : next + 1;
        return next;
    }

    /** The connections of a user, in the router's table. */
    @Benchmark
    public @Nullable UserConnections byUser() {
        return table.ofUser(users[next()]);
    }

    /** The same in one Agrona map. */
    @Benchmark
    public @Nullable UserConnections byUserInOneAgronaMap() {
        return agronaByUser.get(users[next()]);
    }

    /** The same in a concurrent map. */
    @Benchmark
    public @Nullable UserConnections byUserInConcurrentHashMap() {
        return concurrentByUser.get(users[next()]);
    }

    /** A connection by its id, in the router's table. */
    @Benchmark
    public @Nullable Connection byId() {
        return table.get(ids[next()]);
    }

    /** The same in one Agrona map. */
    @Benchmark
    public @Nullable Connection byIdInOneAgronaMap() {
        return agronaById.get(ids[next()]);
    }

    /** The same in a concurrent map. */
    @Benchmark
    public @Nullable Connection byIdInConcurrentHashMap() {
        return concurrentById.get(ids[next()]);
    }

    /** As if an id were a random long: Agrona's map of primitive keys. */
    @Benchmark
    public @Nullable Connection byLongInAgronaMap() {
        return agronaByLong.get(longs[next()]);
    }

    /** As if an id were a random long: JCTools' concurrent map of primitive keys. */
    @Benchmark
    public @Nullable Connection byLongInNonBlockingHashMap() {
        return concurrentByLong.get(longs[next()]);
    }
}
