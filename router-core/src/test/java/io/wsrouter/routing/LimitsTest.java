package io.wsrouter.routing;

import static io.wsrouter.routing.Receipts.delivered;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.ErrorCode;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.RecordingConnection.Socket;
import io.wsrouter.routing.RouterLimits.WhenUserIsFull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedWatcher.class)
final class LimitsTest {

    @Test
    void shouldRefuseOneConnectionTooManyAndChangeNothing() {
        TestRouter router = TestRouter.with(4, TestLimits.usual().connectionsPerUser(2, WhenUserIsFull.REFUSE));
        RecordingConnection first = router.connects("alice");
        RecordingConnection second = router.connects("alice");

        RecordingConnection third = router.tries(Principals.everything("alice"));

        assertThat(third.registration()).isEqualTo(RegistrationResult.USER_FULL);
        assertThat(List.of(first, second))
                .allSatisfy(one -> assertThat(one.isConnected()).isTrue());
        assertThat(router.tries(Principals.everything("bob")).registration())
                .as("another user")
                .isEqualTo(RegistrationResult.REGISTERED);

        first.disconnects();
        router.runUntilIdle();
        assertThat(router.tries(Principals.everything("alice")).registration())
                .as("once there is room")
                .isEqualTo(RegistrationResult.REGISTERED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldReplaceTheOldestConnectionWhenToldSo(int most) {
        RecordingBackplane backplane = RecordingBackplane.alone();
        TestRouter router = TestRouter.with(
                4, TestLimits.usual().connectionsPerUser(most, WhenUserIsFull.REPLACE), backplane, Seeds.next());
        List<RecordingConnection> connections = new ArrayList<>();
        for (int i = 0; i < most + 2; i++) {
            connections.add(router.connects("alice"));
        }
        RecordingConnection bob = router.connects("bob");

        bob.publishes("1", "user:alice", "1");
        router.runUntilIdle();

        assertThat(connections.subList(0, 2)).allSatisfy(replaced -> {
            assertThat(replaced.closeReasons()).containsExactly(CloseReason.REPLACED);
            assertThat(replaced.received()).isEmpty();
        });
        assertThat(connections.subList(2, most + 2))
                .allSatisfy(kept -> assertThat(kept.received()).containsExactly("1"));
        assertThat(bob.receipt("1")).isEqualTo(delivered(most));
        assertThat(backplane.announcements())
                .as("alice was connected all the time")
                .containsOnlyOnce("+user:alice");
        assertThat(backplane.interest()).contains("user:alice");
    }

    @Test
    void shouldReplaceNobodyForAConnectionThatIsNotRegistered() {
        TestRouter router = TestRouter.with(1, TestLimits.usual().connectionsPerUser(1, WhenUserIsFull.REPLACE));
        router.expectsFaults(Metric.DUPLICATE_IDS);
        RecordingConnection holder = new RecordingConnection(router, Principals.everything("alice"));
        router.shard(0).connectionTable().putIfAbsent(router.firstIdOf("alice"), holder);

        RecordingConnection second = router.tries(Principals.everything("alice"));

        assertThat(second.registration()).isEqualTo(RegistrationResult.DUPLICATE_ID);
        assertThat(holder.closeReasons()).isEmpty();
        assertThat(router.shard(0).connectionTable().all()).containsExactly(holder);
    }

    @Test
    void shouldRefuseOneSubscriptionTooMany() {
        TestRouter router = TestRouter.with(4, TestLimits.usual().subscriptionsPerConnection(3));
        RecordingConnection alice = router.connects("alice");
        for (int i = 0; i < 3; i++) {
            alice.subscribesTo("topic:t" + i, "" + i);
        }
        alice.subscribesTo("topic:t3", "3");
        alice.subscribesTo("topic:t0", "0 again");
        router.runUntilIdle();
        assertThat(alice.acknowledged()).containsExactlyInAnyOrder("0", "1", "2", "0 again");
        assertThat(alice.pushes())
                .contains("{\"type\":\"error\",\"id\":\"3\",\"code\":\"limit_exceeded\","
                        + "\"reason\":\"limits.subscriptions-per-connection\",\"retryable\":false}");

        alice.unsubscribesFrom("topic:t1");
        alice.subscribesTo("topic:t3", "4");
        router.runUntilIdle();

        assertThat(alice.acknowledged()).endsWith("4");
        assertThat(alice.subscriptionCount()).isEqualTo(3);
    }

    @Test
    void shouldRefusePublishesAboveTheRateOfAConnection() {
        TestRouter router = TestRouter.with(4, TestLimits.usual().messagesPerSecond(5));
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        for (int i = 0; i < 8; i++) {
            alice.publishes("" + i, "user:bob", "" + i);
        }
        router.runUntilIdle();

        assertThat(bob.received()).containsExactly("0", "1", "2", "3", "4");
        for (String refused : List.of("5", "6", "7")) {
            assertThat(alice.receipt(refused)).isEqualTo(Receipt.refused(Outcome.RATE_LIMITED));
        }

        router.advance(Duration.ofMillis(400));
        alice.publishes("8", "user:bob", "8");
        alice.publishes("9", "user:bob", "9");
        alice.publishes("10", "user:bob", "10");
        router.runUntilIdle();
        assertThat(bob.received()).as("two more in 0.4 s").hasSize(7).endsWith("8", "9");
    }

    @Test
    void shouldShareARateAmongTheConnectionsOfAUser() {
        TestRouter router = TestRouter.with(4, TestLimits.usual().messagesPerSecondPerUser(6));
        List<RecordingConnection> alices =
                List.of(router.connects("alice"), router.connects("alice"), router.connects("alice"));
        RecordingConnection bob = router.connects("bob");
        RecordingConnection carol = router.connects("carol");
        for (int i = 0; i < 12; i++) {
            alices.get(i % 3).publishes("" + i, "user:bob", "" + i);
        }
        carol.publishes("user:bob", "from another user");
        router.runUntilIdle();

        assertThat(bob.received()).hasSize(7).contains("from another user");
    }

    @Test
    void shouldCountRefusedPublishesAgainstTheRate() {
        TestRouter router = TestRouter.with(4, TestLimits.usual().messagesPerSecond(2));
        RecordingConnection alice = router.connects(Principals.nothing("alice"));

        alice.publishes("1", "user:bob", "1");
        alice.gives(new Command.RefusedPublish("2", Outcome.TOO_LARGE));
        alice.publishes("3", "user:bob", "1");
        alice.gives(new Command.RefusedPublish("4", Outcome.TOO_LARGE));
        router.runUntilIdle();

        assertThat(alice.receipt("1").outcome()).isEqualTo(Outcome.FORBIDDEN);
        assertThat(alice.receipt("2").outcome()).isEqualTo(Outcome.TOO_LARGE);
        assertThat(alice.receipt("3").outcome()).isEqualTo(Outcome.RATE_LIMITED);
        assertThat(alice.receipt("4").outcome()).isEqualTo(Outcome.RATE_LIMITED);
    }

    @Test
    void shouldCloseAConnectionThatKeepsExceedingItsRate() {
        TestRouter router = TestRouter.with(4, TestLimits.usual().messagesPerSecond(5));
        RecordingConnection flooder = router.connects("flooder");
        RecordingConnection burster = router.connects("burster");
        router.connects("bob");
        for (int tenth = 0; tenth < 99; tenth++) {
            flooder.publishes("user:bob", "1");
            flooder.publishes("user:bob", "2");
            for (int i = 0; i < 12 && tenth % 20 == 0; i++) {
                burster.publishes("user:bob", "3");
            }
            router.advance(Duration.ofMillis(100));
        }
        assertThat(flooder.isConnected()).as("within ten seconds").isTrue();

        for (int tenth = 0; tenth < 20; tenth++) {
            flooder.publishes("user:bob", "1");
            flooder.publishes("user:bob", "2");
            router.advance(Duration.ofMillis(100));
        }

        assertThat(flooder.closeReasons()).containsExactly(CloseReason.RATE_EXCEEDED);
        assertThat(burster.isConnected()).as("who pauses between bursts").isTrue();
    }

    @Test
    void shouldBoundOpenReceipts() {
        TestRouter router = TestRouter.with(4, TestLimits.usual().openReceiptsPerConnection(3));
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        bob.has(Socket.HOLDING);
        for (int i = 0; i < 5; i++) {
            alice.publishes("" + i, "user:bob", "" + i);
        }
        alice.publishes("user:bob", "without a receipt");
        router.runUntilIdle();

        assertThat(alice.receipt("3")).isEqualTo(Receipt.refused(Outcome.OVERLOADED));
        assertThat(alice.receipt("4")).isEqualTo(Receipt.refused(Outcome.OVERLOADED));
        assertThat(bob.writes()).hasSize(4);

        bob.takesEverything();
        router.runUntilIdle();
        alice.publishes("5", "user:bob", "5");
        router.runUntilIdle();
        assertThat(alice.receipt("5")).as("once the others are closed").isEqualTo(delivered(1));
    }

    @Test
    void shouldGiveBackAReceiptThatTimedOut() {
        TestRouter router = TestRouter.with(4, TestLimits.usual().openReceiptsPerConnection(1));
        RecordingConnection alice = router.connects("alice");
        router.connects("bob").has(Socket.HOLDING);
        for (int i = 0; i < 20; i++) {
            alice.publishes("" + i, "user:bob", "" + i);
            router.advance(Duration.ofMillis(2_300));

            assertThat(alice.receipt("" + i).outcome()).isEqualTo(Outcome.QUEUED);
        }
    }

    @Test
    void shouldCloseAfterTenBadRequestsWithinTenSeconds() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        for (int i = 0; i < 9; i++) {
            alice.talksNonsense();
            router.advance(Duration.ofSeconds(1));
        }
        assertThat(alice.isConnected()).isTrue();
        assertThat(alice.errors()).hasSize(9).containsOnly("bad_request");

        alice.talksNonsense();
        router.runUntilIdle();

        assertThat(alice.closeReasons()).containsExactly(CloseReason.TOO_MANY_BAD_REQUESTS);
        assertThat(alice.errors()).as("the last one is answered too").hasSize(10);
        assertThat(router.count(Metric.BAD_REQUESTS)).isEqualTo(10);
    }

    @Test
    void shouldBearNineBadRequestsInEveryTenSeconds() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        for (int i = 0; i < 90; i++) {
            alice.talksNonsense();
            router.advance(Duration.ofMillis(1_200));
        }

        assertThat(alice.isConnected()).isTrue();
    }

    @Test
    void shouldNotCloseForCommandsThatAreOnlyRefused() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects(Principals.nothing("alice"));
        for (int i = 0; i < 30; i++) {
            alice.subscribesTo("topic:x", "" + i);
            alice.publishes("p" + i, "user:bob", "1");
            alice.gives(new Command.Invalid("f" + i, ErrorCode.FORBIDDEN, "topics only", false));
        }
        router.runUntilIdle();

        assertThat(alice.isConnected()).isTrue();
        assertThat(alice.errors()).hasSize(60).containsOnly("forbidden");
    }

    @Test
    void shouldReportWhoClaimsAnIdentity() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");

        alice.gives(new Command.Invalid("1", ErrorCode.BAD_REQUEST, "unknown key from", true));
        router.runUntilIdle();

        assertThat(alice.errors()).containsExactly("bad_request");
        assertThat(router.count(Metric.OWNER_MISMATCHES)).isEqualTo(1);
        assertThat(router.securityEvents())
                .containsExactly(new SecurityEvent(
                        SecurityEvent.Kind.OWNER_MISMATCH, alice.principal().user(), null, "identity in envelope"));
    }

    @Test
    void shouldAnswerPings() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");

        alice.gives(new Command.Ping("11"));
        alice.gives(new Command.Ping(null));
        router.runUntilIdle();

        assertThat(alice.pushes()).containsExactly("{\"type\":\"pong\",\"id\":\"11\"}", "{\"type\":\"pong\"}");
    }

    @Test
    void shouldCountWhatItDoes() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        bob.subscribesTo("topic:x");
        router.connects("bob").has(Socket.FULL);
        router.runUntilIdle();

        alice.publishes("1", "user:bob", "1");
        alice.publishes("2", "topic:x", "2");
        alice.publishes("3", "user:nobody", "3");
        router.runUntilIdle();

        Map<Metric, Long> counts = router.stats().counts();
        assertThat(counts)
                .containsEntry(Metric.CONNECTIONS_OPENED, 3L)
                .containsEntry(Metric.CONNECTIONS_CLOSED, 1L)
                .containsEntry(Metric.SUBSCRIBED, 1L)
                .containsEntry(Metric.PUBLISHED, 3L)
                .containsEntry(Metric.PUBLISHES_REFUSED, 1L)
                .containsEntry(Metric.MATCHED, 3L)
                .containsEntry(Metric.REFUSED, 1L)
                .containsEntry(Metric.BUGS, 0L);
        assertThat(router.stats().connections()).isEqualTo(2);
        assertThat(router.stats().users()).isEqualTo(2);
    }
}
