package io.wsrouter.routing;

import static io.wsrouter.routing.Receipts.delivered;
import static io.wsrouter.routing.Receipts.noRoute;
import static io.wsrouter.routing.Receipts.noneOf;
import static io.wsrouter.routing.Receipts.partial;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.connection.Connection;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.routing.RecordingConnection.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registered means routable, closed means gone. */
@ExtendWith(SeedWatcher.class)
final class ConnectionLifeTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void shouldBeRoutableFromTheStepThatRegistersIt(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.arrives(Principals.everything("bob"));
        int published = 0;
        int publishedBefore = 0;
        for (; bob.registration() == null || published < 20; published++) {
            publishedBefore += bob.registration() == null ? 1 : 0;
            alice.publishes("" + published, "user:bob", "" + published);
            router.step();
        }
        router.runUntilIdle();

        for (int i = publishedBefore; i < published; i++) {
            assertThat(alice.receipt("" + i)).as("%s", router).isEqualTo(delivered(1));
        }
        assertThat(bob.received()).contains("" + (published - 1));
    }

    @Test
    void shouldHaveAnIdOfTheOneGrammarFromRegistrationOn() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("test_user_123456");

        assertThat(alice.id().toString())
                .matches("ws_test_user_123456_" + router.clock().epochSecond() + "_[0-9a-f]{8}");
        assertThat(ConnectionId.parse(alice.id().toString())).isEqualTo(alice.id());
        assertThat(alice.state()).isEqualTo(Connection.State.OPEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void shouldNeverBeWrittenToAfterItsEnd(int shards) {
        for (int round = 0; round < 50; round++) {
            TestRouter router = TestRouter.withShards(shards);
            RecordingConnection alice = router.connects("alice");
            RecordingConnection bob = router.connects("bob");
            RecordingConnection carol = router.connects("bob");
            bob.subscribesTo("topic:x");
            router.runUntilIdle();
            int last = 10 + router.random().nextInt(10);
            for (int n = 0; n < 30; n++) {
                alice.publishes("u" + n, "user:bob", "1");
                alice.publishes("c" + n, bob.address(), "1");
                alice.publishes("t" + n, "topic:x", "1");
                router.step();
                if (n == last) {
                    bob.disconnects();
                }
            }
            router.runUntilIdle();

            assertThat(bob.violations()).as("%s", router).isEmpty();
            assertThat(bob.state()).isEqualTo(Connection.State.CLOSED);
            assertThat(alice.receipt("u29")).as("who stays still gets them").isEqualTo(delivered(1));
            assertThat(alice.receipt("c29")).isEqualTo(noRoute());
            assertThat(alice.receipt("t29")).isEqualTo(noRoute());
            assertThat(carol.received()).hasSize(30);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeGoneFromEveryTable(boolean isPolite) {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        alice.subscribesTo("topic:x");
        alice.subscribesTo("topic:y");
        router.runUntilIdle();

        if (isPolite) {
            alice.disconnects();
        } else {
            alice.losesItsSocket();
        }
        router.runUntilIdle();

        ShardStats stats = router.stats();
        assertThat(stats.connections()).isZero();
        assertThat(stats.users()).isZero();
        assertThat(stats.subscribedTopics()).isZero();
        assertThat(stats.topics()).isZero();
        assertThat(alice.subscriptionCount()).isZero();
        assertThat(alice.isScheduled()).as("its timer").isFalse();
        assertThat(router.answer(router.router().connection(alice.id()))).isEmpty();
        assertThat(alice.closeReasons()).isEqualTo(isPolite ? List.of(CloseReason.CLIENT_CLOSED) : List.of());
    }

    @Test
    void shouldCloseOnce() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");

        alice.disconnects();
        alice.disconnects();
        router.on(alice.shard(), () -> alice.shard().onClose(alice, CloseReason.KICKED));
        alice.losesItsSocket();
        alice.losesItsSocket();
        router.runUntilIdle();

        assertThat(alice.closeReasons()).containsExactly(CloseReason.CLIENT_CLOSED);
        assertThat(router.count(Metric.CONNECTIONS_CLOSED)).isEqualTo(1);
        assertThat(alice.state()).isEqualTo(Connection.State.CLOSED);
    }

    @Test
    void shouldLeaveNothingBehindWhenItsSocketWasGoneBeforeRegistration() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = new RecordingConnection(router, Principals.everything("alice"));
        List<Throwable> refused = new ArrayList<>();

        router.on(alice.shard(), () -> {
            alice.shard().onClosed(alice);
            try {
                alice.shard().onRegister(alice);
            } catch (IllegalStateException e) {
                refused.add(e);
            }
        });

        assertThat(refused).hasSize(1);
        assertThat(router.stats().connections()).isZero();
        assertThat(router.stats().users()).isZero();
        assertThat(alice.isScheduled()).isFalse();
    }

    @Test
    void shouldRefuseASecondOwnerOfAnIdWithoutATrace() {
        TestRouter router = TestRouter.withShards(1);
        router.expectsFaults(Metric.DUPLICATE_IDS);
        RecordingConnection owner = new RecordingConnection(router, Principals.everything("alice"));
        router.shard(0).connectionTable().putIfAbsent(router.firstIdOf("alice"), owner);

        RecordingConnection second = router.tries(Principals.everything("alice"));
        RecordingConnection third = router.connects("alice");

        assertThat(second.registration()).isEqualTo(RegistrationResult.DUPLICATE_ID);
        assertThat(second.state()).isEqualTo(Connection.State.NEW);
        assertThat(second.isScheduled()).isFalse();
        assertThat(router.shard(0).connectionTable().all()).containsExactlyInAnyOrder(owner, third);
        assertThat(router.count(Metric.DUPLICATE_IDS)).isEqualTo(1);
        assertThat(router.count(Metric.CONNECTIONS_OPENED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldCloseASlowConsumerAndSpareTheOthers(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection slow = router.connects("bob");
        RecordingConnection healthy = router.connects("bob");
        slow.has(Socket.FULL);

        alice.publishes("1", "user:bob", "1");
        router.runUntilIdle();
        alice.publishes("2", "user:bob", "2");
        router.runUntilIdle();

        assertThat(slow.closeReasons()).containsExactly(CloseReason.SLOW_CONSUMER);
        assertThat(slow.closeReasons().get(0).code()).isEqualTo(4008);
        assertThat(healthy.received()).containsExactly("1", "2");
        assertThat(alice.receipt("1")).isEqualTo(partial(1, 0, Map.of(Outcome.SLOW_CONSUMER, 1)));
        assertThat(alice.receipt("2")).isEqualTo(delivered(1));
    }

    /** Closing one of a topic's subscribers moves another into its place in the list. Nobody may be passed over for it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldSkipNobodyWhenSeveralOverflowAtOnce(int shards) {
        for (int pattern = 0; pattern < 64; pattern++) {
            TestRouter router = TestRouter.withShards(shards);
            RecordingConnection alice = router.connects("alice");
            List<RecordingConnection> slow = new ArrayList<>();
            List<RecordingConnection> healthy = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                RecordingConnection subscriber = router.connects(router.userOn(shards - 1));
                subscriber.subscribesTo("topic:x");
                boolean isSlow = (pattern >> i & 1) == 1;
                subscriber.has(isSlow ? Socket.FULL : Socket.HEALTHY);
                (isSlow ? slow : healthy).add(subscriber);
            }
            router.runUntilIdle();

            alice.publishes("1", "topic:x", "1");
            router.runUntilIdle();
            alice.publishes("2", "topic:x", "2");
            router.runUntilIdle();

            assertThat(healthy).allSatisfy(one -> assertThat(one.received()).containsExactly("1", "2"));
            assertThat(slow).allSatisfy(one -> {
                assertThat(one.closeReasons()).containsExactly(CloseReason.SLOW_CONSUMER);
                assertThat(one.writes()).hasSize(1);
            });
            assertThat(alice.receipt("1").matched()).isEqualTo(6);
            assertThat(alice.receipt("1").delivered()).isEqualTo(healthy.size());
            assertThat(alice.receipt("2")).isEqualTo(healthy.isEmpty() ? noRoute() : delivered(healthy.size()));
        }
    }

    @Test
    void shouldSkipNobodyWhenSeveralConnectionsOfAUserOverflowAtOnce() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        List<RecordingConnection> bobs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RecordingConnection bob = router.connects("bob");
            bob.has(i % 3 == 2 ? Socket.HEALTHY : Socket.FULL);
            bobs.add(bob);
        }

        alice.publishes("1", "user:bob", "1");
        router.runUntilIdle();

        assertThat(bobs).allSatisfy(bob -> assertThat(bob.writes()).hasSize(1));
        assertThat(alice.receipt("1")).isEqualTo(partial(2, 0, Map.of(Outcome.SLOW_CONSUMER, 6)));
        assertThat(router.stats().connections()).isEqualTo(3);
    }

    @Test
    void shouldDropWhatASlowConsumerStillHadQueued() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection slow = router.connects("bob");
        slow.has(Socket.HOLDING);
        alice.publishes("1", "user:bob", "1");
        router.runUntilIdle();
        slow.has(Socket.FULL);
        alice.publishes("2", "user:bob", "2");
        router.runUntilIdle();

        assertThat(alice.receipt("1")).isEqualTo(noneOf(1, Outcome.CLOSED));
        assertThat(alice.receipt("2")).isEqualTo(noneOf(1, Outcome.SLOW_CONSUMER));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void shouldCloseEverybodyWhenDraining(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        List<RecordingConnection> connections = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            RecordingConnection connection = router.arrives(Principals.everything("user" + i / 2));
            connection.subscribesTo("topic:t" + i % 10);
            connections.add(connection);
        }
        router.runUntilIdle();

        CompletableFuture<?> drained = router.router().drain();
        assertThat(drained).isNotDone();
        RecordingConnection late = router.tries(Principals.everything("late"));

        assertThat(drained).isCompleted();
        assertThat(late.registration()).isEqualTo(RegistrationResult.DRAINING);
        assertThat(connections)
                .allSatisfy(connection -> assertThat(connection.closeReasons()).containsExactly(CloseReason.DRAINING));
        assertThat(router.stats().connections()).isZero();
        assertThat(router.stats().topics()).isZero();
    }

    @Test
    void shouldDrainInSlices() {
        TestRouter router = TestRouter.withShards(1);
        for (int i = 0; i < 2_000; i++) {
            router.arrives(Principals.everything("user" + i));
        }
        router.runUntilIdle();
        router.router().drain();
        int most = 0;
        while (router.loop(0).hasWork()) {
            long before = router.count(Metric.CONNECTIONS_CLOSED);
            router.step();
            most = Math.max(most, (int) (router.count(Metric.CONNECTIONS_CLOSED) - before));
        }

        assertThat(most).isBetween(1, 256);
        assertThat(router.count(Metric.CONNECTIONS_CLOSED)).isEqualTo(2_000);
    }

    @Test
    void shouldNotMindConnectionsThatCloseWhileItDrains() {
        for (int round = 0; round < 20; round++) {
            TestRouter router = TestRouter.withShards(2);
            for (int i = 0; i < 700; i++) {
                router.arrives(Principals.everything("user" + i));
            }
            router.runUntilIdle();
            CompletableFuture<?> drained = router.router().drain();
            for (int i = 0; i < 100; i++) {
                router.connections().get(router.random().nextInt(700)).losesItsSocket();
                router.step();
            }
            router.runUntilIdle();

            assertThat(drained).isCompleted();
            assertThat(router.stats().connections()).isZero();
        }
    }

    @Test
    void shouldKickOneConnection() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection kicked = router.connects("alice");
        RecordingConnection other = router.connects("alice");
        Address operator = Address.user("root");

        boolean wasThere = router.answer(router.router().kick(kicked.id(), operator, null));
        boolean wasThereAgain = router.answer(router.router().kick(kicked.id(), operator, null));

        assertThat(wasThere).isTrue();
        assertThat(wasThereAgain).isFalse();
        assertThat(kicked.closeReasons()).containsExactly(CloseReason.KICKED);
        assertThat(other.isConnected()).isTrue();
        assertThat(router.securityEvents())
                .containsExactly(new SecurityEvent(
                        SecurityEvent.Kind.KICKED,
                        operator,
                        Address.user("alice"),
                        kicked.id().toString()));
    }

    @Test
    void shouldKickAllConnectionsOfAUser() {
        TestRouter router = TestRouter.withShards(4);
        List<RecordingConnection> kicked =
                List.of(router.connects("alice"), router.connects("alice"), router.connects("alice"));
        RecordingConnection bob = router.connects("bob");

        int count = router.answer(router.router().kickUser(Address.user("alice"), Address.user("root"), null));
        int countAgain = router.answer(router.router().kickUser(Address.user("alice"), Address.user("root"), null));

        assertThat(count).isEqualTo(3);
        assertThat(countAgain).isZero();
        assertThat(kicked).allSatisfy(one -> assertThat(one.closeReasons()).containsExactly(CloseReason.KICKED));
        assertThat(bob.isConnected()).isTrue();
        assertThat(router.securityEvents()).hasSize(3);
    }
}
