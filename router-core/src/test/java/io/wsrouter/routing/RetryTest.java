package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.RecordingConnection.Socket;
import io.wsrouter.routing.RecordingConnection.Write;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A message with a time to live is tried again where that can help, in order, and at most once for each receiver. */
@ExtendWith(SeedWatcher.class)
final class RetryTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final RetryPolicy EXACT = RetryPolicy.usual(1 << 20).withoutJitter();

    private final TestRouter router = TestRouter.with(3, TestLimits.usual().retry(EXACT));
    private final RecordingConnection alice = router.connects("alice");
    private final RecordingConnection bob = router.connects("bob");
    private long startNanos;

    @BeforeEach
    void start() {
        startNanos = router.clock().nanoTime();
    }

    // ---- receivers who are there

    @Test
    void shouldDeliverAtOnceWhatAHealthyReceiverTakes() {
        alice.publishes("1", "user:bob", "1", TTL);
        router.runUntilIdle();

        assertThat(bob.received()).containsExactly("1");
        assertThat(alice.receipt("1")).isEqualTo(Receipts.delivered(1));
        assertNothingIsLeft();
    }

    /** The script of the seed: three failures, the breaker opens, the probe is the fourth attempt. */
    @Test
    void shouldTryAt0And100And300AndProbeAt700WhenTheCoolDownIsOver() {
        bob.hasInTurn(Socket.DROPPING, Socket.DROPPING, Socket.DROPPING);

        alice.publishes("1", "user:bob", "1", TTL);
        router.runUntilIdle();
        pass(Duration.ofMillis(650));
        assertThat(router.count(Metric.BREAKERS_OPENED)).isEqualTo(1);
        assertThat(router.count(Metric.BREAKERS_CLOSED)).isZero();
        pass(Duration.ofMillis(350));

        assertThat(attemptsAtMillis(bob)).containsExactly(0L, 100L, 300L, 700L);
        assertThat(bob.received()).containsExactly("1");
        assertThat(alice.receipt("1")).isEqualTo(Receipts.delivered(1));
        assertThat(router.count(Metric.BREAKERS_CLOSED)).isEqualTo(1);
        assertThat(router.count(Metric.RETRIED)).isEqualTo(3);
        assertThat(router.count(Metric.RETRY_RECOVERED)).isEqualTo(1);
        assertThat(bob.breaker()).as("the breaker of the healthy").isNull();
        assertNothingIsLeft();
    }

    @Test
    void shouldGiveUpAfterFiveAttemptsAndSayWhy() {
        bob.has(Socket.BUSY);

        alice.publishes("1", "user:bob", "1", TTL);
        pass(Duration.ofSeconds(5));

        assertThat(attemptsAtMillis(bob)).containsExactly(0L, 100L, 300L, 700L, 1_500L);
        assertThat(alice.receipt("1")).isEqualTo(Receipts.noneOf(1, Outcome.OVERLOADED));
        assertNothingIsLeft();
    }

    @Test
    void shouldVaryThePausesByAFifth() {
        TestRouter varied = TestRouter.with(1, TestLimits.usual());
        RecordingConnection publisher = varied.connects("alice");
        List<RecordingConnection> receivers =
                IntStream.range(0, 50).mapToObj(i -> varied.connects("r" + i)).toList();
        long start = varied.clock().nanoTime();
        for (RecordingConnection receiver : receivers) {
            receiver.hasInTurn(Socket.BUSY);
            publisher.publishes(null, "user:" + receiver.user(), "1", TTL);
        }
        varied.runUntilIdle();
        varied.advance(Duration.ofSeconds(1));

        List<Long> millis = receivers.stream()
                .map(receiver -> (receiver.writes().get(1).atNanos() - start) / 1_000_000)
                .toList();
        assertThat(millis).allMatch(at -> at >= 80 && at <= 130);
        assertThat(millis.stream().distinct().count()).isGreaterThan(2);
    }

    @Test
    void shouldNotTryAgainWhatWasWrittenHalf() {
        bob.has(Socket.FAILING);

        alice.publishes("1", "user:bob", "1", TTL);
        pass(Duration.ofSeconds(20));

        assertThat(bob.writes()).hasSize(1);
        assertThat(alice.receipt("1")).isEqualTo(Receipts.noneOf(1, Outcome.WRITE_FAILED));
    }

    @Test
    void shouldTryAgainTowardsTheReceiverThatRefusedAlone() {
        RecordingConnection other = router.connects("bob");
        bob.hasInTurn(Socket.DROPPING);

        alice.publishes("1", "user:bob", "1", TTL);
        pass(Duration.ofSeconds(1));

        assertThat(other.writes()).hasSize(1);
        assertThat(bob.received()).containsExactly("1");
        assertThat(alice.receipt("1")).isEqualTo(Receipts.delivered(2));
    }

    @Test
    void shouldTryTheSubscribersOfATopicAgain() {
        bob.subscribesTo("topic:t");
        router.runUntilIdle();
        bob.hasInTurn(Socket.DROPPING);

        alice.publishes("1", "topic:t", "1", TTL);
        pass(Duration.ofSeconds(1));

        assertThat(bob.received()).containsExactly("1");
        assertThat(alice.receipt("1")).isEqualTo(Receipts.delivered(1));
    }

    @Test
    void shouldNotTryAgainTowardsWhoHasUnsubscribedMeanwhile() {
        bob.subscribesTo("topic:t");
        router.runUntilIdle();
        bob.hasInTurn(Socket.DROPPING);

        alice.publishes("1", "topic:t", "1", TTL);
        router.runUntilIdle();
        bob.unsubscribesFrom("topic:t");
        pass(Duration.ofSeconds(1));

        assertThat(bob.received()).isEmpty();
        assertThat(alice.receipt("1")).isEqualTo(Receipts.noneOf(1, Outcome.NO_ROUTE));
    }

    @Test
    void shouldKeepTheOrderBehindTheOldest() {
        bob.hasInTurn(Socket.BUSY);

        for (int i = 1; i <= 5; i++) {
            alice.publishes("" + i, "user:bob", "" + i, TTL);
        }
        alice.publishes("6", "user:bob", "6");
        router.runUntilIdle();
        assertThat(bob.received()).as("without a time to live it does not wait").containsExactly("6");
        pass(Duration.ofSeconds(1));

        assertThat(bob.received()).containsExactly("6", "1", "2", "3", "4", "5");
        assertNothingIsLeft();
    }

    @Test
    void shouldKeepTheOrderOfWhatWasDisplaced() {
        bob.has(Socket.HOLDING);
        for (int i = 1; i <= 3; i++) {
            alice.publishes("" + i, "user:bob", "" + i, TTL);
        }
        router.runUntilIdle();
        bob.has(Socket.HEALTHY);
        bob.decidesHeldFromTheNewest(Outcome.SLOW_CONSUMER);
        alice.publishes("4", "user:bob", "4", TTL);
        pass(Duration.ofSeconds(1));

        assertThat(bob.received()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void shouldLetNoMoreThanAHundredWaitForOneReceiver() {
        bob.has(Socket.BUSY);

        for (int i = 0; i < 102; i++) {
            alice.publishes("" + i, "user:bob", "" + i, TTL);
        }
        router.runUntilIdle();
        assertThat(alice.receipt("100")).isEqualTo(Receipts.noneOf(1, Outcome.OVERLOADED));
        assertThat(alice.receipt("101")).isEqualTo(Receipts.noneOf(1, Outcome.OVERLOADED));
        bob.has(Socket.HEALTHY);
        pass(Duration.ofSeconds(1));

        assertThat(bob.received())
                .isEqualTo(IntStream.range(0, 100).mapToObj(Integer::toString).toList());
        assertNothingIsLeft();
    }

    // ---- the breaker

    @Test
    void shouldAnswerCircuitOpenWithoutATimeToLive() {
        bob.hasInTurn(Socket.DROPPING, Socket.DROPPING, Socket.DROPPING);
        for (int i = 1; i <= 4; i++) {
            alice.publishes("" + i, "user:bob", "" + i);
        }
        router.runUntilIdle();

        assertThat(alice.receipt("3")).isEqualTo(Receipts.noneOf(1, Outcome.SLOW_CONSUMER));
        assertThat(alice.receipt("4")).isEqualTo(Receipts.noneOf(1, Outcome.CIRCUIT_OPEN));
        pass(Duration.ofMillis(400));
        alice.publishes("5", "user:bob", "5");
        router.runUntilIdle();

        assertThat(alice.receipt("5")).isEqualTo(Receipts.delivered(1));
        assertThat(bob.breaker()).isNull();
    }

    @Test
    void shouldLetExactlyOneProbeThrough() {
        opensItsBreaker(bob);
        bob.has(Socket.HOLDING);
        pass(Duration.ofMillis(400));

        for (int i = 1; i <= 3; i++) {
            alice.publishes("" + i, "user:bob", "" + i, TTL);
            alice.publishes("without " + i, "user:bob", "" + i);
        }
        pass(Duration.ofSeconds(1));
        assertThat(heldBy(bob)).containsExactly("1");
        bob.takesEverything();
        router.runUntilIdle();

        assertThat(bob.received()).containsExactly("1", "2", "3");
        assertThat(alice.receipt("without 1")).isEqualTo(Receipts.noneOf(1, Outcome.CIRCUIT_OPEN));
    }

    @Test
    void shouldDoubleTheCoolDownWhileProbesFail() {
        bob.has(Socket.DROPPING);
        for (int i = 1; i <= 3; i++) {
            alice.publishes("user:bob", "" + i);
        }
        for (int i = 1; i <= 5; i++) {
            alice.publishes("" + i, "user:bob", "" + i, Duration.ofMinutes(5));
        }
        pass(Duration.ofSeconds(60));

        assertThat(attemptsAtMillis(bob))
                .startsWith(0L, 0L, 0L, 400L, 1_200L, 2_800L, 6_000L, 12_400L, 18_800L, 25_200L);
        assertThat(alice.receipt("1")).as("five attempts").isEqualTo(Receipts.noneOf(1, Outcome.SLOW_CONSUMER));
    }

    @Test
    void shouldNotSpendAnAttemptOnAnOpenBreaker() {
        opensItsBreaker(bob);
        bob.has(Socket.HEALTHY);

        alice.publishes("1", "user:bob", "1", TTL);
        pass(Duration.ofMillis(390));
        assertThat(bob.received()).isEmpty();
        pass(Duration.ofMillis(10));

        assertThat(bob.received()).containsExactly("1");
        assertThat(router.count(Metric.RETRIED)).isZero();
    }

    @Test
    void shouldLeaveOtherUsersAlone() {
        RecordingConnection carol = router.connects("carol");
        opensItsBreaker(bob);

        alice.publishes("1", "user:carol", "1");
        alice.publishes("2", "user:carol", "2", TTL);
        alice.publishes("3", "user:bob", "3");
        router.runUntilIdle();

        assertThat(carol.received()).containsExactly("1", "2");
        assertThat(alice.receipt("2")).isEqualTo(Receipts.delivered(1));
        assertThat(alice.receipt("3")).isEqualTo(Receipts.noneOf(1, Outcome.CIRCUIT_OPEN));
    }

    @Test
    void shouldCountFailedWritesAndForgetThemAtASuccess() {
        bob.hasInTurn(Socket.FAILING, Socket.FAILING, Socket.HEALTHY, Socket.FAILING, Socket.FAILING);
        for (int i = 1; i <= 6; i++) {
            alice.publishes("" + i, "user:bob", "" + i, TTL);
            router.runUntilIdle();
        }
        assertThat(router.count(Metric.BREAKERS_OPENED)).isZero();
        assertThat(bob.received()).containsExactly("3", "6");

        bob.has(Socket.FAILING);
        for (int i = 7; i <= 9; i++) {
            alice.publishes("" + i, "user:bob", "" + i, TTL);
            router.runUntilIdle();
        }
        assertThat(router.count(Metric.BREAKERS_OPENED)).isEqualTo(1);
    }

    private void opensItsBreaker(RecordingConnection receiver) {
        receiver.hasInTurn(Socket.DROPPING, Socket.DROPPING, Socket.DROPPING);
        for (int i = 1; i <= 3; i++) {
            alice.publishes("user:" + receiver.user(), "0");
        }
        router.runUntilIdle();
    }

    // ---- receivers who are not there

    @Test
    void shouldGiveAUserWhoConnectsMeanwhileWhatWaits() {
        for (int i = 1; i <= 3; i++) {
            alice.publishes("" + i, "user:carol", "" + i, TTL);
        }
        pass(Duration.ofSeconds(5));
        assertThat(alice.pushes("receipt")).isEmpty();

        RecordingConnection carol = router.connects("carol");

        assertThat(carol.received()).containsExactly("1", "2", "3");
        assertThat(alice.receipt("1")).isEqualTo(Receipts.delivered(1));
        assertThat(router.count(Metric.RETRIED)).isZero();
        assertNothingIsLeft();
    }

    @Test
    void shouldSayThatAMessageToAnAbsentUserHasExpired() {
        alice.publishes("1", "user:carol", "1", Duration.ofMillis(1_500));
        alice.publishes(null, "user:carol", "2", Duration.ofMillis(1_500));
        pass(Duration.ofMillis(1_490));
        assertThat(alice.pushes("receipt")).isEmpty();
        pass(Duration.ofMillis(10));

        assertThat(alice.receipt("1")).isEqualTo(Receipt.refused(Outcome.EXPIRED));
        assertThat(alice.pushes("refused")).hasSize(1);
        assertThat(alice.pushes("refused").get(0).counts("outcomes")).isEqualTo(Map.of(Outcome.EXPIRED, 1));
        assertThat(router.count(Metric.EXPIRED)).isEqualTo(2);
        assertThat(router.connects("carol").writes()).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void shouldAnswerNoRouteAtOnceWithoutATimeToLiveOrToOtherAddresses() {
        String gone = bob.address();
        bob.disconnects();
        router.runUntilIdle();
        alice.publishes("1", "user:carol", "1");
        alice.publishes("2", gone, "2", TTL);
        alice.publishes("3", "topic:nobody", "3", TTL);
        router.runUntilIdle();

        for (String id : List.of("1", "2", "3")) {
            assertThat(alice.receipt(id)).isEqualTo(Receipts.noRoute());
        }
    }

    @Test
    void shouldKeepWhatAClosingConnectionDidNotWriteForTheNext() {
        bob.has(Socket.HOLDING);
        alice.publishes("1", "user:bob", "1", TTL);
        alice.publishes("2", bob.address(), "2", TTL);
        router.runUntilIdle();
        bob.losesItsSocket();
        router.runUntilIdle();
        assertThat(alice.receipt("2")).isEqualTo(Receipts.noneOf(1, Outcome.CLOSED));
        assertThat(alice.receipts("1")).isEmpty();

        RecordingConnection next = router.connects("bob");

        assertThat(next.received()).containsExactly("1");
        assertThat(alice.receipt("1")).isEqualTo(Receipts.delivered(1));
    }

    @Test
    void shouldNotOverflowTheQueueOfANewConnectionWithWhatWaits() {
        for (int i = 0; i < 100; i++) {
            alice.publishes("" + i, "user:carol", "" + i, TTL);
        }
        router.runUntilIdle();
        RecordingConnection carol = router.arrives(Principals.everything("carol"));
        carol.has(Socket.HOLDING);
        router.runUntilIdle();

        assertThat(heldBy(carol)).hasSizeLessThan(20);
        carol.takesEverything();
        router.runUntilIdle();

        assertThat(carol.received())
                .isEqualTo(IntStream.range(0, 100).mapToObj(Integer::toString).toList());
        assertNothingIsLeft();
    }

    @Test
    void shouldHandOnWhatWaitsForAConnectionThatCloses() {
        bob.has(Socket.BUSY);
        for (int i = 1; i <= 3; i++) {
            alice.publishes("" + i, "user:bob", "" + i, TTL);
        }
        router.runUntilIdle();
        bob.disconnects();
        pass(Duration.ofSeconds(3));

        assertThat(router.connects("bob").received()).containsExactly("1", "2", "3");
        assertNothingIsLeft();
    }

    @Test
    void shouldKeepForTheNextConnectionWhatAClosedSlowConsumerRefused() {
        bob.has(Socket.FULL);

        alice.publishes("1", "user:bob", "1", TTL);
        router.runUntilIdle();
        assertThat(bob.closeReasons()).containsExactly(CloseReason.SLOW_CONSUMER);
        RecordingConnection next = router.connects("bob");

        assertThat(next.received()).containsExactly("1");
        assertThat(alice.receipt("1")).isEqualTo(Receipts.delivered(1));
    }

    @Test
    void shouldGiveTheNextConnectionEachMessageOnceHoweverManyHaveClosed() {
        RecordingConnection other = router.connects("bob");
        bob.has(Socket.HOLDING);
        other.has(Socket.HOLDING);
        alice.publishes("1", "user:bob", "1", TTL);
        router.runUntilIdle();
        bob.losesItsSocket();
        other.losesItsSocket();
        router.runUntilIdle();

        RecordingConnection next = router.connects("bob");

        assertThat(next.received()).containsExactly("1");
        assertThat(alice.receipt("1")).isEqualTo(Receipts.partial(1, 0, Map.of(Outcome.CLOSED, 1)));
    }

    @Test
    void shouldGiveUpOnAbsentUsersWhenItDrains() {
        alice.publishes("1", "user:carol", "1", TTL);
        router.runUntilIdle();

        Receipt[] answer = new Receipt[1];
        router.publishes(Principals.everything("backend"), "user:dave", "1", TTL)
                .thenAccept(receipt -> answer[0] = receipt);
        router.runUntilIdle();
        router.answer(router.router().drain());

        assertThat(answer[0]).isEqualTo(Receipts.noRoute());
    }

    // ---- the deadline

    @Test
    void shouldTakeBackWhatWaitsInTheQueueOfItsReceiver() {
        bob.has(Socket.HOLDING);
        alice.publishes("1", "user:bob", "1", Duration.ofSeconds(3));
        pass(Duration.ofMillis(2_990));
        assertThat(alice.receipts("1")).as("not at receipt-timeout").isEmpty();
        pass(Duration.ofMillis(10));
        assertThat(alice.receipt("1")).isEqualTo(Receipts.noneOf(1, Outcome.EXPIRED));
        bob.takesEverything();
        router.runUntilIdle();

        assertThat(bob.received()).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void shouldCountAsQueuedWhatCannotBeTakenBackAtTheDeadline() {
        bob.has(Socket.FLUSHING);
        alice.publishes("1", "user:bob", "1", Duration.ofSeconds(1));
        pass(Duration.ofSeconds(1));
        assertThat(alice.receipt("1")).isEqualTo(Receipts.queued(1, 0));
        bob.decidesHeld(Outcome.CLOSED);
        router.runUntilIdle();

        assertThat(alice.receipts("1")).hasSize(1);
        assertNothingIsLeft();
    }

    @Test
    void shouldEndWhatWaitsForAnAttemptAtTheDeadline() {
        bob.has(Socket.BUSY);
        alice.publishes("1", "user:bob", "1", Duration.ofMillis(500));
        alice.publishes("2", "user:bob", "2", Duration.ofMillis(700));
        pass(Duration.ofMillis(500));

        assertThat(alice.receipt("1")).isEqualTo(Receipts.noneOf(1, Outcome.EXPIRED));
        bob.has(Socket.HEALTHY);
        pass(Duration.ofMillis(100));
        assertThat(alice.receipt("2")).isEqualTo(Receipts.delivered(1));
        assertThat(bob.received()).containsExactly("2");
    }

    /** On its way to another shard, for example. */
    @Test
    void shouldNotDeliverWhatComesAfterItsDeadline() {
        alice.publishes("1", "user:bob", "1", Duration.ofMillis(500));
        while (bob.writes().isEmpty() && router.count(Metric.PUBLISHED) == 0) {
            router.step();
        }
        assertThat(bob.writes()).isEmpty();
        router.clock().advance(Duration.ofMillis(500));
        router.runUntilIdle();

        assertThat(bob.writes()).isEmpty();
        assertThat(alice.receipt("1")).isEqualTo(Receipts.noneOf(1, Outcome.EXPIRED));
        assertNothingIsLeft();
    }

    /** Its receipt is dropped and counted, as any of a closed publisher. */
    @Test
    void shouldTellALostConnectionNothingOfWhatWaitedForIt() {
        alice.has(Socket.BUSY);
        alice.publishes("1", alice.address(), "1", TTL);
        router.runUntilIdle();

        alice.losesItsSocket();
        router.runUntilIdle();

        assertThat(alice.receipts("1")).isEmpty();
        assertThat(router.count(Metric.RECEIPTS_DROPPED)).isEqualTo(1);
        assertNothingIsLeft();
    }

    @Test
    void shouldEndWhatWaitsForABreakerAtTheDeadline() {
        opensItsBreaker(bob);
        alice.publishes("1", "user:bob", "1", Duration.ofMillis(300));
        pass(Duration.ofMillis(300));

        assertThat(alice.receipt("1")).isEqualTo(Receipts.noneOf(1, Outcome.EXPIRED));
        assertNothingIsLeft();
    }

    @Test
    void shouldDeliverBehindManyWhoseTimeIsOverBeforeTheirTimersFire() {
        TestRouter one = TestRouter.with(1, TestLimits.usual().retry(EXACT));
        RecordingConnection publisher = one.connects("alice");
        one.runUntilIdle();
        for (int i = 0; i < 20; i++) {
            publisher.publishes("" + i, "user:bob", "" + i, Duration.ofMillis(150));
        }
        publisher.publishes("long", "user:bob", "21", Duration.ofSeconds(60));
        one.runUntilIdle();
        RecordingConnection bob = one.arrives(Principals.everything("bob"));
        one.loop(0).step();
        one.clock().advance(Duration.ofMillis(200)); // before the task that sends to bob, and before any timer
        one.runUntilIdle();
        one.advance(Duration.ofSeconds(1));

        assertThat(publisher.receipt("0").refused()).isEqualTo(Map.of(Outcome.EXPIRED, 1));
        assertThat(bob.received()).containsExactly("21");
    }

    // ---- bounds

    @Test
    void shouldKeepNoMoreBytesForAbsentUsersThanThereIsRoomFor() {
        TestRouter narrow = TestRouter.with(1, TestLimits.usual().retry(RetryPolicy.usual(4_000)));
        RecordingConnection publisher = narrow.connects("alice");
        for (int i = 1; i <= 10; i++) {
            publisher.publishes("" + i, "user:u" + i, "" + i, TTL);
        }
        narrow.runUntilIdle();

        assertThat(publisher.receipt("10")).isEqualTo(Receipt.refused(Outcome.OVERLOADED));
        Retries retries = narrow.shard(0).retries();
        assertThat(retries.waitingBytes()).isBetween(1_500L, 2_000L);
        narrow.advance(TTL);
        assertThat(publisher.receipt("1")).isEqualTo(Receipt.refused(Outcome.EXPIRED));
        assertThat(retries.waitingBytes()).isZero();
    }

    @Test
    void shouldTurnNoTimerWhenNothingIsUnderWay() {
        alice.publishes("1", "user:bob", "1", TTL);
        pass(Duration.ofMillis(100));

        for (int i = 0; i < 3; i++) {
            assertThat(router.loop(i).nanosToNextTimer()).isEqualTo(Long.MAX_VALUE);
        }
    }

    /** Lets everything happen that can happen now, and then time pass. */
    private void pass(Duration time) {
        router.runUntilIdle();
        router.advance(time);
    }

    private List<Long> attemptsAtMillis(RecordingConnection receiver) {
        return receiver.writes().stream()
                .map(write -> (write.atNanos() - startNanos) / 1_000_000)
                .toList();
    }

    private static List<String> heldBy(RecordingConnection receiver) {
        return receiver.writes().stream()
                .filter(write -> write.decision() == null)
                .map(Write::data)
                .toList();
    }

    private void assertNothingIsLeft() {
        for (int i = 0; i < 3; i++) {
            assertThat(router.shard(i).retries().underWay()).isZero();
            assertThat(router.shard(i).retries().waitingBytes()).isZero();
        }
    }
}
