package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConnectionTest {

    private static final Address ALICE = Address.user("alice");
    private static final ConnectionId ID = ConnectionId.of(ALICE, 1, 1);

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "user:alice, true",
        "user:Alice, false",
        "user:alice_, false",
        "user:bob, false",
        "connection:ws_alice_1_00000001, true",
        "connection:ws_alice_1_00000002, false",
        "connection:ws_alice_2_00000001, false",
        "connection:ws_bob_1_00000001, false",
        "topic:mine, true",
        "topic:mine2, false",
        "topic:other, false",
    })
    void shouldReceiveOnlyWhatIsItsOwn(String address, boolean expected) {
        Connection alice = registered();
        alice.add(new Subscription(alice, Address.topic("mine")));

        assertThat(alice.mayReceive(Address.parse(address))).isEqualTo(expected);
    }

    @Test
    void shouldReceiveNothingOfATopicThatItHasLeft() {
        Connection alice = registered();
        Subscription subscription = new Subscription(alice, Address.topic("mine"));
        alice.add(subscription);
        alice.remove(subscription);

        assertThat(alice.mayReceive(Address.topic("mine"))).isFalse();
        assertThat(alice.subscriptionCount()).isZero();
        assertThat(alice.subscriptions()).isEmpty();
    }

    @Test
    void shouldReceiveNothingAsAConnectionBeforeItHasAnId() {
        assertThat(new StubConnection("alice").mayReceive(Address.connection(ID)))
                .isFalse();
    }

    @Test
    void shouldHaveNoIdBeforeRegistration() {
        Connection alice = new StubConnection("alice");

        assertThat(alice.state()).isEqualTo(Connection.State.NEW);
        assertThatThrownBy(alice::id).isInstanceOf(IllegalStateException.class).hasMessageContaining("not registered");
    }

    @Test
    void shouldGoThroughItsLifeOnce() {
        Connection alice = registered();
        assertThat(alice.isOpen()).isTrue();
        assertThat(alice.id()).isEqualTo(ID);

        alice.onClosing();
        assertThat(alice.state()).isEqualTo(Connection.State.CLOSING);
        assertThat(alice.isOpen()).isFalse();

        alice.onClosed();
        assertThat(alice.state()).isEqualTo(Connection.State.CLOSED);
        assertThat(alice.id()).as("the id is for good").isEqualTo(ID);
    }

    @Test
    void shouldNotComeBackToLife() {
        Connection open = registered();
        Connection closing = registered();
        closing.onClosing();
        Connection neverRegistered = new StubConnection("alice");
        neverRegistered.onClosed();

        for (Connection connection : List.of(open, closing, neverRegistered)) {
            Connection.State before = connection.state();

            assertThatThrownBy(() -> connection.onRegistered(ConnectionId.of(ALICE, 2, 2)))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(connection.state()).isEqualTo(before);
        }
        assertThat(open.id()).isEqualTo(ID);
    }

    @Test
    void shouldWakeItsListenerUntilItCloses() {
        TimerWheel wheel = new TimerWheel(0);
        List<Long> woken = new ArrayList<>();
        Connection alice = registered();
        alice.wake((connection, nowNanos) -> woken.add(nowNanos));

        wheel.schedule(alice, 1);
        wheel.advance(TimerWheel.TICK_NANOS, 10);
        wheel.schedule(alice, TimerWheel.TICK_NANOS + 1);
        alice.onClosing();
        wheel.advance(10 * TimerWheel.TICK_NANOS, 10);

        assertThat(woken).containsExactly(TimerWheel.TICK_NANOS);
    }

    private static Connection registered() {
        Connection alice = new StubConnection("alice");
        alice.onRegistered(ID);
        return alice;
    }
}
