package io.wsrouter.bench;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import com.github.f4b6a3.ulid.Ulid;
import com.github.f4b6a3.ulid.UlidCreator;
import com.github.f4b6a3.uuid.UuidCreator;
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

/**
 * Does a connection id cost a tenth of {@code UUID.randomUUID()} at most, and do loops mint theirs without each other's leave?
 * Beside it: other ids that are unique, and the string that such an id was made of elsewhere.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ConnectionIdGeneratorBenchmark {

    private static final long EPOCH_SECONDS = 1_757_375_098;

    /** One for all threads, as the library advises. */
    private static final TimeBasedEpochGenerator EPOCH_UUIDS = Generators.timeBasedEpochGenerator();

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

    /** A UUIDv7 by java-uuid-generator. */
    @Benchmark
    public UUID uuid7OfJavaUuidGenerator() {
        return EPOCH_UUIDS.generate();
    }

    /** A UUIDv7 by uuid-creator, from secure random bits. */
    @Benchmark
    public UUID uuid7OfUuidCreator() {
        return UuidCreator.getTimeOrderedEpoch();
    }

    /** A UUIDv7 by uuid-creator, from random bits that can be guessed. */
    @Benchmark
    public UUID uuid7FastOfUuidCreator() {
        return UuidCreator.getTimeOrderedEpochFast();
    }

    /** A ULID by ulid-creator, from secure random bits. */
    @Benchmark
    public Ulid ulid() {
        return UlidCreator.getUlid();
    }

    /** A ULID by ulid-creator, from random bits that can be guessed. */
    @Benchmark
    public Ulid ulidFast() {
        return Ulid.fast();
    }

    /** The same text by a format and the first digits of a random UUID. */
    @Benchmark
    public String formattedText() {
        return String.format(
                "ws_%s_%d_%s",
                "alice", EPOCH_SECONDS, UUID.randomUUID().toString().substring(0, 8));
    }
}
