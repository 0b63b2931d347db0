package io.wsrouter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wsrouter.address.Address;
import io.wsrouter.address.AddressCache;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.codec.EnvelopeDecoder;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Delivery;
import io.wsrouter.connection.QueueLimits;
import io.wsrouter.connection.SlowConsumerPolicy;
import io.wsrouter.connection.WriteResult;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Message;
import io.wsrouter.routing.CreditLimits;
import io.wsrouter.routing.RegistrationResult;
import io.wsrouter.routing.RetryPolicy;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.RouterLimits;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.routing.SecurityEvent;
import io.wsrouter.routing.Shard;
import io.wsrouter.routing.ShardLoop;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What one publish makes on the heap, from the bytes of its envelope to the bytes that its receivers' sockets would get and
 * the receipt: by the decoder, the shards and the encoder. The JVM counts what this thread allocates, so the figures are
 * exact; of several rounds the best counts, so that neither a compiler nor a class that is loaded late is blamed on the
 * route.
 */
final class AllocationTest {

    /** Less than a byte is nothing: the smallest object takes 16. */
    private static final double NOTHING = 1;

    private static final int ROUNDS = 8;
    private static final int TURNS = 250;
    private static final int PUBLISHES_PER_TURN = 40;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final List<TurnedLoop> loops = List.of(new TurnedLoop(), new TurnedLoop());
    private final Router router = new Router(
            loops,
            new RouterLimits(
                    2_000,
                    RouterLimits.WhenUserIsFull.REFUSE,
                    100,
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE,
                    1_000,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(25),
                    2,
                    RetryPolicy.usual(1 << 20),
                    CreditLimits.among(2),
                    Duration.ofSeconds(10),
                    new QueueLimits(1 << 20, 1_000, 1 << 28, SlowConsumerPolicy.DISCONNECT)),
            Backplane.SINGLE_NODE,
            credentials -> CompletableFuture.failedFuture(new UnsupportedOperationException()),
            new LoudListener(),
            new SplittableRandom(1));
    private final EnvelopeDecoder decoder = new EnvelopeDecoder(new AddressCache(64));

    @Test
    void shouldMakeNothingOfAMessageWithinOneLoop() {
        Sink publisher = connect("publisher", 0);
        Sink receiver = connect("receiver", 0);

        double bytes = bytesPerPublish(publisher, TURNS, envelope(receiver.user(), null));

        assertThat(bytes).isLessThan(NOTHING);
        assertThat(receiver.last()).startsWith("{\"type\":\"message\",\"to\":\"" + receiver.user() + "\",\"from\":\"");
        assertThat(receiver.writes()).isEqualTo(publishes(TURNS));
    }

    @Test
    void shouldMakeNothingOfAReceiptWithinOneLoop() {
        Sink publisher = connect("publisher", 0);
        Sink receiver = connect("receiver", 0);

        double bytes = bytesPerPublish(publisher, TURNS, envelope(receiver.user(), "7-\\u00e9"));

        assertThat(bytes).isLessThan(NOTHING);
        assertThat(publisher.last()).isEqualTo(receipt("7-\\u00e9", 1));
        assertThat(publisher.writes()).isEqualTo(publishes(TURNS));
        assertThat(receiver.writes()).isEqualTo(publishes(TURNS));
    }

    @Test
    void shouldMakeNothingOfAMessageToAThousandSubscribers() {
        int turns = 5;
        Sink publisher = connect("publisher", 0);
        Address topic = topicAt(0);
        List<Sink> subscribers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Sink subscriber = connect("subscriber" + i, 0);
            give(subscriber, ("{\"type\":\"subscribe\",\"to\":\"" + topic + "\"}").getBytes(UTF_8));
            subscribers.add(subscriber);
        }

        double bytes = bytesPerPublish(publisher, turns, envelope(topic, "7"));

        assertThat(bytes).isLessThan(100 + NOTHING); // a receipt of so many is made anew
        assertThat(publisher.last()).isEqualTo(receipt("7", 1_000));
        assertThat(subscribers).allMatch(subscriber -> subscriber.writes() == publishes(turns));
    }

    @Test
    void shouldMakeNothingOfAMessageToAnotherLoop() {
        Sink publisher = connect("publisher", 0);
        Sink receiver = connect("receiver", 1);

        double bytes = bytesPerPublish(publisher, TURNS, envelope(receiver.user(), null));

        assertThat(bytes).isLessThan(NOTHING);
        assertThat(receiver.writes()).isEqualTo(publishes(TURNS));
    }

    @Test
    void shouldMakeNothingOfAReceiptFromAnotherLoop() {
        Sink publisher = connect("publisher", 0);
        Sink receiver = connect("receiver", 1);

        double bytes = bytesPerPublish(publisher, TURNS, envelope(receiver.user(), "7"));

        assertThat(bytes).isLessThan(NOTHING);
        assertThat(publisher.last()).isEqualTo(receipt("7", 1));
        assertThat(publisher.writes()).isEqualTo(publishes(TURNS));
    }

    @Test
    void shouldMakeNothingOfAMessageToSubscribersOnAnotherLoop() {
        Sink publisher = connect("publisher", 0);
        Sink near = connect("near", 0);
        Sink far = connect("far", 1);
        Address topic = topicAt(0);
        for (Sink subscriber : List.of(near, far)) {
            give(subscriber, ("{\"type\":\"subscribe\",\"to\":\"" + topic + "\"}").getBytes(UTF_8));
        }
        runUntilIdle();

        double bytes = bytesPerPublish(publisher, TURNS, envelope(topic, "7"));

        assertThat(bytes).isLessThan(NOTHING);
        assertThat(publisher.last()).isEqualTo(receipt("7", 2));
        assertThat(far.writes()).isEqualTo(publishes(TURNS));
    }

    // ---- measuring

    private double bytesPerPublish(Sink publisher, int turns, byte[] envelope) {
        double least = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int turn = 0; turn < turns; turn++) {
                for (int i = 0; i < PUBLISHES_PER_TURN; i++) {
                    give(publisher, envelope);
                }
                runUntilIdle();
            }
            long made = THREADS.getCurrentThreadAllocatedBytes() - before;
            least = Math.min(least, (double) made / turns / PUBLISHES_PER_TURN);
        }
        return least;
    }

    private static long publishes(int turns) {
        return (long) ROUNDS * turns * PUBLISHES_PER_TURN;
    }

    private void give(Sink from, byte[] envelope) {
        from.shard().onCommand(from, decoder.decode(envelope, envelope.length));
    }

    private void runUntilIdle() {
        while (loops.get(0).turn() || loops.get(1).turn()) {
            // until neither has work
        }
    }

    private static byte[] envelope(Address to, @Nullable String id) {
        String idMember = id == null ? "" : "\"id\":\"" + id + "\",";
        return ("{\"type\":\"publish\"," + idMember + "\"to\":\"" + to
                        + "\",\"event\":\"agent_started\",\"priority\":\"high\",\"data\":{\"text\":\"" + "x".repeat(128)
                        + "\"}}")
                .getBytes(UTF_8);
    }

    private static String receipt(String id, int delivered) {
        return "{\"type\":\"receipt\",\"id\":\"" + id + "\",\"outcome\":\"delivered\",\"matched\":" + delivered
                + ",\"delivered\":" + delivered + ",\"queued\":0,\"refused\":{}}";
    }

    // ---- who takes part

    private Sink connect(String name, int shard) {
        for (int i = 0; ; i++) {
            Address user = Address.user(name + "_" + i);
            if (router.homeShard(user).index() == shard) {
                Sink sink = new Sink(user, router.shards().get(shard), loops.get(shard));
                assertThat(sink.shard().onRegister(sink)).isEqualTo(RegistrationResult.REGISTERED);
                return sink;
            }
        }
    }

    private Address topicAt(int shard) {
        for (int i = 0; ; i++) {
            Address topic = Address.topic("news" + i);
            if (router.homeShard(topic).index() == shard) {
                return topic;
            }
        }
    }

    /** A loop that the test's thread turns. */
    private static final class TurnedLoop implements ShardLoop {

        private final Queue<Runnable> tasks = new ArrayDeque<>();

        /** Runs what waits and says whether there was something. */
        boolean turn() {
            boolean hadWork = false;
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                hadWork = true;
                task.run();
            }
            return hadWork;
        }

        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void executeAfter(Runnable task, long delayNanos) {
            throw new UnsupportedOperationException("a timer");
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }
    }

    /** A connection that copies what it is given, as a socket's buffer does, and tells its deliveries when the turn ends. */
    private static final class Sink extends Connection {

        private final Shard shard;
        private final TurnedLoop loop;
        private final List<Delivery> deliveries = new ArrayList<>();
        private final Runnable flush = this::flush;
        private final byte[] buffer = new byte[1024];
        private int length;
        private long writes;

        Sink(Address user, Shard shard, TurnedLoop loop) {
            super(new Principal(
                    user,
                    new Grants(List.of(AddressPattern.parse("*")), List.of(AddressPattern.parse("*")), false),
                    Long.MAX_VALUE / 1000));
            this.shard = shard;
            this.loop = loop;
        }

        @Override
        public WriteResult write(Message message, @Nullable Delivery delivery) {
            take(message.json(), message.lengthBytes());
            if (delivery != null) {
                if (deliveries.isEmpty()) {
                    loop.execute(flush);
                }
                deliveries.add(delivery);
            }
            return WriteResult.ACCEPTED;
        }

        private void flush() {
            for (int i = 0; i < deliveries.size(); i++) {
                deliveries.get(i).onDelivered();
            }
            deliveries.clear();
        }

        @Override
        public void push(byte[] json, int lengthBytes) {
            take(json, lengthBytes);
        }

        private void take(byte[] json, int lengthBytes) {
            System.arraycopy(json, 0, buffer, 0, lengthBytes);
            length = lengthBytes;
            writes++;
        }

        Shard shard() {
            return shard;
        }

        Address user() {
            return principal().user();
        }

        /** The last frame that it was given. */
        String last() {
            return new String(buffer, 0, length, UTF_8);
        }

        long writes() {
            return writes;
        }

        @Override
        public void ping() {}

        @Override
        public void close(CloseReason reason) {}

        @Override
        public boolean isSocketOpen() {
            return true;
        }
    }

    private static final class LoudListener implements RouterListener {

        @Override
        public void onSecurityEvent(SecurityEvent event) {
            throw new AssertionError(event);
        }

        @Override
        public void onBug(Throwable cause) {
            throw new AssertionError(cause);
        }
    }
}
