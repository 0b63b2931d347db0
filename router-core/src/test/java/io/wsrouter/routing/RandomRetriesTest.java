package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.auth.Principal;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.RecordingConnection.Socket;
import io.wsrouter.routing.RecordingConnection.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages with a time to live while clients come and go and their sockets do everything that a socket may do, in random
 * order. {@code -Dwsrouter.test.seed} replays one.
 */
@ExtendWith(SeedWatcher.class)
final class RandomRetriesTest {

    private static final int SCHEDULES = 60;
    private static final int ACTIONS = 400;
    private static final Duration LONGEST_TTL = Duration.ofSeconds(4);
    private static final List<String> USERS = List.of("a", "b", "c");
    private static final String TOPIC = "topic:t";
    private static final Socket[] SOCKETS = {
        Socket.HEALTHY,
        Socket.HEALTHY,
        Socket.IMMEDIATE,
        Socket.HOLDING,
        Socket.FLUSHING,
        Socket.FULL,
        Socket.DROPPING,
        Socket.BUSY,
        Socket.FAILING
    };

    private record Sent(String to, long deadlineNanos, CompletableFuture<Receipt> answer) {}

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldKeepEveryPromiseInAnyOrderOfSteps(long seed) {
        try {
            new Schedule(seed).run();
        } catch (AssertionError e) {
            throw new AssertionError("replay with -D" + Seeds.PROPERTY + "=" + seed, e);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong(Seeds.PROPERTY) == null ? SCHEDULES : 1)
                .map(i -> Seeds.next());
    }

    private static final class Schedule {

        private final SplittableRandom random;
        private final TestRouter router;
        private final Principal backend = Principals.everything("backend");
        private final List<RecordingConnection> present = new ArrayList<>();
        private final List<Sent> sent = new ArrayList<>();

        Schedule(long seed) {
            random = new SplittableRandom(seed);
            router = TestRouter.with(
                    1 + random.nextInt(4), TestLimits.usual(), RecordingBackplane.alone(), random.nextLong());
        }

        void run() {
            for (int i = 0; i < ACTIONS; i++) {
                act();
            }
            present.forEach(connection -> connection.becomes(Socket.HEALTHY, Outcome.DELIVERED));
            router.runUntilIdle();
            router.advance(LONGEST_TTL.multipliedBy(2));

            assertThat(router.findings()).isEmpty();
            Map<Integer, Integer> deliveries = new HashMap<>();
            router.connections().forEach(connection -> countDeliveries(connection, deliveries));
            for (int number = 0; number < sent.size(); number++) {
                assertReceipt(number, deliveries.getOrDefault(number, 0));
            }
            for (Shard shard : router.router().shards()) {
                assertThat(shard.retries().underWay()).isZero();
                assertThat(shard.retries().waitingBytes()).isZero();
            }
        }

        private void act() {
            int dice = random.nextInt(100);
            if (dice < 6 || present.isEmpty()) {
                connect();
            } else if (dice < 50) {
                publish();
            } else if (dice < 60) {
                anyone().becomes(SOCKETS[random.nextInt(SOCKETS.length)], anyAnswer());
            } else if (dice < 65) {
                leave();
            } else if (dice < 75) {
                router.advance(Duration.ofMillis(1 + random.nextInt(300)));
            } else {
                for (int steps = random.nextInt(12); steps > 0; steps--) {
                    router.step();
                }
            }
        }

        private void connect() {
            RecordingConnection connection =
                    router.arrives(Principals.everything(USERS.get(random.nextInt(USERS.size()))));
            connection.subscribesTo(TOPIC);
            present.add(connection);
        }

        private void leave() {
            RecordingConnection leaving = present.remove(random.nextInt(present.size()));
            switch (random.nextInt(3)) {
                case 0 -> leaving.disconnects();
                case 1 -> leaving.losesItsSocket();
                default -> leaving.losesItsSocketFarAway();
            }
        }

        private void publish() {
            String to = random.nextInt(4) == 0 ? TOPIC : "user:" + USERS.get(random.nextInt(USERS.size()));
            if (random.nextInt(8) == 0 && anyone().registration() == RegistrationResult.REGISTERED) {
                to = present.stream()
                        .filter(one -> one.registration() == RegistrationResult.REGISTERED)
                        .findFirst()
                        .orElseThrow()
                        .address();
            }
            Duration ttl = Duration.ofMillis(1 + random.nextLong(LONGEST_TTL.toMillis()));
            /* The deadline counts from when the shard judges it, which is a step later. */
            long deadlineNanos = router.clock().nanoTime() + ttl.toNanos() + LONGEST_TTL.toNanos();
            sent.add(new Sent(to, deadlineNanos, router.publishes(backend, to, "" + sent.size(), ttl)));
        }

        private RecordingConnection anyone() {
            return present.get(random.nextInt(present.size()));
        }

        /** What becomes of what a socket holds: the kernel takes it, or it is displaced, or the write fails. */
        private Outcome anyAnswer() {
            return switch (random.nextInt(3)) {
                case 0 -> Outcome.SLOW_CONSUMER;
                case 1 -> Outcome.WRITE_FAILED;
                default -> Outcome.DELIVERED;
            };
        }

        /** Nobody got a message twice, or one address's messages in another order than that in which they were sent. */
        private void countDeliveries(RecordingConnection connection, Map<Integer, Integer> deliveries) {
            Map<String, Integer> last = new HashMap<>();
            for (Write write : connection.writes()) {
                if (write.decision() == Outcome.DELIVERED) {
                    int number = Integer.parseInt(write.data());
                    Sent one = sent.get(number);
                    Integer before = last.put(one.to(), number);
                    assertThat(before == null || before < number)
                            .as("%s got %s before %d", connection, before, number)
                            .isTrue();
                    assertThat(write.atNanos() - one.deadlineNanos()).isLessThanOrEqualTo(0);
                    deliveries.merge(number, 1, Integer::sum);
                }
            }
        }

        private void assertReceipt(int number, int deliveries) {
            Receipt receipt = router.answer(sent.get(number).answer());
            assertThat(deliveries)
                    .as(
                            "deliveries of %d to %s, of which the receipt says %s",
                            number, sent.get(number).to(), receipt)
                    .isBetween(receipt.delivered(), receipt.delivered() + receipt.queued());
            assertThat(receipt.unknown()).isEmpty();
        }
    }
}
