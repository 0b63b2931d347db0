package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.routing.SeedWatcher;
import io.wsrouter.routing.Seeds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedWatcher.class)
final class ConnectionTableTest {

    private static final Address ALICE = Address.user("alice");
    private static final Address BOB = Address.user("bob");
    private static final ConnectionId ID = ConnectionId.of(ALICE, 1, 1);

    private final ConnectionTable table = new ConnectionTable();

    @Test
    void shouldFindAConnectionByItsIdAndByItsUser() {
        Connection first = new StubConnection("alice");
        Connection second = new StubConnection("alice");

        assertThat(table.putIfAbsent(ID, first)).isTrue();
        assertThat(table.putIfAbsent(ConnectionId.of(ALICE, 1, 2), second)).isTrue();

        assertThat(table.get(ID)).isSameAs(first);
        assertThat(table.ofUser(ALICE).connections()).containsExactly(first, second);
        assertThat(table.ofUser(BOB)).isNull();
        assertThat(table.size()).isEqualTo(2);
        assertThat(table.users()).isEqualTo(1);
        assertThat(first.id()).isEqualTo(ID);
        assertThat(first.isOpen()).isTrue();
    }

    @Test
    void shouldRefuseASecondOwnerOfAnIdWithoutATrace() {
        Connection owner = new StubConnection("alice");
        Connection second = new StubConnection("alice");
        table.putIfAbsent(ID, owner);

        assertThat(table.putIfAbsent(ID, second)).isFalse();

        assertThat(table.get(ID)).isSameAs(owner);
        assertThat(table.ofUser(ALICE).connections()).containsExactly(owner);
        assertThat(table.all()).containsExactly(owner);
        assertThat(owner.isOpen()).isTrue();
        assertThat(second.state()).isEqualTo(Connection.State.NEW);
        assertThatThrownBy(second::id).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldRefuseTheSameConnectionTwice() {
        Connection alice = new StubConnection("alice");
        table.putIfAbsent(ID, alice);

        assertThatThrownBy(() -> table.putIfAbsent(ConnectionId.of(ALICE, 1, 2), alice))
                .isInstanceOf(IllegalStateException.class);

        assertThat(table.size()).isEqualTo(1);
        assertThat(table.get(ConnectionId.of(ALICE, 1, 2))).isNull();
        assertThat(table.ofUser(ALICE).connections()).containsExactly(alice);
    }

    @Test
    void shouldRefuseAnIdOfAnotherUser() {
        Connection bob = new StubConnection("bob");

        assertThatThrownBy(() -> table.putIfAbsent(ID, bob))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("connection id ws_alice_1_00000001 (expected one of user:bob)");

        assertThat(table.size()).isZero();
        assertThat(table.users()).isZero();
        assertThat(bob.state()).isEqualTo(Connection.State.NEW);
    }

    @Test
    void shouldRefuseAConnectionThatClosedBeforeItWasRegistered() {
        Connection alice = new StubConnection("alice");
        alice.onClosed();

        assertThatThrownBy(() -> table.putIfAbsent(ID, alice)).isInstanceOf(IllegalStateException.class);

        assertThat(table.size()).isZero();
        assertThat(table.users()).isZero();
    }

    @Test
    void shouldForgetAUserWithTheLastConnection() {
        Connection first = new StubConnection("alice");
        Connection second = new StubConnection("alice");
        table.putIfAbsent(ID, first);
        table.putIfAbsent(ConnectionId.of(ALICE, 1, 2), second);

        assertThat(table.remove(first)).isTrue();
        assertThat(table.ofUser(ALICE).connections()).containsExactly(second);
        assertThat(table.remove(second)).isTrue();

        assertThat(table.ofUser(ALICE)).isNull();
        assertThat(table.all()).isEmpty();
        assertThat(table.users()).isZero();
    }

    @Test
    void shouldNotRemoveTheSuccessorOfALateRemoval() {
        Connection late = new StubConnection("alice");
        Connection successor = new StubConnection("alice");
        table.putIfAbsent(ID, late);
        table.remove(late);
        table.putIfAbsent(ID, successor);

        assertThat(table.remove(late)).isFalse();

        assertThat(table.get(ID)).isSameAs(successor);
        assertThat(table.ofUser(ALICE).connections()).containsExactly(successor);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void shouldRemoveNothingTwice() {
        Connection alice = new StubConnection("alice");
        table.putIfAbsent(ID, alice);

        assertThat(table.remove(alice)).isTrue();
        assertThat(table.remove(alice)).isFalse();
        assertThat(table.size()).isZero();
    }

    @Test
    void shouldRemoveAConnectionThatItsUserHasLost() {
        Connection alice = new StubConnection("alice");
        table.putIfAbsent(ID, alice);
        Tampering.unlist(alice, table);

        assertThat(table.remove(alice)).isTrue();

        assertThat(table.get(ID)).isNull();
        assertThat(table.size()).isZero();
    }

    @Test
    void shouldLetConnectionsBeWalkedWhileTheyComeAndGo() {
        Connection first = new StubConnection("alice");
        Connection second = new StubConnection("alice");
        table.putIfAbsent(ID, first);
        table.putIfAbsent(ConnectionId.of(ALICE, 1, 2), second);
        List<Connection> walked = new ArrayList<>();

        for (Connection connection : table.ofUser(ALICE).connections()) {
            walked.add(connection);
            table.remove(first);
            table.remove(second);
            table.putIfAbsent(ConnectionId.of(ALICE, 2, walked.size()), new StubConnection("alice"));
        }

        assertThat(walked).containsExactly(first, second);
        assertThat(table.ofUser(ALICE).size()).isEqualTo(2);
    }

    @Test
    void shouldAgreeWithANaiveModelAfterAnyOperations() {
        long seed = Seeds.next();
        Random random = new Random(seed);
        Map<ConnectionId, Connection> model = new LinkedHashMap<>();
        List<Connection> gone = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            String user = "user" + random.nextInt(12);
            ConnectionId id = ConnectionId.of(Address.user(user), random.nextInt(2), random.nextInt(4));
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    Connection connection = new StubConnection(user);
                    assertThat(table.putIfAbsent(id, connection)).isEqualTo(!model.containsKey(id));
                    model.putIfAbsent(id, connection);
                }
                case 2, 3 -> {
                    Connection connection = model.remove(id);
                    if (connection != null) {
                        assertThat(table.remove(connection)).isTrue();
                        gone.add(connection);
                    }
                }
                default -> {
                    if (!gone.isEmpty()) {
                        assertThat(table.remove(gone.get(random.nextInt(gone.size()))))
                                .as("a late removal, seed %d", seed)
                                .isFalse();
                    }
                }
            }
            if (step % 50 == 0) {
                assertAgrees(model, seed);
            }
        }
        assertAgrees(model, seed);
    }

    private void assertAgrees(Map<ConnectionId, Connection> model, long seed) {
        Map<Address, List<Connection>> byUser = new LinkedHashMap<>();
        model.forEach((id, connection) ->
                byUser.computeIfAbsent(id.user(), user -> new ArrayList<>()).add(connection));

        assertThat(table.all()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(model.values());
        assertThat(table.size()).as("seed %d", seed).isEqualTo(model.size());
        assertThat(table.users()).as("seed %d", seed).isEqualTo(byUser.size());
        model.forEach((id, connection) -> {
            assertThat(table.get(id)).as("seed %d", seed).isSameAs(connection);
            assertThat(connection.id()).as("seed %d", seed).isEqualTo(id);
        });
        byUser.forEach((user, expected) -> assertThat(table.ofUser(user).connections())
                .as("oldest first, seed %d", seed)
                .containsExactlyElementsOf(expected));
        for (int i = 0; i < 12; i++) {
            Address user = Address.user("user" + i);
            assertThat(table.ofUser(user) != null).as("seed %d", seed).isEqualTo(byUser.containsKey(user));
        }
    }
}
