package io.wsrouter.bench;

import io.netty.channel.DefaultEventLoop;
import io.wsrouter.address.Address;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Publishes that cross from one shard to another, each on its own thread, to connections that discard. Each thread of the
 * benchmark drives a publisher on a shard of its own and waits until the batch has been written on the next shard.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouterBenchmark {

    private static final int BATCH = 1_000;
    private static final long PATIENCE_SECONDS = 10;
    private static final RawJson DATA = RawJson.of('"' + "x".repeat(126) + '"');

    /** A shard for each thread, and at least two. */
    @State(Scope.Benchmark)
    public static class Shards {

        private final List<ThreadLoop> loops = new ArrayList<>();
        private final AtomicInteger routes = new AtomicInteger();
        private Router router;

        /** Starts the loops. */
        @Setup
        public void start(BenchmarkParams params) {
            for (int i = 0; i < Math.max(2, params.getThreads()); i++) {
                loops.add(new ThreadLoop(new DefaultEventLoop(), System::nanoTime));
            }
            router = BenchRouter.on(loops);
        }

        /** Ends them. */
        @TearDown
        public void stop() {
            loops.forEach(loop ->
                    loop.eventLoop().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly());
        }
    }

    /** One publisher and its receiver on the next shard. */
    @State(Scope.Thread)
    public static class Route {

        private final Semaphore batchWritten = new Semaphore(0);
        private Address receiver;
        private Shard home;
        private DiscardingConnection publisher;
        private int written;

        /** Registers both on their shards. */
        @Setup(Level.Trial)
        public void register(Shards shards) throws Exception {
            int number = shards.routes.getAndIncrement();
            int count = shards.loops.size();
            receiver = BenchRouter.userAt(shards.router, (number + 1) % count, 2 * number);
            Address sender = BenchRouter.userAt(shards.router, number % count, 2 * number + 1);
            home = shards.router.homeShard(sender);
            publisher = register(home, sender, () -> {});
            register(shards.router.homeShard(receiver), receiver, this::onWritten);
        }

        private static DiscardingConnection register(Shard shard, Address user, Runnable onWritten) throws Exception {
            CompletableFuture<DiscardingConnection> registered = new CompletableFuture<>();
            shard.loop().execute(() -> registered.complete(BenchRouter.register(shard, user, onWritten)));
            return registered.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        private void onWritten() {
            if (++written == BATCH) {
                written = 0;
                batchWritten.release();
            }
        }

        private void publishBatch(@Nullable String id) throws InterruptedException {
            home.loop().execute(() -> {
                for (int i = 0; i < BATCH; i++) {
                    home.onCommand(publisher, new Command.Publish(id, receiver, null, DATA, Priority.NORMAL, null));
                }
            });
            if (!batchWritten.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a batch was not written within " + PATIENCE_SECONDS + " s");
            }
        }
    }

    /** Nobody asks for receipts. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void crossShards(Route route) throws InterruptedException {
        route.publishBatch(null);
    }

    /** Each publish has a receipt, which crosses back. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void crossShardsWithReceipt(Route route) throws InterruptedException {
        route.publishBatch("7");
    }
}
