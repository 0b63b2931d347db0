package io.wsrouter.routing;

import static io.wsrouter.routing.Receipts.delivered;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.routing.RouterLimits.WhenUserIsFull;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A new connection takes the place of the oldest one, which does nothing to it any more. */
@ExtendWith(SeedWatcher.class)
final class ReplacementTest {

    private static final int LOGINS = 200;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void shouldKeepTheNewConnectionWhenTheOldOneEndsLate(int places) {
        TestRouter router = replacing(places);
        RecordingConnection bob = router.connects("bob");
        List<RecordingConnection> alices = new ArrayList<>();
        for (int login = 0; login < LOGINS; login++) {
            alices.add(router.arrives(Principals.everything("alice")));
            if (login >= places) {
                end(alices.get(login - places), router.random().nextInt(4));
            }
            for (int steps = router.random().nextInt(6); steps > 0; steps--) {
                router.step();
            }
            bob.publishes("" + login, "user:alice", "" + login);
        }
        router.runUntilIdle();
        alices.subList(0, LOGINS - places).forEach(RecordingConnection::losesItsSocket);
        router.runUntilIdle();
        bob.publishes("last", "user:alice", "last");
        router.runUntilIdle();

        List<RecordingConnection> present = alices.subList(LOGINS - places, LOGINS);
        assertThat(router.answer(router.router().connectionsOf(Address.user("alice"))))
                .as("%s", router)
                .extracting(ConnectionInfo::id)
                .isEqualTo(present.stream().map(RecordingConnection::id).toList());
        assertThat(present)
                .allSatisfy(one -> assertThat(one.received()).endsWith("last"))
                .allSatisfy(one -> assertThat(one.closeReasons()).isEmpty());
        assertThat(bob.receipt("last")).isEqualTo(delivered(places));
    }

    /** What a replaced connection does when it is time to go, or later. */
    private static void end(RecordingConnection replaced, int how) {
        switch (how) {
            case 0 -> replaced.disconnects();
            case 1 -> replaced.losesItsSocket();
            case 2 -> {
                replaced.disconnects();
                replaced.losesItsSocket();
            }
            default -> {
                // its socket ends when the test does
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void shouldNeverHoldOneConnectionTooManyNotEvenWithinAStep(int places) {
        TestRouter router = replacing(places);
        List<Integer> held = new ArrayList<>();
        for (int login = 0; login < places + 3; login++) {
            router.arrives(
                    Principals.everything("alice"),
                    answered -> held.add(answered.shard()
                            .connectionTable()
                            .ofUser(Address.user("alice"))
                            .size()));
        }
        router.runUntilIdle();

        assertThat(held)
                .hasSize(places + 3)
                .allSatisfy(count -> assertThat(count).isBetween(1, places));
        assertThat(router.connections().subList(0, 3))
                .allSatisfy(one -> assertThat(one.closeReasons()).containsExactly(CloseReason.REPLACED));
    }

    @Test
    void shouldReplaceNobodyElsesConnection() {
        TestRouter router = replacing(1);
        RecordingConnection bob = router.connects("bob");
        for (int login = 0; login < 10; login++) {
            router.connects("alice");
            router.connects("bob_" + login);
        }

        assertThat(bob.isConnected()).isTrue();
        assertThat(router.stats().connections()).isEqualTo(12);
    }

    private static TestRouter replacing(int places) {
        return TestRouter.with(4, TestLimits.usual().connectionsPerUser(places, WhenUserIsFull.REPLACE));
    }
}
