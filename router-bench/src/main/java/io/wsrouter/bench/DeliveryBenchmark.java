package io.wsrouter.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.address.Address;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.Shard;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a publish cost by what it is sent to and by how many receive it, and what does one delivery of it cost? On one
 * shard, with connections that discard; the address is read from its text each time. Each thread has a router of its own.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DeliveryBenchmark {

    private static final RawJson DATA = RawJson.of('"' + "x".repeat(126) + '"');
    private static final Address USER = Address.user("alice");
    private static final Address TOPIC = Address.parse("topic:news");

    /** What it is sent to. One connection receives alone, however many its user has. */
    @Param({"USER", "CONNECTION", "TOPIC"})
    public Address.Kind to = Address.Kind.USER;

    /** Connections of the user, each a subscriber of the topic. */
    @Param({"1", "10", "1000"})
    public int connections;

    private final OwnLoop loop = new OwnLoop();
    private final Router router = BenchRouter.on(List.of(loop));
    private final Shard shard = router.shards().get(0);
    private DiscardingConnection publisher;
    private byte[] address = {};
    private long published;
    private long written;

    /** Each delivery counts as an operation. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Deliveries {

        /** How many there were. */
        public long deliveries;
    }

    /** Registers the publisher and the receivers. */
    @Setup
    public void register() {
        publisher = BenchRouter.register(shard, Address.user("publisher"), () -> {});
        Address last = USER;
        for (int i = 0; i < connections; i++) {
            DiscardingConnection receiver = BenchRouter.register(shard, USER, () -> written++);
            shard.onCommand(receiver, new Command.Subscribe(null, TOPIC));
            last = Address.connection(receiver.id());
        }
        address = (switch (to) {
                    case USER -> USER;
                    case CONNECTION -> last;
                    case TOPIC -> TOPIC;
                })
                .toString()
                .getBytes(UTF_8);
    }

    /** Nobody asks for a receipt. */
    @Benchmark
    public void publish(Deliveries counted) {
        published++;
        Address receiver = Address.parse(address, 0, address.length);
        shard.onCommand(publisher, new Command.Publish(null, receiver, null, DATA, Priority.NORMAL, null));
        loop.turn();
        counted.deliveries += deliveriesEach();
    }

    private int deliveriesEach() {
        return to == Address.Kind.CONNECTION ? 1 : connections;
    }

    /** What was refused was not measured. */
    @TearDown(Level.Iteration)
    public void check() {
        if (written != published * deliveriesEach() || shard.counters().get(Metric.PUBLISHES_REFUSED) != 0) {
            throw new IllegalStateException("written " + written + " (expected " + published * deliveriesEach() + ")");
        }
    }
}
