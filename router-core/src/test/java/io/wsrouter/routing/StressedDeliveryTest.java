package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.RecordingConnection.Socket;
import io.wsrouter.routing.RecordingConnection.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The stress test of the seed: ten users get 20 messages each, 10 ms apart, and of their writes 30 % are refused at random.
 * Ten more users are healthy. It runs 25 times, so that the shares say something.
 */
@ExtendWith(SeedWatcher.class)
final class StressedDeliveryTest {

    private static final int RUNS = 25;
    private static final int USERS = 10;
    private static final int MESSAGES_PER_USER = 20;
    private static final Duration TTL = Duration.ofSeconds(30);

    /** What became of the messages to the users whose writes are refused at random. */
    private static final class Account {

        private int delivered;
        private int failed;

        double deliveredPercent() {
            return 100.0 * delivered / (delivered + failed);
        }
    }

    @Test
    void shouldDeliverAboutSeventyPercentOfWhatIsTriedOnce() {
        Account account = run(null);

        assertThat(account.deliveredPercent()).isBetween(66.0, 73.0);
    }

    @Test
    void shouldDeliverNearlyAllOfWhatIsTriedFiveTimes() {
        Account account = run(TTL);

        assertThat(account.deliveredPercent()).isBetween(99.4, 100.0);
    }

    private static Account run(@Nullable Duration ttl) {
        long seed = Seeds.next();
        SplittableRandom random = new SplittableRandom(seed);
        Account account = new Account();
        for (int i = 0; i < RUNS; i++) {
            new Run(random.split(), ttl, account).run();
        }
        System.out.printf(
                "%s with seed %d: %d of %d delivered, %.2f %%%n",
                ttl == null ? "tried once" : "tried five times",
                seed,
                account.delivered,
                account.delivered + account.failed,
                account.deliveredPercent());
        assertThat(account.delivered + account.failed).isEqualTo(RUNS * USERS * MESSAGES_PER_USER);
        return account;
    }

    private static final class Run {

        private final SplittableRandom random;
        private final @Nullable Duration ttl;
        private final Account account;
        private final TestRouter router;
        private final RecordingConnection publisher;
        private final List<RecordingConnection> stressed;
        private final List<RecordingConnection> healthy;

        Run(SplittableRandom random, @Nullable Duration ttl, Account account) {
            this.random = random;
            this.ttl = ttl;
            this.account = account;
            this.router = TestRouter.with(4, TestLimits.usual());
            this.publisher = router.connects("publisher");
            this.stressed = connect("stressed");
            this.healthy = connect("healthy");
            stressed.forEach(receiver -> receiver.hasEachTime(this::anySocket));
        }

        private List<RecordingConnection> connect(String name) {
            return IntStream.range(0, USERS)
                    .mapToObj(i -> router.connects(name + i))
                    .toList();
        }

        private Socket anySocket() {
            if (random.nextInt(10) >= 3) {
                return Socket.HEALTHY;
            }
            return random.nextBoolean() ? Socket.DROPPING : Socket.BUSY;
        }

        void run() {
            for (int message = 0; message < MESSAGES_PER_USER; message++) {
                for (int user = 0; user < USERS; user++) {
                    publish(stressed.get(user), message);
                    publish(healthy.get(user), message);
                    router.runUntilIdle();
                    router.advance(Duration.ofMillis(10));
                }
            }
            router.advance(TTL);
            stressed.forEach(this::account);
            healthy.forEach(this::assertUnaffected);
            assertThat(router.bugs()).isEmpty();
        }

        private void publish(RecordingConnection receiver, int message) {
            String id = receiver.user() + "/" + message;
            if (ttl == null) {
                publisher.publishes(id, "user:" + receiver.user(), "" + message);
            } else {
                publisher.publishes(id, "user:" + receiver.user(), "" + message, ttl);
            }
        }

        /** Each message has one receipt, which is true, and was delivered once and in order, or not at all. */
        private void account(RecordingConnection receiver) {
            List<String> delivered = new ArrayList<>();
            for (int message = 0; message < MESSAGES_PER_USER; message++) {
                Receipt receipt = publisher.receipt(receiver.user() + "/" + message);
                if (receipt.equals(Receipts.delivered(1))) {
                    delivered.add("" + message);
                } else {
                    assertThat(receipt)
                            .isIn(
                                    Receipts.noneOf(1, Outcome.SLOW_CONSUMER),
                                    Receipts.noneOf(1, Outcome.OVERLOADED),
                                    Receipts.noneOf(1, Outcome.CIRCUIT_OPEN));
                    account.failed++;
                }
            }
            account.delivered += delivered.size();
            assertThat(receiver.received()).isEqualTo(delivered);
            assertThat(new HashSet<>(delivered)).hasSameSizeAs(delivered);
        }

        private void assertUnaffected(RecordingConnection receiver) {
            assertThat(receiver.received())
                    .isEqualTo(IntStream.range(0, MESSAGES_PER_USER)
                            .mapToObj(Integer::toString)
                            .toList());
            List<Long> times = receiver.writes().stream().map(Write::atNanos).toList();
            for (int i = 1; i < times.size(); i++) {
                assertThat(times.get(i) - times.get(i - 1)).isEqualTo(USERS * 10_000_000L);
            }
        }
    }
}
