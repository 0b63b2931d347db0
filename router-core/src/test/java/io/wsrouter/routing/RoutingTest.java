package io.wsrouter.routing;

import static io.wsrouter.routing.Receipts.delivered;
import static io.wsrouter.routing.Receipts.noRoute;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.protocol.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets what, whichever shards the publisher, the address and the receivers live on. */
@ExtendWith(SeedWatcher.class)
final class RoutingTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void shouldDeliverToEveryConnectionOfAUserAndNobodyElse(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        List<RecordingConnection> bobs =
                List.of(router.connects("bob"), router.connects("bob"), router.connects("bob"));
        List<RecordingConnection> others = List.of(alice, router.connects("carol"), router.connects("bob_"));

        alice.publishes("1", "user:bob", "{\"n\": 1}");
        router.runUntilIdle();

        assertThat(bobs).allSatisfy(bob -> assertThat(bob.received()).containsExactly("{\"n\": 1}"));
        assertThat(others).allSatisfy(other -> assertThat(other.received()).isEmpty());
        assertThat(alice.receipt("1")).isEqualTo(delivered(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void shouldDeliverToOneConnectionAlone(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection first = router.connects("bob");
        RecordingConnection second = router.connects("bob");

        alice.publishes("1", second.address(), "1");
        router.runUntilIdle();

        assertThat(second.received()).containsExactly("1");
        assertThat(first.frames()).isEmpty();
        assertThat(alice.receipt("1")).isEqualTo(delivered(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void shouldDeliverToEverySubscriberOnce(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        List<RecordingConnection> subscribers = others(router);
        RecordingConnection elsewhere = router.connects("zoe");
        subscribers.forEach(subscriber -> subscriber.subscribesTo("topic:chat.42"));
        subscribers.forEach(subscriber -> subscriber.subscribesTo("topic:chat.42"));
        elsewhere.subscribesTo("topic:chat.421");
        router.runUntilIdle();

        alice.publishes("1", "topic:chat.42", "1");
        router.runUntilIdle();

        assertThat(subscribers)
                .allSatisfy(subscriber -> assertThat(subscriber.received()).containsExactly("1"));
        assertThat(elsewhere.received()).isEmpty();
        assertThat(alice.received()).isEmpty();
        assertThat(alice.receipt("1")).isEqualTo(delivered(subscribers.size()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldDeliverToThePublisherItselfWhenItIsAddressed(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        alice.subscribesTo("topic:x");
        router.runUntilIdle();

        alice.publishes("user:alice", "1");
        alice.publishes(alice.address(), "2");
        alice.publishes("topic:x", "3");
        router.runUntilIdle();

        assertThat(alice.received()).containsExactlyInAnyOrder("1", "2", "3");
    }

    @Test
    void shouldSayWhoSentItToWhomAndWhen() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");

        alice.gives(new Command.Publish(
                null,
                Address.user("bob"),
                RawJson.of("\"agent_\\u0073tarted\""),
                RawJson.of("[ 1]"),
                Priority.CRITICAL,
                null));
        router.runUntilIdle();

        assertThat(bob.messages())
                .containsExactly("{\"type\":\"message\",\"to\":\"user:bob\",\"from\":\"user:alice\","
                        + "\"event\":\"agent_\\u0073tarted\",\"at\":"
                        + router.clock().epochMillis()
                        + ",\"data\":[ 1]}");
    }

    @Test
    void shouldPublishWhatItWasGivenThoughItsReaderGoesOn() {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice = router.connects(router.userOn(0));
        RecordingConnection bob = router.connects(router.userOn(1));
        Command.Publish read = new Command.Publish(
                null, alice.principal().user(), null, RawJson.of("\"for alice\""), Priority.NORMAL, null);
        read.become(null, read.to(), null, read.data(), Priority.NORMAL, null, Command.Publish.NO_TTL);

        router.router().publish(bob.principal(), read);
        read.become(
                null,
                bob.principal().user(),
                null,
                RawJson.of("\"for bob\""),
                Priority.NORMAL,
                null,
                Command.Publish.NO_TTL);
        router.router().publish(bob.principal(), read);
        router.runUntilIdle();

        assertThat(alice.received()).containsExactly("\"for alice\"");
        assertThat(bob.received()).containsExactly("\"for bob\"");
    }

    @Test
    void shouldTellTheTimeOfEachTurn() {
        TestRouter router = TestRouter.withShards(1);
        RecordingConnection alice = router.connects("alice");
        for (int i = 0; i < 3; i++) {
            alice.publishes("user:alice", "" + i);
            router.runUntilIdle();

            assertThat(alice.messages().get(i))
                    .contains(",\"at\":" + router.clock().epochMillis() + ",");
            router.clock().advance(Duration.ofMillis(1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void shouldSayNoRouteWhenNobodyIsThere(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        RecordingConnection leaver = router.connects("carol");
        leaver.subscribesTo("topic:left");
        router.runUntilIdle();
        leaver.unsubscribesFrom("topic:left");
        leaver.disconnects();
        router.runUntilIdle();

        alice.publishes("absent", "user:nobody", "1");
        alice.publishes("gone", "user:carol", "1");
        alice.publishes("gone connection", leaver.address(), "1");
        alice.publishes("never issued", "connection:ws_bob_1_00000000", "1");
        alice.publishes("no subscriber", "topic:empty", "1");
        alice.publishes("no subscriber left", "topic:left", "1");
        router.runUntilIdle();

        assertThat(List.of("absent", "gone", "gone connection", "never issued", "no subscriber", "no subscriber left"))
                .allSatisfy(id -> assertThat(alice.receipt(id)).isEqualTo(noRoute()));
        assertThat(bob.frames()).isEmpty();
        assertThat(router.count(Metric.PUBLISHES_REFUSED)).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldForbidWhatIsNotGranted(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection bob = router.connects("bob");
        bob.subscribesTo("topic:chat.1");
        bob.subscribesTo("topic:ops");
        RecordingConnection alice = router.connects(
                Principals.granted("alice", List.of("user:carol", "topic:chat.*"), List.of("topic:chat.*")));
        router.runUntilIdle();

        alice.publishes("1", "user:bob", "1");
        alice.publishes("2", bob.address(), "1");
        alice.publishes("3", "topic:ops", "1");
        alice.gives(new Command.RefusedPublish("4", Outcome.FORBIDDEN));
        alice.publishes("5", "topic:chat.1", "allowed");
        router.runUntilIdle();

        assertThat(List.of("1", "2", "3", "4"))
                .allSatisfy(id -> assertThat(alice.receipt(id)).isEqualTo(Receipt.refused(Outcome.FORBIDDEN)));
        assertThat(alice.receipt("5")).isEqualTo(delivered(1));
        assertThat(bob.received()).containsExactly("allowed");
        assertThat(router.count(Metric.DENIED)).isEqualTo(4);
        assertThat(router.securityEvents())
                .containsExactlyInAnyOrder(
                        denied("alice", "user:bob", "publish"),
                        new SecurityEvent(
                                SecurityEvent.Kind.DENIED,
                                Address.user("alice"),
                                null,
                                "publish to a malformed connection"),
                        denied("alice", bob.address(), "publish"),
                        denied("alice", "topic:ops", "publish"));
    }

    @Test
    void shouldAlwaysAllowOnesOwnAddress() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection first = router.connects(Principals.nothing("alice"));
        RecordingConnection second = router.connects(Principals.nothing("alice"));

        first.publishes("1", "user:alice", "1");
        first.publishes("2", second.address(), "2");
        router.runUntilIdle();

        assertThat(second.received()).containsExactly("1", "2");
        assertThat(first.received()).containsExactly("1");
        assertThat(router.securityEvents()).isEmpty();
    }

    @Test
    void shouldForbidTheConnectionsOfAUserWhoseNameOnlyBeginsTheSame() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects(Principals.nothing("alice"));
        RecordingConnection lookalike = router.connects("alice_1");

        alice.publishes("1", lookalike.address(), "1");
        router.runUntilIdle();

        assertThat(alice.receipt("1").outcome()).isEqualTo(Outcome.FORBIDDEN);
        assertThat(lookalike.frames()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldSendNothingWhenThePublisherIsWrongAboutTheOwner(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");

        alice.publishesBelieving("carol", "1", "user:bob", "1");
        alice.publishesBelieving("alice", "2", bob.address(), "2");
        alice.publishesBelieving("Bob", "3", bob.address(), "3");
        alice.publishesBelieving("", "4", "user:bob", "4");
        alice.publishesBelieving("bob", "5", "user:bob", "5");
        alice.publishesBelieving("bob", "6", bob.address(), "6");
        router.runUntilIdle();

        assertThat(List.of("1", "2", "3", "4"))
                .allSatisfy(id -> assertThat(alice.receipt(id)).isEqualTo(Receipt.refused(Outcome.OWNER_MISMATCH)));
        assertThat(bob.received()).containsExactly("5", "6");
        assertThat(router.count(Metric.OWNER_MISMATCHES)).isEqualTo(4);
        assertThat(router.securityEvents())
                .extracting(SecurityEvent::kind)
                .containsOnly(SecurityEvent.Kind.OWNER_MISMATCH)
                .hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void shouldGiveEveryReceiverOnePublishersMessagesInOrder(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        List<RecordingConnection> receivers = new ArrayList<>(others(router));
        receivers.addAll(others(router));
        receivers.forEach(receiver -> receiver.subscribesTo("topic:x"));
        router.runUntilIdle();
        List<String> expected =
                IntStream.range(0, 200).mapToObj(Integer::toString).toList();
        for (String n : expected) {
            alice.publishes("topic:x", n);
            alice.publishes("user:bob", n);
            for (int steps = router.random().nextInt(4); steps > 0; steps--) {
                router.step();
            }
        }
        router.runUntilIdle();

        for (RecordingConnection receiver : receivers) {
            assertThat(receivedAt(receiver, "topic:x")).isEqualTo(expected);
            assertThat(receivedAt(receiver, "user:bob"))
                    .isEqualTo(receiver.user().equals("bob") ? expected : List.of());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 7})
    void shouldGiveAllReceiversOfATopicTheSameOrder(int shards) {
        for (int round = 0; round < 20; round++) {
            TestRouter router = TestRouter.withShards(shards);
            List<RecordingConnection> everybody = others(router);
            everybody.forEach(one -> one.subscribesTo("topic:x"));
            router.runUntilIdle();
            for (int n = 0; n < 50; n++) {
                everybody.get(router.random().nextInt(everybody.size())).publishes("topic:x", Integer.toString(n));
                router.step();
            }
            router.runUntilIdle();

            List<String> order = everybody.get(0).received();
            assertThat(order).hasSize(50);
            assertThat(everybody).allSatisfy(one -> assertThat(one.received()).isEqualTo(order));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldPublishForSomebodyWithoutAConnection(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection bob = router.connects("bob");
        bob.subscribesTo("topic:x");
        router.runUntilIdle();

        Receipt toUser = router.answer(router.publishes(Principals.everything("backend"), "user:bob", "1"));
        Receipt toTopic = router.answer(router.publishes(Principals.everything("backend"), "topic:x", "2"));
        Receipt toConnection = router.answer(router.publishes(Principals.everything("backend"), bob.address(), "3"));
        Receipt toNobody = router.answer(router.publishes(Principals.everything("backend"), "user:nobody", "4"));
        Receipt notGranted = router.answer(router.publishes(Principals.nothing("backend"), "user:bob", "5"));

        assertThat(List.of(toUser, toTopic, toConnection)).containsOnly(delivered(1));
        assertThat(toNobody).isEqualTo(noRoute());
        assertThat(notGranted).isEqualTo(Receipt.refused(Outcome.FORBIDDEN));
        assertThat(bob.received()).containsExactly("1", "2", "3");
        assertThat(bob.messages().get(0)).contains("\"from\":\"user:backend\"");
    }

    @Test
    void shouldKnowWhoIsConnected() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection first = router.connects("alice");
        RecordingConnection second = router.connects("alice");
        second.subscribesTo("topic:b");
        second.subscribesTo("topic:a");
        router.runUntilIdle();

        assertThat(router.answer(router.router().connectionsOf(Address.user("alice"))))
                .extracting(ConnectionInfo::id)
                .containsExactly(first.id(), second.id());
        assertThat(router.answer(router.router().connection(second.id()))
                        .orElseThrow()
                        .subscriptions())
                .containsExactly("topic:a", "topic:b");
        assertThat(router.answer(router.router().connectionsOf(Address.user("bob"))))
                .isEmpty();
        assertThat(router.answer(router.router().connection(ConnectionId.parse("ws_alice_1_00000000"))))
                .isEmpty();
    }

    private static List<RecordingConnection> others(TestRouter router) {
        return List.of(
                router.connects("bob"),
                router.connects("carol"),
                router.connects("dave"),
                router.connects("erin"),
                router.connects("frank"),
                router.connects("grace"));
    }

    private static List<String> receivedAt(RecordingConnection receiver, String address) {
        return receiver.writes().stream()
                .filter(write -> write.message().to().toString().equals(address))
                .map(RecordingConnection.Write::data)
                .toList();
    }

    private static SecurityEvent denied(String user, String address, String what) {
        return new SecurityEvent(SecurityEvent.Kind.DENIED, Address.user(user), Address.parse(address), what);
    }
}
