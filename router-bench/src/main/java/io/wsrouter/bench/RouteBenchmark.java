package io.wsrouter.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.address.Address;
import io.wsrouter.address.AddressCache;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.Shard;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * What it costs a shard to judge, encode and route one publish to one local connection that discards it. Each thread is the
 * loop of a shard of its own.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouteBenchmark {

    private static final RawJson DATA = RawJson.of('"' + "x".repeat(126) + '"');
    private static final RawJson ID = RawJson.ofText("7");
    private static final byte[] RECEIVER = "user:alice".getBytes(UTF_8);

    /** How many publishes a turn of the loop has. */
    @Param({"1", "32"})
    public int perTurn;

    private final OwnLoop loop = new OwnLoop();
    private final Router router = BenchRouter.on(List.of(loop));
    private final Shard shard = router.shards().get(0);
    private final Address receiver = Address.parse(RECEIVER, 0, RECEIVER.length);
    private final Command.Publish command = new Command.Publish(null, receiver, null, DATA, Priority.NORMAL, null);
    private final AddressCache addresses = new AddressCache(1024);
    private DiscardingConnection publisher;
    private long published;
    private long written;

    /** Registers the publisher and the receiver. */
    @Setup
    public void register() {
        publisher = BenchRouter.register(shard, Address.user("publisher"), () -> {});
        BenchRouter.register(shard, receiver, () -> written++);
    }

    /** The address is read from its text, and the publish used again, as the decoder does; nobody asks for a receipt. */
    @Benchmark
    public void publish() {
        route(null, addresses.parse(RECEIVER, 0, RECEIVER.length));
    }

    /** The same with a receipt. */
    @Benchmark
    public void publishWithReceipt() {
        route(ID, addresses.parse(RECEIVER, 0, RECEIVER.length));
    }

    /** Without reading the address. */
    @Benchmark
    public void publishToKnownAddress() {
        route(null, receiver);
    }

    private void route(@Nullable RawJson id, Address to) {
        published++;
        command.become(id, to, null, DATA, Priority.NORMAL, null, Command.Publish.NO_TTL);
        shard.onCommand(publisher, command);
        if (published % perTurn == 0) {
            loop.turn();
        }
    }

    /** What was refused was not measured. */
    @TearDown(Level.Iteration)
    public void check() {
        if (written != published || shard.counters().get(Metric.PUBLISHES_REFUSED) != 0) {
            throw new IllegalStateException("written " + written + " (expected " + published + ")");
        }
    }
}
