package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.ErrorCode;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command costs work, so every command counts. */
@ExtendWith(SeedWatcher.class)
final class CommandRateTest {

    private static final Address TOPIC = Address.topic("x");

    @ParameterizedTest
    @MethodSource("commands")
    void shouldAnswerWhatIsAboveTheRateWithAnErrorAndNotCarryItOut(Command command) {
        TestRouter router = TestRouter.with(2, TestLimits.usual().messagesPerSecond(3));
        RecordingConnection alice = router.connects("alice");
        for (int i = 0; i < 3; i++) {
            alice.gives(new Command.Ping(null));
        }

        alice.gives(command);
        router.runUntilIdle();

        assertThat(alice.pushes().subList(3, alice.pushes().size()))
                .containsExactly("{\"type\":\"error\",\"id\":\"1\",\"code\":\"rate_limited\","
                        + "\"reason\":\"limits.messages-per-second, or -per-user\",\"retryable\":true}");
        assertThat(alice.subscriptionCount()).isZero();
        router.advance(Duration.ofSeconds(1));
        alice.gives(new Command.Ping("2"));
        router.runUntilIdle();
        assertThat(alice.pushes()).last().isEqualTo("{\"type\":\"pong\",\"id\":\"2\"}");
    }

    static Stream<Command> commands() {
        return Stream.of(
                new Command.Unsubscribe("1", TOPIC),
                new Command.Ping("1"),
                new Command.Refresh("1", "token"),
                new Command.Invalid("1", ErrorCode.FORBIDDEN, "only topics can be subscribed to", false));
    }

    @Test
    void shouldCountEveryKindOfCommandTogether() {
        TestRouter router = TestRouter.with(2, TestLimits.usual().messagesPerSecond(6));
        RecordingConnection alice = router.connects("alice");
        alice.subscribesTo("topic:x", "1");
        alice.unsubscribesFrom("topic:x", "2");
        alice.gives(new Command.Ping("3"));
        alice.refreshes("token", "4");
        alice.talksNonsense();
        alice.publishes("6", "user:alice", "1");
        alice.publishes("7", "user:alice", "2");
        alice.gives(new Command.Ping("8"));
        router.runUntilIdle();

        assertThat(alice.acknowledged()).containsExactly("1", "2");
        assertThat(alice.errors()).containsExactlyInAnyOrder("unauthenticated", "bad_request", "rate_limited");
        assertThat(alice.received()).containsExactly("1");
        assertThat(alice.receipt("7")).isEqualTo(Receipt.refused(Outcome.RATE_LIMITED));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCloseWhoKeepsExceedingTheRateWithWhateverCommand(boolean hasId) {
        TestRouter router = TestRouter.with(2, TestLimits.usual().messagesPerSecond(5));
        RecordingConnection flooder = router.connects("flooder");
        for (int tenth = 0; tenth < 105; tenth++) {
            flooder.gives(new Command.Ping(hasId ? "1" : null));
            flooder.gives(new Command.Unsubscribe(null, TOPIC));
            router.advance(Duration.ofMillis(100));
        }

        assertThat(flooder.closeReasons()).containsExactly(CloseReason.RATE_EXCEEDED);
        assertThat(router.findings()).isEmpty();
    }

    @Test
    void shouldShareTheRateOfAUserAmongTheCommandsOfItsConnections() {
        TestRouter router = TestRouter.with(2, TestLimits.usual().messagesPerSecondPerUser(4));
        List<RecordingConnection> alices = List.of(router.connects("alice"), router.connects("alice"));
        for (int i = 0; i < 4; i++) {
            alices.forEach(alice -> alice.gives(new Command.Ping("1")));
        }
        router.runUntilIdle();

        assertThat(alices).allSatisfy(alice -> {
            assertThat(alice.pushes("pong")).hasSize(2);
            assertThat(alice.errors()).containsExactly("rate_limited", "rate_limited");
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotFillUpTheRateOfAUserWhoLeavesAndComesBack(boolean isPolite) {
        TestRouter router = TestRouter.with(2, TestLimits.usual().messagesPerSecondPerUser(5));
        RecordingConnection bob = router.connects("bob");
        for (int visit = 0; visit < 4; visit++) {
            RecordingConnection alice = router.connects("alice");
            for (int i = 0; i < 5; i++) {
                alice.publishes("user:bob", "1");
            }
            router.runUntilIdle();
            if (isPolite) {
                alice.disconnects();
            } else {
                alice.losesItsSocket();
            }
            router.runUntilIdle();
        }
        assertThat(bob.received()).as("five in all").hasSize(5);

        router.advance(Duration.ofMillis(400));
        RecordingConnection alice = router.connects("alice");
        for (int i = 0; i < 5; i++) {
            alice.publishes("user:bob", "2");
        }
        router.runUntilIdle();
        assertThat(bob.received()).as("two more in 0.4 s").hasSize(7);

        alice.disconnects();
        router.advance(Duration.ofSeconds(1));
        RecordingConnection later = router.connects("alice");
        for (int i = 0; i < 6; i++) {
            later.publishes("user:bob", "3");
        }
        router.runUntilIdle();
        assertThat(bob.received()).as("all of it after a second").hasSize(12);
    }
}
