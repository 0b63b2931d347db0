package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.Grants;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A new token on an open connection: the same user, another end, other grants. */
@ExtendWith(SeedWatcher.class)
final class RefreshTest {

    private final TestRouter router = TestRouter.withShards(3);

    @Test
    void shouldStayBeyondTheEndOfTheOldToken() {
        long now = router.clock().epochSecond();
        RecordingConnection alice = router.connects(Principals.until("alice", now + 60));

        alice.refreshes(token("alice", Duration.ofMinutes(5)), "10");
        router.runUntilIdle();

        assertThat(alice.pushes()).containsExactly("{\"type\":\"ok\",\"id\":\"10\",\"expires\":" + (now + 300) + "}");
        router.advance(Duration.ofSeconds(299));
        assertThat(alice.isConnected()).isTrue();
        router.advance(Duration.ofSeconds(2));
        assertThat(alice.closeReasons()).containsExactly(CloseReason.TOKEN_EXPIRED);
    }

    @Test
    void shouldEndWithATokenThatEndsEarlier() {
        RecordingConnection alice = router.connects("alice");

        alice.refreshes(token("alice", Duration.ofSeconds(5)), "10");
        router.advance(Duration.ofSeconds(4));
        assertThat(alice.isConnected()).isTrue();
        router.advance(Duration.ofMillis(1_200));

        assertThat(alice.closeReasons()).containsExactly(CloseReason.TOKEN_EXPIRED);
    }

    @Test
    void shouldEndWithTheSkewWhenTheNewTokenHasJustEnded() {
        RecordingConnection alice = router.connects("alice");
        router.advance(Duration.ofSeconds(100));
        String late = token("alice", Duration.ofSeconds(1));
        router.advance(Duration.ofSeconds(11));

        alice.refreshes(late, "10");
        router.advance(Duration.ofSeconds(19));
        assertThat(alice.acknowledged()).containsExactly("10");
        assertThat(alice.isConnected()).as("ten seconds late, within thirty").isTrue();
        router.advance(Duration.ofMillis(1_200));

        assertThat(alice.closeReasons()).containsExactly(CloseReason.TOKEN_EXPIRED);
    }

    @Test
    void shouldJudgeByTheNewGrants() {
        RecordingConnection bob = router.connects("bob");
        RecordingConnection alice = router.connects(Principals.granted("alice", List.of("user:bob"), List.of()));

        alice.refreshes(router.tokens().token(Principals.granted("alice", List.of(), List.of("topic:x"))), "10");
        router.runUntilIdle();
        alice.publishes("11", "user:bob", "1");
        alice.publishes("12", "user:alice", "2");
        alice.subscribesTo("topic:x", "13");
        router.runUntilIdle();

        assertThat(alice.receipt("11").outcome()).isEqualTo(Outcome.FORBIDDEN);
        assertThat(bob.received()).isEmpty();
        assertThat(alice.received()).containsExactly("2");
        assertThat(alice.acknowledged()).containsExactly("10", "13");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void shouldEndSubscriptionsThatTheNewGrantsLack(int shards) {
        TestRouter router = TestRouter.withShards(shards);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection other = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        for (String topic : List.of("topic:a.1", "topic:a.2", "topic:b.1", "topic:c")) {
            alice.subscribesTo(topic);
            other.subscribesTo(topic);
        }
        router.runUntilIdle();

        alice.refreshes(
                router.tokens().token(Principals.granted("alice", List.of(), List.of("topic:a.*", "topic:c"))), "10");
        router.runUntilIdle();
        for (String topic : List.of("topic:a.1", "topic:a.2", "topic:b.1", "topic:c")) {
            bob.publishes(topic, "\"" + topic + "\"");
        }
        router.runUntilIdle();

        assertThat(alice.pushes())
                .hasSize(2)
                .startsWith("{\"type\":\"error\",\"code\":\"forbidden\","
                        + "\"reason\":\"user:alice may no longer subscribe to topic:b.1\",\"retryable\":false}")
                .last()
                .asString()
                .startsWith("{\"type\":\"ok\",\"id\":\"10\",\"expires\":");
        assertThat(alice.received())
                .containsExactlyInAnyOrder("\"topic:a.1\"", "\"topic:a.2\"", "\"topic:c\"")
                .doesNotContain("\"topic:b.1\"");
        assertThat(other.received()).as("another connection with its own token").hasSize(4);
        assertThat(router.findings()).isEmpty();
    }

    @Test
    void shouldRefuseWhatIsStillToBeConfirmedWhenTheNewGrantsLackIt() {
        TestRouter router = TestRouter.withShards(2);
        String topic = router.topicOn(1);
        RecordingConnection alice = router.connects(Principals.everything(router.userOn(0)));
        alice.givesAtOnce(
                new Command.Subscribe("8", Address.parse(topic)),
                new Command.Refresh("10", router.tokens().token(Principals.nothing(alice.user()))));
        router.loop(0).step();
        router.loop(0).step();
        router.runUntilIdle();

        assertThat(alice.pushes("error")).extracting(Push::id).containsExactly("8", null);
        assertThat(alice.acknowledged()).containsExactly("10");
        assertThat(router.findings()).isEmpty();
    }

    @Test
    void shouldRefuseATokenOfAnotherUser() {
        long now = router.clock().epochSecond();
        RecordingConnection alice = router.connects(Principals.until("alice", now + 60));
        RecordingConnection mallory = router.connects("mallory");
        alice.subscribesTo("topic:x");

        alice.refreshes(token("bob", Duration.ofHours(1)), "10");
        mallory.publishes("user:bob", "1");
        router.runUntilIdle();

        assertThat(alice.pushes())
                .containsExactly("{\"type\":\"error\",\"id\":\"10\",\"code\":\"forbidden\","
                        + "\"reason\":\"identity_mismatch: The token's sub is another user than the X-User-ID header or the open"
                        + " connection names.\",\"retryable\":false}");
        assertThat(router.securityEvents())
                .containsExactly(
                        new SecurityEvent(SecurityEvent.Kind.OWNER_MISMATCH, Address.user("alice"), null, "refresh"));
        assertThat(router.count(Metric.OWNER_MISMATCHES)).isOne();
        assertThat(alice.received()).isEmpty();
        assertThat(alice.subscriptionCount()).isOne();
        router.advance(Duration.ofSeconds(61));
        assertThat(alice.closeReasons()).as("the old token goes on").containsExactly(CloseReason.TOKEN_EXPIRED);
    }

    @Test
    void shouldGoOnWithTheOldTokenWhenTheNewOneIsBad() {
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        alice.subscribesTo("topic:x");
        String expired = token("alice", Duration.ofSeconds(1));
        router.advance(Duration.ofSeconds(32));

        alice.refreshes(expired, "10");
        router.runUntilIdle();
        router.advance(Duration.ofSeconds(1));
        alice.refreshes("no token at all", "11");
        router.runUntilIdle();
        router.advance(Duration.ofSeconds(1));
        alice.refreshes(expired.substring(0, expired.length() - 4) + "AAAA", "12");
        bob.publishes("topic:x", "1");
        alice.publishes("13", "user:bob", "2");
        router.runUntilIdle();

        assertThat(alice.pushes("error"))
                .extracting(push -> push.id() + " " + push.text("code") + " " + push.text("reason"))
                .containsExactly(
                        "10 unauthenticated token_expired: " + AuthFailure.TOKEN_EXPIRED.explanation(),
                        "11 unauthenticated token_malformed: " + AuthFailure.TOKEN_MALFORMED.explanation(),
                        "12 unauthenticated bad_signature: " + AuthFailure.BAD_SIGNATURE.explanation());
        assertThat(router.securityEvents())
                .extracting(SecurityEvent::detail)
                .containsExactly("refresh: token_expired", "refresh: token_malformed", "refresh: bad_signature");
        assertThat(router.count(Metric.REFRESHES_REFUSED)).isEqualTo(3);
        assertThat(alice.received()).containsExactly("1");
        assertThat(bob.received()).containsExactly("2");
    }

    @Test
    void shouldJudgeByTheOldTokenWhileTheNewOneIsVerified() {
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects("bob");
        router.tokens().holds();

        alice.refreshes(router.tokens().token(Principals.nothing("alice")), "10");
        alice.publishes("user:bob", "1");
        router.runUntilIdle();
        assertThat(bob.received()).containsExactly("1");

        assertThat(router.tokens().judgesWaiting()).isOne();
        router.runUntilIdle();
        alice.publishes("user:bob", "2");
        router.runUntilIdle();
        assertThat(alice.acknowledged()).containsExactly("10");
        assertThat(bob.received()).containsExactly("1");
    }

    @Test
    void shouldVerifyOneTokenAtATimeAndOneASecond() {
        RecordingConnection alice = router.connects("alice");
        router.tokens().holds();

        alice.refreshes(token("alice", Duration.ofHours(1)), "10");
        router.advance(Duration.ofSeconds(5));
        alice.refreshes(token("alice", Duration.ofHours(1)), "11");
        router.runUntilIdle();
        assertThat(router.tokens().judgesWaiting()).isOne();
        router.runUntilIdle();
        alice.refreshes(token("alice", Duration.ofHours(1)), "12");
        alice.refreshes(token("alice", Duration.ofHours(1)), "13");
        router.runUntilIdle();
        assertThat(router.tokens().judgesWaiting()).isOne();
        router.runUntilIdle();

        assertThat(alice.acknowledged()).containsExactly("10", "12");
        assertThat(alice.pushes("error"))
                .extracting(push -> push.id() + " " + push.text("code"))
                .containsExactly("11 rate_limited", "13 rate_limited");
        assertThat(alice.pushes("error"))
                .allMatch(push -> push.json().path("retryable").asBoolean());
    }

    @Test
    void shouldDoNothingForAConnectionThatHasClosedMeanwhile() {
        RecordingConnection polite = router.connects("alice");
        RecordingConnection lost = router.connects("bob");
        router.tokens().holds();
        polite.refreshes(token("alice", Duration.ofHours(1)), "10");
        lost.refreshes("bad", "10");
        router.runUntilIdle();

        polite.disconnects();
        lost.losesItsSocket();
        router.runUntilIdle();
        assertThat(router.tokens().judgesWaiting()).isEqualTo(2);

        assertThat(router.findings()).isEmpty();
        assertThat(polite.pushes()).isEmpty();
        assertThat(lost.pushes()).isEmpty();
        assertThat(router.stats().connections()).isZero();
    }

    @Test
    void shouldNotAnswerWithoutAnIdButForAnError() {
        RecordingConnection alice = router.connects("alice");
        alice.refreshes(token("alice", Duration.ofHours(1)), null);
        router.runUntilIdle();
        router.advance(Duration.ofSeconds(1));
        assertThat(alice.pushes()).isEmpty();

        alice.refreshes("bad", null);
        router.runUntilIdle();
        assertThat(alice.errors()).containsExactly("unauthenticated");
        assertThat(router.count(Metric.REFRESHED)).isOne();
    }

    @Test
    void shouldCloseWithAnErrorWhenTheAuthenticatorThrows() {
        router.expectsFaults(Metric.BUGS);
        RecordingConnection alice = router.connects("alice");
        router.tokens().breaks();

        alice.refreshes("any", "10");
        router.runUntilIdle();

        assertThat(alice.closeReasons()).containsExactly(CloseReason.INTERNAL_ERROR);
        assertThat(router.count(Metric.BUGS)).isOne();
    }

    private String token(String user, Duration ttl) {
        return router.tokens().token(user, ttl, Grants.NONE);
    }
}
