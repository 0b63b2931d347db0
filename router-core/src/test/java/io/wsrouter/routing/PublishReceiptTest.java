package io.wsrouter.routing;

import static io.wsrouter.routing.Receipts.delivered;
import static io.wsrouter.routing.Receipts.noneOf;
import static io.wsrouter.routing.Receipts.partial;
import static io.wsrouter.routing.Receipts.queued;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.RecordingConnection.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One truthful account of every publish: it adds up, it comes once, and it is final. */
@ExtendWith(SeedWatcher.class)
final class PublishReceiptTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void shouldCountEveryReceiverOnce(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        for (Socket socket : Socket.values()) {
            for (int i = 0; i < 2; i++) {
                RecordingConnection receiver = router.connects("receiver_" + socket + "_" + i);
                receiver.subscribesTo("topic:x");
                receiver.has(socket);
            }
        }
        router.runUntilIdle();

        alice.publishes("1", "topic:x", "1");
        router.runUntilIdle();
        assertThat(alice.receipts("1")).as("six writes are undecided").isEmpty();
        router.advance(Duration.ofMillis(2_300));

        assertThat(alice.receipt("1"))
                .isEqualTo(partial(
                        4,
                        6,
                        Map.of(
                                Outcome.SLOW_CONSUMER, 4,
                                Outcome.OVERLOADED, 2,
                                Outcome.WRITE_FAILED, 2,
                                Outcome.CLOSED, 2)));
    }

    @Test
    void shouldWaitForEveryWriteToBeDecided() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection healthy = router.connects("bob");
        RecordingConnection slow = router.connects("bob");
        slow.has(Socket.HOLDING);

        alice.publishes("1", "user:bob", "1");
        router.advance(Duration.ofMillis(1_500));
        assertThat(healthy.received()).containsExactly("1");
        assertThat(alice.receipts("1")).isEmpty();

        slow.takesEverything();
        router.runUntilIdle();

        assertThat(alice.receipt("1")).isEqualTo(delivered(2));
    }

    @Test
    void shouldCallQueuedWhatIsUndecidedWhenTimeIsUpAndStayWithThat() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection healthy = router.connects("bob");
        RecordingConnection slow = router.connects("bob");
        slow.has(Socket.HOLDING);
        alice.publishes("1", "user:bob", "1");

        router.advance(Duration.ofMillis(1_900));
        assertThat(alice.receipts("1")).as("before the timeout").isEmpty();
        router.advance(Duration.ofMillis(300));
        assertThat(alice.receipt("1")).isEqualTo(queued(1, 1));
        slow.takesEverything();
        router.advance(Duration.ofSeconds(5));

        assertThat(alice.receipt("1")).as("the one and final receipt").isEqualTo(queued(1, 1));
        assertThat(slow.received()).containsExactly("1");
        assertThat(healthy.received()).containsExactly("1");
    }

    /** A part whose time was up still has a receiver that answers, so it must not count for another receipt meanwhile. */
    @Test
    void shouldCountForOneReceiptAlone() {
        TestRouter router = TestRouter.withShards(1);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        RecordingConnection carol = router.connects("carol");
        bob.has(Socket.HOLDING);
        carol.has(Socket.HOLDING);
        alice.publishes("1", "user:bob", "1");
        router.advance(Duration.ofSeconds(3));
        alice.publishes("2", "user:carol", "2");
        router.runUntilIdle();

        bob.takesEverything();
        router.runUntilIdle();
        assertThat(alice.receipt("1")).isEqualTo(queued(1, 0));
        assertThat(alice.receipts("2")).as("carol has not answered").isEmpty();

        carol.takesEverything();
        router.runUntilIdle();
        assertThat(alice.receipt("2")).isEqualTo(delivered(1));
    }

    @Test
    void shouldNotCallDeliveredWhatTheSocketLost() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        bob.has(Socket.HOLDING);
        alice.publishes("1", "user:bob", "1");
        router.runUntilIdle();

        bob.losesItsSocket();
        router.runUntilIdle();

        assertThat(alice.receipt("1")).isEqualTo(noneOf(1, Outcome.CLOSED));
    }

    @Test
    void shouldNotCallDeliveredWhatFailed() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        router.connects("bob").has(Socket.FAILING);
        router.connects("carol").has(Socket.GONE);
        router.connects("dave").has(Socket.FULL);

        alice.publishes("1", "user:bob", "1");
        alice.publishes("2", "user:carol", "1");
        alice.publishes("3", "user:dave", "1");
        router.runUntilIdle();

        assertThat(alice.receipt("1")).isEqualTo(noneOf(1, Outcome.WRITE_FAILED));
        assertThat(alice.receipt("2")).isEqualTo(noneOf(1, Outcome.CLOSED));
        assertThat(alice.receipt("3")).isEqualTo(noneOf(1, Outcome.SLOW_CONSUMER));
    }

    @Test
    void shouldAccountForEachOfManyPublishesAlone() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        bob.has(Socket.HOLDING);
        for (int i = 0; i < 5; i++) {
            alice.publishes("" + i, "user:bob", "" + i);
        }
        router.runUntilIdle();

        bob.decidesFirstHeld(Outcome.DELIVERED);
        bob.decidesFirstHeld(Outcome.WRITE_FAILED);
        router.runUntilIdle();

        assertThat(alice.receipt("0")).isEqualTo(delivered(1));
        assertThat(alice.receipt("1")).isEqualTo(noneOf(1, Outcome.WRITE_FAILED));
        assertThat(alice.pushes("receipt")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldDropAndCountTheReceiptsOfAPublisherThatHasGone(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        bob.has(Socket.HOLDING);
        alice.publishes("1", "user:bob", "1");
        alice.publishes("2", "user:bob", "2");
        alice.publishes("user:bob", "3");
        router.runUntilIdle();

        alice.disconnects();
        router.runUntilIdle();
        bob.takesEverything();
        router.runUntilIdle();

        assertThat(alice.pushes()).isEmpty();
        assertThat(bob.received()).containsExactly("1", "2", "3");
        assertThat(router.count(Metric.RECEIPTS_DROPPED)).isEqualTo(2);
    }

    @Test
    void shouldCarryOutNothingForAConnectionThatIsGone() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");

        alice.disconnects();
        alice.publishes("1", "user:bob", "1");
        alice.subscribesTo("topic:x", "2");
        alice.talksNonsense();
        router.runUntilIdle();

        assertThat(bob.received()).isEmpty();
        assertThat(alice.pushes()).isEmpty();
        assertThat(router.count(Metric.PUBLISHED)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldTellOfRefusalsWithoutAnIdAtMostOnceASecondAndWithACount(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");

        alice.publishes("user:nobody", "1");
        router.runUntilIdle();
        assertThat(alice.pushes())
                .as("the first at once")
                .containsExactly("{\"type\":\"refused\",\"count\":1,\"outcomes\":{\"no_route\":1}}");

        for (int i = 0; i < 5; i++) {
            alice.publishes("user:nobody", "1");
            alice.publishes("user:bob", "heard");
            alice.publishesBelieving("carol", null, "user:bob", "1");
            router.advance(Duration.ofMillis(100));
        }
        assertThat(alice.pushes()).as("within the second").hasSize(1);
        router.advance(Duration.ofMillis(700));

        assertThat(alice.pushes()).hasSize(2);
        assertThat(alice.pushes("refused").get(1).counts("outcomes"))
                .isEqualTo(Map.of(Outcome.NO_ROUTE, 5, Outcome.OWNER_MISMATCH, 5));
        assertThat(bob.received()).hasSize(5);
        router.advance(Duration.ofSeconds(10));
        assertThat(alice.pushes()).as("nothing more to tell").hasSize(2);
    }

    @Test
    void shouldTellOfReceiversThatRefusedWithoutAnId() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        router.connects("bob").has(Socket.FULL);
        router.connects("bob").has(Socket.GONE);
        router.connects("bob");

        alice.publishes("user:bob", "1");
        router.advance(Duration.ofSeconds(2));

        assertThat(toldRefusals(alice)).isEqualTo(Map.of(Outcome.SLOW_CONSUMER, 1, Outcome.CLOSED, 1));
    }

    @Test
    void shouldSayNothingOfSuccessWithoutAnId() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        router.connects("bob");

        alice.publishes("user:bob", "1");
        router.advance(Duration.ofSeconds(5));

        assertThat(alice.pushes()).isEmpty();
    }

    /** However hard one is refused, it hears of it once a second, and of every refusal. */
    @Test
    void shouldCountEveryRefusalWithoutAnIdInTheEnd() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        for (int tenth = 0; tenth < 100; tenth++) {
            for (int i = 0; i < 7; i++) {
                alice.publishes("user:nobody" + i, "1");
            }
            router.advance(Duration.ofMillis(100));
        }
        router.advance(Duration.ofSeconds(2));

        assertThat(toldRefusals(alice)).isEqualTo(Map.of(Outcome.NO_ROUTE, 700));
        assertThat(alice.pushes()).hasSizeLessThanOrEqualTo(12);
    }

    @Test
    void shouldForgetTheRefusalsOfAPublisherThatHasGone() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        for (int i = 0; i < 5; i++) {
            alice.publishes("user:nobody", "1");
        }
        alice.disconnects();
        router.advance(Duration.ofSeconds(3));

        assertThat(alice.pushes().size()).isLessThanOrEqualTo(1);
    }

    @Test
    void shouldKeepAReceiptWhoseReceiverTakesItWithinTheCall() {
        TestRouter router = TestRouter.withShards(1);
        RecordingConnection alice = router.connects("alice");
        for (int i = 0; i < 3; i++) {
            router.connects("bob").has(Socket.IMMEDIATE);
        }

        alice.publishes("1", "user:bob", "1");
        router.runUntilIdle();

        assertThat(alice.receipt("1")).isEqualTo(delivered(3));
    }

    @Test
    void shouldGiveSomebodyWithoutAConnectionTheSameAccount() {
        TestRouter router = TestRouter.withShards(4);
        router.connects("bob").has(Socket.FULL);
        router.connects("bob").has(Socket.HOLDING);
        router.connects("bob");

        CompletableFuture<Receipt> publish = router.publishes(Principals.everything("backend"), "user:bob", "1");
        router.runUntilIdle();
        assertThat(publish).isNotDone();
        router.advance(Duration.ofMillis(2_300));

        Receipt receipt = router.answer(publish);
        assertThat(receipt).isEqualTo(partial(1, 1, Map.of(Outcome.SLOW_CONSUMER, 1)));
    }

    private static Map<Outcome, Integer> toldRefusals(RecordingConnection connection) {
        Map<Outcome, Integer> told = new EnumMap<>(Outcome.class);
        for (Push push : connection.pushes("refused")) {
            push.counts("outcomes").forEach((outcome, count) -> told.merge(outcome, count, Integer::sum));
        }
        return told;
    }
}
