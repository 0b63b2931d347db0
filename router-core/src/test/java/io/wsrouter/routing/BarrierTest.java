package io.wsrouter.routing;

import static io.wsrouter.routing.Receipts.noneOf;
import static io.wsrouter.routing.Receipts.partial;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Subscription;
import io.wsrouter.connection.Tampering;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The tables are broken on purpose: the second barrier has to hold alone. */
@ExtendWith(SeedWatcher.class)
final class BarrierTest {

    private final TestRouter router = TestRouter.withShards(4);
    private final RecordingConnection alice = router.connects("alice");
    private final RecordingConnection bob =
            router.connects(router.userOn(alice.shard().index()));
    private final RecordingConnection carol = router.connects("carol");

    @BeforeEach
    void tamperOnPurpose() {
        router.expectsFaults(Metric.MISDELIVERY_REFUSED);
    }

    @Test
    void shouldWriteNothingToAConnectionUnderAnotherUsersEntry() {
        Tampering.plant(bob, alice.shard().connectionTable(), Address.user("alice"));

        carol.publishes("1", "user:alice", "1");
        router.runUntilIdle();

        assertThat(carol.receipt("1")).isEqualTo(partial(1, 0, Map.of(Outcome.OWNER_MISMATCH, 1)));
        assertThat(alice.received()).containsExactly("1");
        assertStoppedAtTheWrite("user:alice");
    }

    @Test
    void shouldWriteNothingToAConnectionUnderAnothersId() {
        Tampering.plant(bob, alice.shard().connectionTable(), alice.id());

        carol.publishes("1", alice.address(), "1");
        router.runUntilIdle();

        assertThat(carol.receipt("1")).isEqualTo(noneOf(1, Outcome.OWNER_MISMATCH));
        assertThat(alice.received()).isEmpty();
        assertStoppedAtTheWrite(alice.address());
    }

    @Test
    void shouldWriteNothingToAConnectionOfTheSameUserUnderAnothersId() {
        RecordingConnection second = router.connects("alice");
        Tampering.plant(second, alice.shard().connectionTable(), alice.id());

        carol.publishes("1", alice.address(), "1");
        router.runUntilIdle();

        assertThat(carol.receipt("1")).isEqualTo(noneOf(1, Outcome.OWNER_MISMATCH));
        assertThat(second.writes()).isEmpty();
        assertThat(second.closeReasons()).containsExactly(CloseReason.INTERNAL_ERROR);
    }

    @Test
    void shouldWriteNothingToAConnectionThatHasNotSubscribedItself() {
        Address topic = Address.topic("secret");
        alice.subscribesTo("topic:secret");
        router.runUntilIdle();
        alice.shard().subscriptionTable().get(topic).add(new Subscription(bob, topic));

        carol.publishes("1", "topic:secret", "1");
        router.runUntilIdle();

        assertThat(carol.receipt("1")).isEqualTo(partial(1, 0, Map.of(Outcome.OWNER_MISMATCH, 1)));
        assertThat(alice.received()).containsExactly("1");
        assertStoppedAtTheWrite("topic:secret");
    }

    @Test
    void shouldStopEveryFurtherAttempt() {
        Tampering.plant(bob, alice.shard().connectionTable(), Address.user("alice"));
        for (int i = 0; i < 5; i++) {
            carol.publishes("user:alice", "" + i);
            carol.publishes("user:" + bob.user(), "" + i);
            router.runUntilIdle();
        }

        assertThat(bob.writes()).isEmpty();
        assertThat(bob.violations()).isEmpty();
        assertThat(bob.closeReasons()).containsExactly(CloseReason.INTERNAL_ERROR);
        assertThat(alice.received()).containsExactly("0", "1", "2", "3", "4");
        assertThat(router.count(Metric.MISDELIVERY_REFUSED)).isEqualTo(5);
    }

    @Test
    void shouldNotReportWhatNeverHappened() {
        router.expectsFaults();
        carol.publishes("user:alice", "1");
        router.runUntilIdle();

        assertThat(router.answer(router.router().hasRefusedMisdelivery())).isFalse();
        assertThat(router.securityEvents()).isEmpty();
    }

    private void assertStoppedAtTheWrite(String address) {
        assertThat(bob.writes()).as("what was written to the stranger").isEmpty();
        assertThat(bob.closeReasons()).containsExactly(CloseReason.INTERNAL_ERROR);
        assertThat(bob.state()).isEqualTo(Connection.State.CLOSED);
        assertThat(router.count(Metric.MISDELIVERY_REFUSED)).isEqualTo(1);
        assertThat(router.answer(router.router().hasRefusedMisdelivery())).isTrue();
        assertThat(router.securityEvents())
                .isEqualTo(List.of(new SecurityEvent(
                        SecurityEvent.Kind.MISDELIVERY_REFUSED,
                        bob.principal().user(),
                        Address.parse(address),
                        "stopped at the write")));
    }
}
