package io.wsrouter.routing;

import static io.wsrouter.routing.Receipts.delivered;
import static io.wsrouter.routing.Receipts.noRoute;
import static io.wsrouter.routing.Receipts.noneOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.Pushes;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.RecordingConnection.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedWatcher.class)
final class BackplaneTest {

    private final RecordingBackplane backplane = RecordingBackplane.amongOthers();
    private final TestRouter router = TestRouter.with(4, TestLimits.usual(), backplane, Seeds.next());

    @Test
    void shouldAnnounceAUserFromTheFirstConnectionToTheLast() {
        RecordingConnection first = router.connects("alice");
        RecordingConnection second = router.connects("alice");
        assertThat(backplane.announcements()).containsExactly("+user:alice");

        first.disconnects();
        router.runUntilIdle();
        assertThat(backplane.announcements()).containsExactly("+user:alice");

        second.losesItsSocket();
        router.runUntilIdle();
        router.connects("alice");
        assertThat(backplane.announcements()).containsExactly("+user:alice", "-user:alice", "+user:alice");
    }

    @Test
    void shouldAnnounceATopicFromTheFirstSubscriberToTheLast() {
        List<RecordingConnection> subscribers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RecordingConnection subscriber = router.connects("user" + i);
            subscriber.subscribesTo("topic:x");
            subscribers.add(subscriber);
        }
        router.runUntilIdle();
        assertThat(aboutTopics()).containsExactly("+topic:x");

        for (RecordingConnection subscriber : subscribers) {
            assertThat(aboutTopics()).containsExactly("+topic:x");
            subscriber.unsubscribesFrom("topic:x");
            router.runUntilIdle();
        }
        assertThat(aboutTopics()).containsExactly("+topic:x", "-topic:x");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldAnnounceEveryChangeOnceInAnyOrderOfSteps(int shards) {
        for (int round = 0; round < 100; round++) {
            RecordingBackplane churned = RecordingBackplane.alone();
            TestRouter other = TestRouter.with(shards, TestLimits.usual(), churned, Seeds.next());
            for (int i = 0; i < 40; i++) {
                RecordingConnection connection = other.arrives(
                        Principals.everything("user" + other.random().nextInt(3)));
                connection.subscribesTo("topic:t" + other.random().nextInt(2));
                connection.unsubscribesFrom("topic:t" + other.random().nextInt(2));
                if (other.random().nextBoolean()) {
                    connection.disconnects();
                }
                other.step();
            }

            assertThat(other.findings()).as("%s", other).isEmpty();
        }
    }

    @Test
    void shouldAddUpTheReceiversHereAndThere() {
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        alice.publishes("1", "user:bob", "1");
        router.runUntilIdle();
        assertThat(bob.received()).as("nobody waits for the other nodes").containsExactly("1");
        assertThat(alice.receipts("1")).isEmpty();

        backplane.answers(
                new Receipt(Outcome.PARTIAL, 5, 2, 1, Map.of(Outcome.SLOW_CONSUMER, 1, Outcome.CLOSED, 1), List.of()));
        router.runUntilIdle();

        assertThat(alice.receipt("1"))
                .isEqualTo(new Receipt(
                        Outcome.PARTIAL, 6, 3, 1, Map.of(Outcome.SLOW_CONSUMER, 1, Outcome.CLOSED, 1), List.of()));
    }

    @Test
    void shouldListTheNodesThatDidNotAnswerAndNeverCountThemAsZero() {
        RecordingConnection alice = router.connects("alice");
        router.connects("bob");
        alice.publishes("1", "user:bob", "1");
        alice.publishes("2", "user:carol", "2");
        router.runUntilIdle();
        assertThat(backplane.forwarded()).containsExactlyInAnyOrder("user:bob", "user:carol");

        Receipt silence = Receipt.of(0, 0, 0, new int[Outcome.values().length], List.of("n2", "n3"));
        backplane.answers(silence);
        backplane.answers(silence);
        router.runUntilIdle();

        assertThat(alice.receipt("1")).isEqualTo(new Receipt(Outcome.PARTIAL, 1, 1, 0, Map.of(), List.of("n2", "n3")));
        assertThat(alice.receipt("2")).isEqualTo(new Receipt(Outcome.UNKNOWN, 0, 0, 0, Map.of(), List.of("n2", "n3")));
    }

    @Test
    void shouldSayNoRouteWhenNobodyIsThereEither() {
        RecordingConnection alice = router.connects("alice");
        alice.publishes("1", "user:carol", "1");
        router.runUntilIdle();

        backplane.answers(noRoute());
        router.runUntilIdle();

        assertThat(alice.receipt("1")).isEqualTo(noRoute());
    }

    @Test
    void shouldReportTheReceiversOfOtherNodesAlone() {
        RecordingConnection alice = router.connects("alice");
        alice.publishes("1", "topic:x", "1");
        alice.publishes("2", "connection:ws_bob_1_00000000", "2");
        router.runUntilIdle();

        backplane.answers(delivered(4));
        backplane.answers(delivered(4));
        router.runUntilIdle();

        assertThat(alice.receipt("1")).isEqualTo(delivered(4));
        assertThat(alice.receipt("2")).isEqualTo(delivered(4));
    }

    @Test
    void shouldForwardNothingThatIsRefusedHere() {
        RecordingConnection alice = router.connects(Principals.nothing("alice"));
        alice.publishes("1", "user:bob", "1");
        alice.publishesBelieving("carol", "2", "user:alice", "2");
        router.runUntilIdle();

        assertThat(backplane.forwarded()).isEmpty();
    }

    @Test
    void shouldForwardOncePerPublishWhateverItsReceivers() {
        RecordingConnection alice = router.connects("alice");
        for (int i = 0; i < 6; i++) {
            router.connects("user" + i).subscribesTo("topic:x");
        }
        router.runUntilIdle();

        alice.publishes("topic:x", "1");
        router.runUntilIdle();

        assertThat(backplane.forwarded()).containsExactly("topic:x");
    }

    @Test
    void shouldDeliverWhatOtherNodesBringInToThisNodeAlone() {
        RecordingConnection first = router.connects("bob");
        RecordingConnection second = router.connects("bob");
        RecordingConnection subscriber = router.connects("carol");
        subscriber.subscribesTo("topic:x");
        second.has(Socket.FULL);
        router.runUntilIdle();
        List<Receipt> answers = new ArrayList<>();

        backplane.bringsIn(message("user:bob", "1"), answers::add);
        router.runUntilIdle();
        backplane.bringsIn(message("topic:x", "2"), answers::add);
        router.runUntilIdle();
        backplane.bringsIn(message(first.address(), "3"), answers::add);
        router.runUntilIdle();
        backplane.bringsIn(message("user:nobody", "4"), answers::add);
        router.runUntilIdle();

        assertThat(first.received()).containsExactly("1", "3");
        assertThat(subscriber.received()).containsExactly("2");
        assertThat(answers)
                .containsExactly(
                        new Receipt(Outcome.PARTIAL, 2, 1, 0, Map.of(Outcome.SLOW_CONSUMER, 1), List.of()),
                        delivered(1),
                        delivered(1),
                        noRoute());
        assertThat(backplane.forwarded()).as("it does not travel on").isEmpty();
    }

    @Test
    void shouldKeepTheOrderOfWhatOtherNodesBringIn() {
        RecordingConnection bob = router.connects("bob");
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            backplane.bringsIn(message("user:bob", "" + i), answer -> {});
            expected.add("" + i);
            router.step();
        }
        router.runUntilIdle();

        assertThat(bob.received()).isEqualTo(expected);
    }

    @Test
    void shouldKnowNobodyWhenANodeIsByItself() {
        TestRouter single = TestRouter.withShards(2);
        RecordingConnection alice = single.connects("alice");
        single.connects("bob").has(Socket.GONE);

        alice.publishes("1", "user:bob", "1");
        single.runUntilIdle();

        assertThat(alice.receipt("1")).isEqualTo(noneOf(1, Outcome.CLOSED));
        assertThat(Backplane.SINGLE_NODE.forward(message("user:bob", "1"), answer -> {}))
                .isFalse();
    }

    private List<String> aboutTopics() {
        return backplane.announcements().stream()
                .filter(announcement -> announcement.contains("topic:"))
                .toList();
    }

    private static Message message(String to, String data) {
        Address address = Address.parse(to);
        return new Message(
                address, Priority.NORMAL, Pushes.message(address, Address.user("far"), null, 0, RawJson.of(data)));
    }
}
