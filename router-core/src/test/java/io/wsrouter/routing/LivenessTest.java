package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who lives is known by what the peer sends, on a clock that nobody sets; who may stay, by the token's end. */
@ExtendWith(SeedWatcher.class)
final class LivenessTest {

    @ParameterizedTest(name = "every {0} s, {1} misses")
    @CsvSource({"25, 2", "25, 1", "25, 0", "5, 3", "60, 2", "120, 1"})
    void shouldCloseAPeerThatMissesItsHeartbeats(int intervalSeconds, int misses) {
        TestRouter router =
                TestRouter.with(4, TestLimits.usual().heartbeat(Duration.ofSeconds(intervalSeconds), misses));
        RecordingConnection alice = router.connects("alice");
        alice.fallsSilent();

        Duration patience = Duration.ofSeconds((long) intervalSeconds * (misses + 1));
        router.advance(patience.minusMillis(1));
        assertThat(alice.isConnected()).as("a moment before").isTrue();
        assertThat(alice.pings()).isEqualTo(misses);
        router.advance(Duration.ofMillis(1 + 200 * (misses + 1)));

        assertThat(alice.closeReasons()).containsExactly(CloseReason.HEARTBEAT_LOST);
        assertThat(router.stats().connections()).isZero();
    }

    @Test
    void shouldKeepAPeerThatAnswers() {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice = router.connects("alice");

        router.advance(Duration.ofHours(24));

        assertThat(alice.isConnected()).isTrue();
        assertThat(alice.pings()).isBetween(3_000, 3_456);
    }

    @Test
    void shouldNotPingWhoTalks() {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice = router.connects("alice");
        alice.fallsSilent();
        for (int i = 0; i < 100; i++) {
            alice.isHeard();
            router.advance(Duration.ofSeconds(20));
        }

        assertThat(alice.pings()).isZero();
        assertThat(alice.isConnected()).isTrue();
    }

    @Test
    void shouldForgiveMissesOnceThePeerIsHeard() {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice = router.connects("alice");
        alice.fallsSilent();
        for (int i = 0; i < 10; i++) {
            router.advance(Duration.ofSeconds(60));
            assertThat(alice.pings()).as("two are unanswered").isEqualTo(2 * (i + 1));
            alice.isHeard();
        }

        assertThat(alice.isConnected()).isTrue();
    }

    /** A router that takes its own writes for signs of life keeps the dead for ever. */
    @Test
    void shouldNotTakeItsOwnMessagesForSignsOfLife() {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection dead = router.connects("alice");
        dead.subscribesTo("topic:x");
        dead.fallsSilent();
        RecordingConnection bob = router.connects("bob");
        for (int second = 0; second < 77; second++) {
            bob.publishes("user:alice", "1");
            bob.publishes("topic:x", "1");
            router.advance(Duration.ofSeconds(1));
        }

        assertThat(dead.closeReasons()).containsExactly(CloseReason.HEARTBEAT_LOST);
        assertThat(dead.received().size()).isGreaterThan(140);
        assertThat(bob.isConnected()).as("who answers pings").isTrue();
    }

    /** The peers were last heard 10, 6, 3 and 1 minute ago; five minutes are too long, whatever we have sent them since. */
    @Test
    void shouldEvictExactlyThoseWhoWereSilentForTooLong() {
        TestRouter router = TestRouter.with(4, TestLimits.usual().heartbeat(Duration.ofSeconds(100), 2));
        List<Integer> ages = List.of(10, 6, 3, 1);
        List<RecordingConnection> peers =
                ages.stream().map(age -> router.connects("silent" + age)).toList();
        peers.forEach(RecordingConnection::fallsSilent);
        RecordingConnection publisher = router.connects("publisher");
        for (int second = 0; second < 600; second += 10) {
            for (int i = 0; i < peers.size(); i++) {
                if (second <= 600 - 60 * ages.get(i)) {
                    peers.get(i).isHeard();
                }
                publisher.publishes("user:" + peers.get(i).user(), "1");
            }
            router.advance(Duration.ofSeconds(10));
        }

        assertThat(peers).extracting(RecordingConnection::isConnected).containsExactly(false, false, true, true);
        assertThat(peers.subList(0, 2))
                .allSatisfy(peer -> assertThat(peer.closeReasons()).containsExactly(CloseReason.HEARTBEAT_LOST));
        assertThat(router.count(Metric.CONNECTIONS_CLOSED)).isEqualTo(2);
        publisher.publishes("r", "user:silent3", "2");
        router.runUntilIdle();
        assertThat(publisher.receipt("r").delivered()).isEqualTo(1);
        router.advance(Duration.ofSeconds(10));
        assertThat(router.count(Metric.CONNECTIONS_CLOSED)).as("a second look").isEqualTo(2);
    }

    /** More than a day is no small number of seconds. */
    @Test
    void shouldEvictWhoWasSilentForADayAndTenSeconds() {
        TestRouter router = TestRouter.with(2, TestLimits.usual().heartbeat(Duration.ofHours(12), 1));
        RecordingConnection idle = router.connects("alice");
        idle.fallsSilent();
        for (int second = 1; second < 86_400; second++) {
            router.clock().advance(Duration.ofMillis(900));
            router.advance(Duration.ofMillis(100));
        }
        assertThat(idle.isConnected()).as("a second before").isTrue();

        router.advance(Duration.ofSeconds(11));

        assertThat(idle.closeReasons()).containsExactly(CloseReason.HEARTBEAT_LOST);
    }

    @ParameterizedTest
    @ValueSource(longs = {-86_400_000L * 365, -3_600_000, 3_600_000, 86_400_000L * 365})
    void shouldNotMindWhereTheWallClockIsSet(long jumpMillis) {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection dead = router.connects("bob");
        dead.fallsSilent();
        router.advance(Duration.ofSeconds(10));
        router.clock().setWallClock(router.clock().epochMillis() + jumpMillis);

        router.advance(Duration.ofSeconds(64));
        assertThat(dead.isConnected()).isTrue();
        router.advance(Duration.ofSeconds(2));

        assertThat(dead.closeReasons()).containsExactly(CloseReason.HEARTBEAT_LOST);
        assertThat(alice.isConnected()).isTrue();
    }

    /** The timer that looks at the token's end looks at the heartbeat too, and must not take it for another miss. */
    @Test
    void shouldCountNoMissBeforeItsTime() {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice =
                router.connects(Principals.until("alice", router.clock().epochSecond() + 30));
        alice.fallsSilent();
        router.advance(Duration.ofSeconds(27));
        assertThat(alice.pings()).isEqualTo(1);
        router.clock().setWallClock(router.clock().epochMillis() - 3_600_000);

        router.advance(Duration.ofSeconds(22));
        assertThat(alice.pings()).as("49 s").isEqualTo(1);
        router.advance(Duration.ofSeconds(25));
        assertThat(alice.pings()).as("74 s").isEqualTo(2);
        assertThat(alice.isConnected()).isTrue();
        router.advance(Duration.ofSeconds(2));
        assertThat(alice.closeReasons()).containsExactly(CloseReason.HEARTBEAT_LOST);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 10, 24, 25, 26, 100, 3_600})
    void shouldCloseWithinATickOfTheTokensEnd(long seconds) {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice =
                router.connects(Principals.until("alice", router.clock().epochSecond() + seconds));

        router.advance(Duration.ofSeconds(seconds).minusMillis(1));
        assertThat(alice.isConnected()).as("a moment before").isTrue();
        router.advance(Duration.ofMillis(201));

        assertThat(alice.closeReasons()).containsExactly(CloseReason.TOKEN_EXPIRED);
        assertThat(alice.closeReasons().get(0).code()).isEqualTo(4001);
    }

    /** The skew that let it in, and not a second more. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 10, 29})
    void shouldCloseAtTheEndOfTheSkewWhoWasLetInWithinIt(long secondsLate) {
        TestRouter router = TestRouter.withShards(2);
        RecordingConnection alice =
                router.connects(Principals.until("alice", router.clock().epochSecond() - secondsLate));

        router.advance(Duration.ofSeconds(30 - secondsLate).minusMillis(1));
        assertThat(alice.isConnected()).as("a moment before").isTrue();
        router.advance(Duration.ofMillis(201));

        assertThat(alice.closeReasons()).containsExactly(CloseReason.TOKEN_EXPIRED);
    }

    @Test
    void shouldCloseAtTheTokensEndEvenWhoIsSilentOrTalks() {
        TestRouter router = TestRouter.withShards(2);
        long end = router.clock().epochSecond() + 60;
        RecordingConnection talks = router.connects(Principals.until("alice", end));
        RecordingConnection silent = router.connects(Principals.until("bob", end));
        silent.fallsSilent();
        for (int i = 0; i < 61; i++) {
            talks.isHeard();
            router.advance(Duration.ofSeconds(1));
        }

        assertThat(talks.closeReasons()).containsExactly(CloseReason.TOKEN_EXPIRED);
        assertThat(silent.closeReasons()).containsExactly(CloseReason.TOKEN_EXPIRED);
    }

    @Test
    void shouldKeepATokenOfMonths() {
        TestRouter router = TestRouter.withShards(1);
        long days = 90;
        RecordingConnection alice =
                router.connects(Principals.until("alice", router.clock().epochSecond() + days * 86_400));
        for (int day = 0; day < days; day++) {
            assertThat(alice.isConnected()).as("day %d", day).isTrue();
            router.clock().advance(Duration.ofDays(1).minusMillis(100));
            alice.isHeard();
            router.advance(Duration.ofMillis(100));
        }
        router.advance(Duration.ofMillis(200));

        assertThat(alice.closeReasons()).containsExactly(CloseReason.TOKEN_EXPIRED);
    }

    /** No turn of the loop closes more than a slice of them, and other work gets its turn between the slices. */
    @Test
    void shouldCloseManyThatExpireTogetherInSlices() {
        TestRouter router = TestRouter.withShards(1);
        long end = router.clock().epochSecond() + 20;
        for (int i = 0; i < 100_000; i++) {
            router.arrives(Principals.until("user" + i, end));
        }
        router.runUntilIdle();
        router.clock().advance(Duration.ofMillis(20_100));
        Shard shard = router.shard(0);
        shard.loop().execute(shard::onTick);
        List<Long> closedWhenOthersRan = new ArrayList<>();
        shard.loop().execute(new Runnable() {
            @Override
            public void run() {
                closedWhenOthersRan.add(router.count(Metric.CONNECTIONS_CLOSED));
                if (router.loop(0).hasWork()) {
                    shard.loop().execute(this);
                }
            }
        });
        long most = 0;
        for (long before = 0; router.step(); before = router.count(Metric.CONNECTIONS_CLOSED)) {
            most = Math.max(most, router.count(Metric.CONNECTIONS_CLOSED) - before);
        }

        assertThat(router.count(Metric.CONNECTIONS_CLOSED)).isEqualTo(100_000);
        assertThat(most).as("closed in one turn").isBetween(1L, 1_000L);
        assertThat(closedWhenOthersRan.stream().distinct().count())
                .as("how often other work came between")
                .isGreaterThan(50);
        assertThat(router.connections())
                .allMatch(connection -> connection.closeReasons().equals(List.of(CloseReason.TOKEN_EXPIRED)));
    }
}
