package io.wsrouter.routing;

import static io.wsrouter.routing.Receipts.delivered;
import static io.wsrouter.routing.Receipts.noRoute;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedWatcher.class)
final class SubscriptionTest {

    private static final int ROUNDS = 400;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void shouldAcknowledgeASubscriptionAndReceiveFromThenOn(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");

        alice.subscribesTo("topic:x", "8");
        router.runUntilIdle();
        bob.publishes("1", "topic:x", "1");
        router.runUntilIdle();

        assertThat(alice.frames()).first().isEqualTo("{\"type\":\"ok\",\"id\":\"8\"}");
        assertThat(alice.received()).containsExactly("1");
        assertThat(bob.receipt("1")).isEqualTo(delivered(1));
    }

    @Test
    void shouldNotAcknowledgeBeforeTheHomeOfTheTopicKnows() {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice = router.connects(router.userOn(0));
        String topic = router.topicOn(1);

        alice.subscribesTo(topic, "8");
        while (router.loop(0).step()) {}
        assertThat(alice.acknowledged()).isEmpty();

        router.runUntilIdle();
        assertThat(alice.acknowledged()).containsExactly("8");
    }

    @Test
    void shouldAcknowledgeAtOnceWhenTheShardIsSubscribedAlready() {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice = router.connects(router.userOn(0));
        RecordingConnection bob = router.connects(router.userOn(0));
        String topic = router.topicOn(1);
        alice.subscribesTo(topic);
        router.runUntilIdle();

        bob.subscribesTo(topic, "1");
        router.loop(0).step();

        assertThat(bob.acknowledged()).containsExactly("1");
    }

    /**
     * The race that confirmations have generations for: the confirmation of a subscription that has ended must not stand
     * for its successor. Whatever is published after the {@code ok} arrives, in any order of steps.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void shouldMissNothingThatIsPublishedAfterTheOk(int shards) {
        for (int round = 0; round < ROUNDS; round++) {
            TestRouter router = TestRouter.withShards(shards);
            String topic = router.topicOn(shards - 1);
            RecordingConnection alice = router.connects(router.userOn(0));
            RecordingConnection bob = router.connects(router.userOn(shards / 2));
            Deque<Runnable> commands = new ArrayDeque<>(List.of(
                    () -> alice.subscribesTo(topic, "1"),
                    () -> alice.unsubscribesFrom(topic, "2"),
                    () -> alice.subscribesTo(topic, "3")));
            List<String> promised = new ArrayList<>();
            for (int n = 0; n < 20; n++) {
                if (!commands.isEmpty() && router.random().nextInt(2) == 0) {
                    commands.remove().run();
                }
                for (int steps = router.random().nextInt(5); steps > 0; steps--) {
                    router.step();
                }
                if (alice.pushes().contains("{\"type\":\"ok\",\"id\":\"3\"}")) {
                    promised.add("" + n);
                }
                bob.publishes(topic, "" + n);
            }
            commands.forEach(Runnable::run);
            router.runUntilIdle();

            assertThat(alice.received()).as("promised in %s", router).containsAll(promised);
            assertThat(alice.acknowledged()).contains("3");
        }
    }

    /** A client that waits for each answer would wait for ever. */
    @Test
    void shouldAnswerASubscribeThatIsTakenBackBeforeItIsConfirmed() {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice = router.connects(router.userOn(0));
        RecordingConnection bob = router.connects(router.userOn(0));
        String topic = router.topicOn(1);

        alice.subscribesTo(topic, "1");
        bob.subscribesTo(topic, "b");
        alice.unsubscribesFrom(topic, "2");
        alice.subscribesTo(topic, "3");
        alice.unsubscribesFrom(topic, "4");
        router.runUntilIdle();

        assertThat(alice.acknowledged()).containsExactly("1", "2", "3", "4");
        assertThat(bob.acknowledged()).containsExactly("b");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void shouldAnswerEverySubscribeAndUnsubscribeOnceAndInOrder(int shards) {
        for (int round = 0; round < 50; round++) {
            TestRouter router = TestRouter.withShards(shards);
            List<RecordingConnection> clients =
                    List.of(router.connects("alice"), router.connects("bob"), router.connects("bob"));
            List<List<String>> given = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int i = 0; i < 60; i++) {
                int who = router.random().nextInt(3);
                String id = "" + i;
                given.get(who).add(id);
                if (router.random().nextBoolean()) {
                    clients.get(who).subscribesTo("topic:x", id);
                } else {
                    clients.get(who).unsubscribesFrom("topic:x", id);
                }
                router.step();
            }
            router.runUntilIdle();

            for (int who = 0; who < 3; who++) {
                assertThat(clients.get(who).acknowledged()).as("%s", router).isEqualTo(given.get(who));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldReceiveNothingAfterAnUnsubscribe(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection stays = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        alice.subscribesTo("topic:x");
        stays.subscribesTo("topic:x");
        router.runUntilIdle();

        alice.unsubscribesFrom("topic:x", "1");
        router.runUntilIdle();
        bob.publishes("1", "topic:x", "1");
        router.runUntilIdle();

        assertThat(alice.acknowledged()).containsExactly("1");
        assertThat(alice.received()).isEmpty();
        assertThat(stays.received()).containsExactly("1");
        assertThat(bob.receipt("1")).isEqualTo(delivered(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldAcknowledgeAnUnsubscribeFromWhatWasNeverSubscribed(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");

        alice.unsubscribesFrom("topic:x", "1");
        router.runUntilIdle();

        assertThat(alice.acknowledged()).containsExactly("1");
        assertThat(router.stats().topics()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldForgetATopicWithItsLastSubscriber(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        List<RecordingConnection> subscribers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RecordingConnection subscriber = router.connects("user" + i);
            subscriber.subscribesTo("topic:x");
            subscribers.add(subscriber);
        }
        router.runUntilIdle();
        assertThat(router.stats().topics()).isEqualTo(1);

        subscribers.subList(0, 3).forEach(subscriber -> subscriber.unsubscribesFrom("topic:x"));
        subscribers.subList(3, 6).forEach(RecordingConnection::disconnects);
        subscribers.subList(6, 8).forEach(RecordingConnection::losesItsSocket);
        router.runUntilIdle();
        RecordingConnection publisher = router.connects("publisher");
        publisher.publishes("1", "topic:x", "1");
        router.runUntilIdle();

        assertThat(router.stats().topics()).isZero();
        assertThat(router.stats().subscribedTopics()).isZero();
        assertThat(publisher.receipt("1")).isEqualTo(noRoute());
    }

    @Test
    void shouldRefuseWhatIsNotGranted() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects(Principals.granted("alice", List.of("*"), List.of("topic:chat.*")));
        RecordingConnection bob = router.connects("bob");

        alice.subscribesTo("topic:ops", "8");
        alice.subscribesTo("topic:chat.", "9");
        alice.subscribesTo("topic:chat.1", "10");
        router.runUntilIdle();
        bob.publishes("topic:ops", "1");
        bob.publishes("topic:chat.", "2");
        bob.publishes("topic:chat.1", "3");
        router.runUntilIdle();

        assertThat(alice.pushes())
                .containsOnlyOnce("{\"type\":\"error\",\"id\":\"8\",\"code\":\"forbidden\","
                        + "\"reason\":\"user:alice may not subscribe to topic:ops\",\"retryable\":false}");
        assertThat(alice.errors()).containsExactly("forbidden", "forbidden");
        assertThat(alice.acknowledged()).containsExactly("10");
        assertThat(alice.received()).containsExactly("3");
        assertThat(router.count(Metric.DENIED)).isEqualTo(2);
        assertThat(router.securityEvents())
                .containsOnlyOnce(new SecurityEvent(
                        SecurityEvent.Kind.DENIED, Address.user("alice"), Address.topic("ops"), "subscribe"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"user:alice", "user:bob", "connection:ws_alice_1_00000000"})
    void shouldRefuseToSubscribeToAnythingButTopicsWhateverTheGrants(String address) {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");

        alice.subscribesTo(address, "8");
        router.runUntilIdle();

        assertThat(alice.errors()).containsExactly("forbidden");
        assertThat(alice.subscriptionCount()).isZero();
    }

    @Test
    void shouldSubscribeQuietlyWithoutAnId() {
        TestRouter router = TestRouter.withShards(4);
        RecordingConnection alice = router.connects("alice");

        alice.subscribesTo("topic:x");
        alice.unsubscribesFrom("topic:x");
        alice.subscribesTo("topic:x");
        router.runUntilIdle();

        assertThat(alice.pushes()).isEmpty();
        assertThat(alice.subscriptionCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBeExactWithinOneTurn(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        Address topic = Address.topic("x");

        alice.givesAtOnce(
                new Command.Subscribe("1", topic),
                new Command.Unsubscribe("2", topic),
                new Command.Subscribe("3", topic),
                new Command.Subscribe("4", topic),
                new Command.Unsubscribe("5", topic),
                new Command.Subscribe("6", topic),
                new Command.Ping("7"));
        router.runUntilIdle();

        assertThat(alice.acknowledged()).containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6");
        assertThat(alice.pushes("pong")).hasSize(1);
        assertThat(alice.subscriptionCount()).isEqualTo(1);
    }
}
