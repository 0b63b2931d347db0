package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.routing.RecordingConnection.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the node's level has a shard refuse, and what the shards tell of their receivers. */
@ExtendWith(SeedWatcher.class)
final class SheddingTest {

    private static final Duration A_WINDOW = Duration.ofMillis(2_600);

    @ParameterizedTest
    @CsvSource({
        "NORMAL,   LOW, DELIVERED",
        "NORMAL,   NORMAL, DELIVERED",
        "NORMAL,   HIGH, DELIVERED",
        "NORMAL,   CRITICAL, DELIVERED",
        "ELEVATED, LOW, OVERLOADED",
        "ELEVATED, NORMAL, DELIVERED",
        "ELEVATED, HIGH, DELIVERED",
        "ELEVATED, CRITICAL, DELIVERED",
        "SEVERE,   LOW, OVERLOADED",
        "SEVERE,   NORMAL, DELIVERED",
        "SEVERE,   HIGH, DELIVERED",
        "SEVERE,   CRITICAL, DELIVERED",
        "CRITICAL, LOW, OVERLOADED",
        "CRITICAL, NORMAL, OVERLOADED",
        "CRITICAL, HIGH, DELIVERED",
        "CRITICAL, CRITICAL, DELIVERED"
    })
    void shouldShedByClass(Level level, Priority priority, Outcome outcome) {
        TestRouter router = TestRouter.withShards(3);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        router.router().enter(level);
        router.runUntilIdle();

        alice.gives(publish("1", priority));
        Outcome withoutConnection = router.answer(
                        router.router().publish(Principals.everything("carol"), publish(null, priority)))
                .outcome();
        router.runUntilIdle();

        int shed = outcome == Outcome.OVERLOADED ? 2 : 0;
        assertThat(alice.receipt("1").outcome()).isEqualTo(outcome);
        assertThat(withoutConnection).isEqualTo(outcome);
        assertThat(bob.received()).hasSize(2 - shed);
        assertThat(router.count(Metric.LOW_SHED)).isEqualTo(priority == Priority.LOW ? shed : 0);
        assertThat(router.count(Metric.NORMAL_SHED)).isEqualTo(priority == Priority.NORMAL ? shed : 0);
        assertThat(router.count(Metric.PUBLISHES_REFUSED)).isEqualTo(shed);
        assertThat(router.count(Metric.PUBLISHED)).isEqualTo(2);
        assertThat(router.count(Metric.LEVEL_CHANGES)).isOne();
        assertThat(router.findings()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    void shouldKeepControlAtEveryLevel(Level level) {
        TestRouter router = TestRouter.withShards(3);
        RecordingConnection alice = router.connects("alice");
        router.router().enter(level);
        router.runUntilIdle();

        alice.subscribesTo("topic:x", "1");
        alice.unsubscribesFrom("topic:x", "2");
        alice.gives(new Command.Ping("3"));
        router.runUntilIdle();

        assertThat(alice.acknowledged()).containsExactly("1", "2");
        assertThat(alice.pushes("pong")).hasSize(1);
        assertThat(alice.errors()).isEmpty();
    }

    @Test
    void shouldSayForbiddenRatherThanOverloaded() {
        TestRouter router = TestRouter.withShards(3);
        RecordingConnection alice = router.connects(Principals.nothing("alice"));
        router.connects("bob");
        router.router().enter(Level.CRITICAL);
        router.runUntilIdle();

        alice.gives(publish("1", Priority.LOW));
        router.runUntilIdle();

        assertThat(alice.receipt("1").outcome()).isEqualTo(Outcome.FORBIDDEN);
        assertThat(router.count(Metric.LOW_SHED)).isZero();
    }

    @Test
    void shouldTakeOnEverythingAgainAtTheNormalLevel() {
        TestRouter router = TestRouter.withShards(3);
        RecordingConnection alice = router.connects("alice");
        router.connects("bob");
        router.router().enter(Level.CRITICAL);
        router.router().enter(Level.NORMAL);
        router.runUntilIdle();

        alice.gives(publish("1", Priority.LOW));
        router.runUntilIdle();

        assertThat(alice.receipt("1").outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(router.count(Metric.LEVEL_CHANGES)).isEqualTo(2);
    }

    // ---- what the shards tell of their receivers

    @Test
    void shouldCountASickUserOnceHoweverMuchItRefuses() {
        TestRouter router = TestRouter.withShards(3);
        RecordingConnection alice = router.connects("alice");
        for (int i = 0; i < 30; i++) {
            router.connects("healthy" + i);
        }

        for (int round = 0; round < 40; round++) {
            RecordingConnection sick = router.connects("sick");
            sick.has(Socket.FULL);
            RecordingConnection second = router.connects("sick");
            second.has(Socket.FULL);
            alice.publishes("user:sick", "1"); // is closed, and comes again
            alice.publishes("user:healthy" + round % 30, "1");
            router.runUntilIdle();
        }

        assertThat(receivers(router).failed()).isEqualTo(1);
        assertThat(receivers(router).matched()).isGreaterThanOrEqualTo(31);
        assertThat(receivers(router).failurePercent()).isBetween(0.1, 4.0);
    }

    @Test
    void shouldTellTheShareOfUsersThatDoNotKeepUpWhateverTheirDevices() {
        TestRouter router = TestRouter.withShards(3);
        RecordingConnection alice = router.connects("alice");
        for (int i = 0; i < 40; i++) {
            for (int device = 0; device < 3; device++) {
                RecordingConnection connection = router.connects("user" + i);
                connection.has(i < 10 ? Socket.FULL : Socket.HEALTHY);
            }
        }

        for (int i = 0; i < 40; i++) {
            alice.publishes("user:user" + i, "1");
            alice.publishes("user:user" + i, "2");
        }
        router.runUntilIdle();

        assertThat(receivers(router)).isEqualTo(new ReceiverCounts(40, 10));
        assertThat(receivers(router).failurePercent()).isEqualTo(25);
    }

    @Test
    void shouldNotCountWhatThePublisherIsRefusedFor() {
        TestRouter router = TestRouter.withShards(3);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection mallory = router.connects(Principals.nothing("mallory"));
        router.connects("bob");
        router.router().enter(Level.CRITICAL);
        router.runUntilIdle();

        for (int i = 0; i < 50; i++) {
            mallory.publishes("user:bob", "1"); // forbidden
            alice.gives(publish(null, Priority.LOW)); // shed
            alice.publishes("user:nobody" + i, "1");
        }
        router.runUntilIdle();

        assertThat(receivers(router)).isEqualTo(ReceiverCounts.NONE);
    }

    @Test
    void shouldForgetReceiversByItself() {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice = router.connects("alice");
        router.connects("bob").has(Socket.FULL);
        alice.publishes("user:bob", "1");
        router.runUntilIdle();

        router.advance(A_WINDOW);
        assertThat(receivers(router)).as("the window before").isEqualTo(new ReceiverCounts(1, 1));
        router.advance(A_WINDOW);

        assertThat(receivers(router)).isEqualTo(ReceiverCounts.NONE);
    }

    @Test
    void shouldTellNoShareOfTooFew() {
        assertThat(new ReceiverCounts(19, 19).failurePercent()).isZero();
        assertThat(new ReceiverCounts(20, 5).failurePercent()).isEqualTo(25);
        assertThat(ReceiverCounts.NONE.failurePercent()).isZero();
    }

    private static ReceiverCounts receivers(TestRouter router) {
        List<ReceiverCounts> counts = new ArrayList<>();
        router.router().shards().forEach(shard -> router.on(shard, () -> counts.add(shard.onCountReceivers())));
        return counts.stream().reduce(ReceiverCounts.NONE, ReceiverCounts::plus);
    }

    private static Command.Publish publish(@Nullable String id, Priority priority) {
        return new Command.Publish(id, Address.parse("user:bob"), null, RawJson.of("1"), priority, null);
    }
}
