package io.wsrouter.bench;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.connection.ConnectionIdGenerator;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A connection id costs a tenth of {@code UUID.randomUUID()}, and loops mint theirs without each other's leave. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ConnectionIdGeneratorBenchmark {

    private static final long EPOCH_SECONDS = 1_757_375_098;

    private final Address user = Address.user("alice");
    private final ConnectionIdGenerator ids = new ConnectionIdGenerator(new SecureRandom());

    /** A new id, as a shard mints it. */
    @Benchmark
    public ConnectionId connectionId() {
        return ids.next(user, EPOCH_SECONDS);
    }

    /** A new id and its text. */
    @Benchmark
    public String connectionIdAsText() {
        return ids.next(user, EPOCH_SECONDS).toString();
    }

    /** What it is compared with. */
    @Benchmark
    public UUID uuid() {
        return UUID.randomUUID();
    }

    /** What its text is compared with. */
    @Benchmark
    public String uuidAsText() {
        return UUID.randomUUID().toString();
    }
}
