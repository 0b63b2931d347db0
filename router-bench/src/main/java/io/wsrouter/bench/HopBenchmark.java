package io.wsrouter.bench;

import io.wsrouter.address.Address;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.Shard;
import io.wsrouter.transport.EventLoops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a hop from one shard to another cost a message that makes it alone, and one that shares it with what its turn has
 * produced? Two loops as the router has them, with their wake-ups, and connections that discard. Each thread has a pair of its own.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HopBenchmark {

    private static final int MESSAGES = 10_000;
    private static final long PATIENCE_SECONDS = 10;
    private static final RawJson DATA = RawJson.of('"' + "x".repeat(126) + '"');

    /** How many messages one turn of the sending loop hands over. */
    @Param({"1", "10", "100", "1000"})
    public int perTurn;

    private final EventLoops loops = new EventLoops(2, RouterConfig.Transport.AUTO, Duration.ZERO);
    private final Router router = BenchRouter.on(loops.loops());
    private final Shard sender = router.shards().get(0);
    private final Address receiver = BenchRouter.userAt(router, 1, 0);
    private final Semaphore allWritten = new Semaphore(0);
    private final List<Path> threads = new ArrayList<>();
    private DiscardingConnection publisher;
    private boolean isAnswered;
    private int turnsToSend;
    private int left;
    private long wokenBefore;

    /** How often one of the two loops has slept and was woken. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class WakeUps {

        /** Each counts as an operation. Zero where the system does not tell. */
        public long wakeUps;
    }

    /** Registers a user on each shard. */
    @Setup
    public void register() throws Exception {
        publisher = register(sender, BenchRouter.userAt(router, 0, 1), () -> {});
        register(router.shards().get(1), receiver, this::onWritten);
    }

    private DiscardingConnection register(Shard shard, Address user, Runnable onWritten) throws Exception {
        CompletableFuture<DiscardingConnection> registered = new CompletableFuture<>();
        shard.loop().execute(() -> {
            Path self = Path.of("/proc/thread-self");
            try {
                threads.add(
                        Path.of("/proc").resolve(Files.readSymbolicLink(self)).resolve("status"));
            } catch (IOException e) {
                // not Linux: nothing to read
            }
            registered.complete(BenchRouter.register(shard, user, onWritten));
        });
        return registered.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Ends the loops. */
    @TearDown
    public void stop() {
        loops.close();
    }

    /** The next turn begins when all messages of the last have been written: both loops sleep in between. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void answered(WakeUps counted) throws Exception {
        send(true, counted);
    }

    /** Turn follows turn, whatever the other loop does. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void streamed(WakeUps counted) throws Exception {
        send(false, counted);
    }

    private void send(boolean answered, WakeUps counted) throws Exception {
        isAnswered = answered;
        turnsToSend = MESSAGES / perTurn;
        left = MESSAGES;
        sender.loop().execute(this::onTurn);
        if (!allWritten.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(MESSAGES + " messages were not written within " + PATIENCE_SECONDS + " s");
        }
        long woken = woken();
        counted.wakeUps += wokenBefore == 0 ? 0 : woken - wokenBefore;
        wokenBefore = woken;
    }

    /** Runs on the sending loop. */
    private void onTurn() {
        turnsToSend--;
        for (int i = 0; i < perTurn; i++) {
            sender.onCommand(publisher, new Command.Publish(null, receiver, null, DATA, Priority.NORMAL, null));
        }
        if (!isAnswered && turnsToSend > 0) {
            sender.loop().executeNextTurn(this::onTurn);
        }
    }

    /** Runs on the receiving loop. */
    private void onWritten() {
        left--;
        if (left == 0) {
            allWritten.release();
        } else if (isAnswered && left % perTurn == 0) {
            sender.loop().execute(this::onTurn);
        }
    }

    /** A thread that waits for work gives up its processor of its own will. */
    private long woken() throws IOException {
        long woken = 0;
        for (Path thread : threads) {
            for (String line : Files.readAllLines(thread)) {
                if (line.startsWith("voluntary_ctxt_switches:")) {
                    woken +=
                            Long.parseLong(line.substring(line.indexOf(':') + 1).trim());
                }
            }
        }
        return woken;
    }
}
