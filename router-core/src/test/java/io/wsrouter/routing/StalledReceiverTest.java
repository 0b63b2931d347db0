package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.connection.QueueLimits;
import io.wsrouter.connection.SlowConsumerPolicy;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A receiver whose messages wait in a real backlog, on a virtual clock. */
@ExtendWith(SeedWatcher.class)
final class StalledReceiverTest {

    private static TestRouter router(int messages, SlowConsumerPolicy policy) {
        return TestRouter.with(4, TestLimits.usual().queues(new QueueLimits(1 << 20, messages, 1 << 28, policy)));
    }

    private static void publish(RecordingConnection from, Priority priority, String id) {
        from.gives(
                new Command.Publish(id, Address.parse("user:alice"), null, RawJson.of('"' + id + '"'), priority, null));
    }

    @Test
    void shouldAnswerWhoHadToMakeRoomAndDeliverTheOthersByClass() {
        TestRouter router = router(3, SlowConsumerPolicy.DROP_OLDEST);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        alice.has(RecordingConnection.Socket.STALLED);

        publish(bob, Priority.LOW, "low");
        publish(bob, Priority.NORMAL, "normal1");
        publish(bob, Priority.NORMAL, "normal2");
        publish(bob, Priority.NORMAL, "normal3");
        publish(bob, Priority.CRITICAL, "critical");
        publish(bob, Priority.LOW, "late");
        router.runUntilIdle();
        alice.drains(10);
        router.runUntilIdle();

        assertThat(alice.received()).containsExactly("\"normal1\"", "\"normal2\"", "\"critical\"");
        for (String id : new String[] {"low", "normal3", "late"}) {
            assertThat(bob.receipt(id).refused()).as(id).isEqualTo(Map.of(Outcome.SLOW_CONSUMER, 1));
        }
        assertThat(bob.receipt("critical").outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(router.count(Metric.DROPPED_LOW)).isEqualTo(2);
        assertThat(router.count(Metric.DROPPED_NORMAL)).isEqualTo(1);
        assertThat(router.count(Metric.REFUSED)).isEqualTo(3);
    }

    @Test
    void shouldCloseTheReceiverUnderDisconnectAndAnswerForAllThatWaited() {
        TestRouter router = router(2, SlowConsumerPolicy.DISCONNECT);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        alice.has(RecordingConnection.Socket.STALLED);

        for (String id : new String[] {"1", "2", "3"}) {
            publish(bob, Priority.NORMAL, id);
        }
        router.runUntilIdle();

        assertThat(alice.closeReasons()).containsExactly(CloseReason.SLOW_CONSUMER);
        for (String id : new String[] {"1", "2", "3"}) {
            assertThat(bob.receipt(id).outcome()).as(id).isEqualTo(Outcome.SLOW_CONSUMER);
        }
    }

    @Test
    void shouldRecallFromTheBacklogWhatHasNoTimeLeft() {
        TestRouter router = router(10, SlowConsumerPolicy.DROP_NEWEST);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        alice.has(RecordingConnection.Socket.STALLED);

        bob.publishes("short", "user:alice", "1", Duration.ofMillis(500));
        bob.publishes("long", "user:alice", "2", Duration.ofSeconds(100));
        router.advance(Duration.ofSeconds(1));
        alice.drains(10);
        router.runUntilIdle();

        assertThat(bob.receipt("short").outcome()).isEqualTo(Outcome.EXPIRED);
        assertThat(bob.receipt("long").outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(alice.received()).containsExactly("2");
        assertThat(router.count(Metric.REFUSED)).isEqualTo(1);
    }
}
