package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionTable;
import io.wsrouter.connection.Subscription;
import io.wsrouter.connection.Tampering;
import io.wsrouter.connection.WalkableMap;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.routing.AuditFinding.Action;
import io.wsrouter.routing.AuditFinding.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that are broken on purpose are found and repaired; those that are not are left alone. */
@ExtendWith(SeedWatcher.class)
final class ShardAuditTest {

    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    private static final int MISSES = 2;

    private final RecordingBackplane backplane = RecordingBackplane.alone();
    private final TestRouter router = TestRouter.with(4, TestLimits.usual(), backplane, Seeds.next());

    // ---- the whole

    @Test
    void shouldHealThreeStaleAndTwoOrphanedEntriesWithinAPeriodWhileOthersAreServed() {
        router.expectsFaults(Metric.ROUTING_DRIFT);
        List<RecordingConnection> healthy = connect("healthy", 5);
        List<RecordingConnection> stale = connect("stale", 3);
        List<RecordingConnection> orphans = connect("orphan", 2);
        RecordingConnection publisher = router.connects("publisher");
        long tenMinutesAgo = router.clock().nanoTime() - TEN_MINUTES.toNanos();
        stale.forEach(connection -> Tampering.abandon(connection, tenMinutesAgo, MISSES));
        Tampering.takeOut(orphans.get(0), tableOf(orphans.get(0)));
        Tampering.unlist(orphans.get(1), tableOf(orphans.get(1)));

        List<String> sent = new ArrayList<>();
        for (long second = 0; second <= TestRouter.AUDIT_PERIOD.toSeconds(); second++) {
            healthy.forEach(connection -> publisher.publishes("user:" + connection.user(), "" + sent.size()));
            sent.add("" + sent.size());
            router.advance(Duration.ofSeconds(1));
        }

        assertThat(router.count(Metric.ROUTING_DRIFT)).isEqualTo(5);
        assertThat(lastFindings())
                .extracting(AuditFinding::id, AuditFinding::kind, AuditFinding::action)
                .containsExactlyInAnyOrder(
                        found(stale.get(0), Kind.STALE, Action.CLOSED),
                        found(stale.get(1), Kind.STALE, Action.CLOSED),
                        found(stale.get(2), Kind.STALE, Action.CLOSED),
                        found(orphans.get(0), Kind.MISSING_INDEX_ENTRY, Action.RESTORED),
                        found(orphans.get(1), Kind.ORPHAN_INDEX_ENTRY, Action.RESTORED));
        assertThat(lastFindings())
                .filteredOn(finding -> finding.kind() == Kind.STALE)
                .allSatisfy(finding -> assertThat(finding.ageMillis())
                        .isBetween(600_000L, 600_200L + TestRouter.AUDIT_PERIOD.toMillis()));
        stale.forEach(connection -> assertThat(connection.closeReasons()).containsExactly(CloseReason.HEARTBEAT_LOST));
        healthy.forEach(connection -> assertThat(connection.received()).isEqualTo(sent));
        for (RecordingConnection orphan : orphans) {
            publisher.publishes("user:" + orphan.user(), "\"again\"");
            publisher.publishes(orphan.address(), "\"by id\"");
            router.runUntilIdle();
            assertThat(orphan.received()).endsWith("\"again\"", "\"by id\"");
        }
        assertThat(router.stats().connections()).isEqualTo(8);
        assertThat(audit()).allMatch(AuditReport::isClean);
    }

    @Test
    void shouldFindNothingInNormalLife() {
        List<RecordingConnection> members = connect("member", 50);
        for (int i = 0; i < members.size(); i++) {
            members.get(i).subscribesTo("topic:" + i % 7);
        }
        for (int i = 0; i < 20; i++) {
            members.get(i).losesItsSocket();
            members.get(49 - i).disconnects();
        }

        List<AuditReport> reports = audit();

        assertThat(reports).allMatch(AuditReport::isClean);
        assertThat(router.count(Metric.ROUTING_DRIFT)).isZero();
    }

    /** Sockets close while the audit looks at them; the shards hear of it a few steps later. */
    @Test
    void shouldNotMistakeNewsOnItsWayForAFault() {
        for (int i = 0; i < 200; i++) {
            router.connects("member" + i).losesItsSocketFarAway();
            router.step();
            router.router().audit();
            router.runUntilIdle();
        }

        assertThat(router.count(Metric.CONNECTIONS_CLOSED)).isEqualTo(200);
        assertThat(router.count(Metric.ROUTING_DRIFT)).isZero();
    }

    @Test
    void shouldAuditByItselfOncePerPeriod() {
        connect("member", 3);

        router.advance(TestRouter.AUDIT_PERIOD.plusMillis(200));

        for (Shard shard : router.router().shards()) {
            assertThat(Objects.requireNonNull(shard.audit().last()).isComplete())
                    .isTrue();
        }
        long first = Objects.requireNonNull(router.shard(0).audit().last()).startedEpochMillis();
        router.advance(TestRouter.AUDIT_PERIOD);
        long second = Objects.requireNonNull(router.shard(0).audit().last()).startedEpochMillis();
        assertThat(second - first).isBetween(30_000L, 30_200L);
    }

    // ---- slices

    @Test
    void shouldTakeSlicesBetweenWhichOtherWorkRuns() {
        TestRouter big = TestRouter.withShards(1);
        for (int i = 0; i < 20_000; i++) {
            big.arrives(Principals.everything("user" + i));
        }
        big.runUntilIdle();
        CompletableFuture<List<AuditReport>> audit = big.router().audit();
        List<Integer> turns = new ArrayList<>();
        Shard shard = big.shard(0);
        shard.loop().execute(new Runnable() {
            @Override
            public void run() {
                turns.add(turns.size());
                if (!audit.isDone()) {
                    shard.loop().execute(this);
                }
            }
        });

        AuditReport report = big.answer(audit).get(0);

        assertThat(report.isClean()).as("%s", report).isTrue();
        assertThat(report.entries()).isGreaterThanOrEqualTo(3 * 20_000);
        assertThat(report.slices()).isGreaterThanOrEqualTo(report.entries() / ShardAudit.MOST_STEPS);
        assertThat(turns.size()).isGreaterThanOrEqualTo((int) report.slices() - 1);
    }

    /** When a look takes time, a slice has fewer of them. */
    @Test
    void shouldEndASliceWithinAMillisecond() {
        List<RecordingConnection> members = connect("member", 500);
        members.forEach(member -> member.takesToLookAt(Duration.ofNanos(40_000)));

        List<AuditReport> reports = audit();

        assertThat(reports).allMatch(AuditReport::isClean);
        assertThat(reports).allSatisfy(report -> {
            assertThat(report.longestSliceNanos()).isBetween(1L, 999_999L);
            assertThat(report.loopNanos()).isGreaterThan(report.longestSliceNanos());
        });
    }

    @Test
    void shouldRunAgainForWhoAsksWhileItRuns() {
        connect("member", 3);
        CompletableFuture<List<AuditReport>> first = router.router().audit();
        CompletableFuture<List<AuditReport>> second = router.router().audit();

        assertThat(router.answer(first)).allMatch(AuditReport::isClean);
        assertThat(router.answer(second)).allMatch(AuditReport::isClean);
    }

    /** A shard that never answers does not stop the others' audits for ever, and is no clean audit. */
    @Test
    void shouldGiveUpOnALoopThatHasEnded() {
        router.expectsFaults(Metric.ROUTING_DRIFT);
        RecordingConnection member = router.connects(router.userOn(0));
        member.subscribesTo(router.topicOn(3));
        router.runUntilIdle();
        router.loop(3).end();
        List<AuditReport> reports = new ArrayList<>();
        router.shard(0).loop().execute(() -> router.shard(0).onAudit(reports::add));
        router.runUntilIdle();
        assertThat(reports).isEmpty();

        for (int second = 0; second < 60; second++) {
            router.clock().advance(Duration.ofSeconds(1));
            router.shard(0).loop().execute(router.shard(0)::onTick);
            router.runUntilIdle();
        }

        assertThat(reports).hasSize(1);
        assertThat(reports.get(0).isComplete()).isFalse();
        assertThat(reports.get(0).isClean()).isFalse();
    }

    /** A tick comes between question and answer in normal life, too. */
    @Test
    void shouldGoOnWaitingForAnswersOverATick() {
        RecordingConnection member = router.connects(router.userOn(0));
        member.subscribesTo(router.topicOn(3));
        router.runUntilIdle();
        router.clock().advance(Duration.ofMillis(7_450)); // 50 ms before the first pass of shard 0
        List<AuditReport> reports = new ArrayList<>();
        router.shard(0).loop().execute(() -> router.shard(0).onAudit(reports::add));
        while (router.loop(0).hasWork()) {
            router.loop(0).step();
        }
        assertThat(reports).as("while others have not answered").isEmpty();

        router.clock().advance(Duration.ofMillis(200));
        router.shard(0).loop().execute(router.shard(0)::onTick);
        router.runUntilIdle();

        assertThat(reports).hasSize(1).allMatch(AuditReport::isClean);
    }

    @Test
    void shouldBeginAgainAfterWhoHeardOfAPassHasFailed() {
        router.expectsFaults(Metric.BUGS);
        List<AuditReport> reports = new ArrayList<>();
        router.on(router.shard(0), () -> {
            router.shard(0).onAudit(report -> {
                throw new IllegalStateException("the asker is broken");
            });
            router.shard(0).onAudit(reports::add);
        });

        assertThat(reports).hasSize(1).allMatch(AuditReport::isClean);
        assertThat(router.count(Metric.BUGS)).isEqualTo(1);
    }

    /** An answer comes in a hop, when the walks may be over. */
    @Test
    void shouldEndAPassThatFailsOverAnAnswerAndBeginAgain() {
        router.expectsFaults(Metric.BUGS, Metric.ROUTING_DRIFT);
        RecordingConnection alice = router.connects(router.userOn(0));
        String topic = router.topicOn(1);
        alice.subscribesTo(topic);
        router.runUntilIdle();
        router.on(router.shard(1), () -> router.shard(1).onInterestRemoved(Address.parse(topic), 0));
        assertThat(suspicions(audit())).hasSize(1);
        router.breaksSecurityLogOnce();

        assertThat(audit().get(0).isComplete()).isFalse();
        assertThat(router.count(Metric.BUGS)).isEqualTo(1);
        assertThat(audit()).allMatch(AuditReport::isClean);
        assertReaches(topic, alice);
    }

    /** A question that fails on another loop is answered as well. */
    @Test
    void shouldEndAPassWhoseQuestionFailsOnAnotherLoop() {
        router.expectsFaults(Metric.BUGS, Metric.ROUTING_DRIFT);
        RecordingConnection alice = withSocketElsewhere();
        Tampering.takeOut(alice, tableOf(alice));
        router.breaksSecurityLogOnce();

        List<AuditReport> reports = audit();

        assertThat(reports.get(alice.socketShard().index()).isComplete()).isFalse();
        assertThat(router.count(Metric.BUGS)).isEqualTo(1);
        assertThat(audit()).allMatch(AuditReport::isComplete);
        assertReaches(alice.address(), alice);
    }

    /** Whoever closes before a pass has found it out must leave nothing, because no table leads to it any more. */
    @Test
    void shouldLeaveNothingOfAConnectionThatClosesAfterItsTablesHaveLostIt() {
        RecordingConnection alice = broken(router.connects("alice"));
        alice.subscribesTo("topic:x");
        router.runUntilIdle();
        Tampering.takeOut(alice, tableOf(alice));

        alice.disconnects();
        router.runUntilIdle();

        assertThat(backplane.interest()).isEmpty();
        assertThat(audit()).allMatch(AuditReport::isClean);
    }

    /** The keys of a large table are not looked through at once either. */
    @Test
    void shouldLookForAStrayKeyInSlices() {
        TestRouter big = TestRouter.withShards(1);
        big.expectsFaults(Metric.ROUTING_DRIFT);
        for (int i = 0; i < 20_000; i++) {
            big.arrives(Principals.everything("user" + i));
        }
        RecordingConnection gone = big.connects("alice");
        RecordingConnection alice = big.connects("alice");
        gone.disconnects();
        big.runUntilIdle();
        AuditReport sound = big.answer(big.router().audit()).get(0);
        Tampering.plant(alice, tableOf(alice), gone.id());

        AuditReport report = big.answer(big.router().audit()).get(0);

        assertThat(report.findings())
                .extracting(AuditFinding::kind, AuditFinding::action)
                .containsExactly(tuple(Kind.COUNT_DRIFT, Action.REMOVED));
        assertThat(report.entries() - sound.entries()).isGreaterThanOrEqualTo(20_000);
        assertThat(report.slices() - sound.slices()).isGreaterThanOrEqualTo(20_000 / ShardAudit.MOST_STEPS - 1);
        assertThat(big.answer(big.router().audit())).allMatch(AuditReport::isClean);
    }

    // ---- connections

    @Test
    void shouldTakeOutAConnectionWhoseClosedSocketNobodyHasHeardOf() {
        RecordingConnection dead = broken(router.connects("alice"));
        dead.subscribesTo("topic:x");
        router.runUntilIdle();
        dead.losesItsSocketUnheard();

        assertHeals(dead, Kind.CLOSED_CHANNEL, Action.REMOVED);
        assertThat(dead.state()).isEqualTo(Connection.State.CLOSED);
        assertThat(router.stats().connections()).isZero();
        assertThat(router.stats().topics()).isZero();
        assertThat(backplane.interest()).isEmpty();
    }

    @Test
    void shouldTakeOutAConnectionThatHasEnded() {
        RecordingConnection ended = broken(router.connects("alice"));
        Tampering.endInPlace(ended);

        assertHeals(ended, Kind.CLOSED_CHANNEL, Action.REMOVED);
        assertThat(router.stats().users()).isZero();
    }

    @Test
    void shouldGiveAnIdBackToItsOwner() {
        RecordingConnection alice = broken(router.connects("alice"));
        RecordingConnection bob = router.connects(router.userOn(alice.shard().index()));
        Tampering.plant(bob, tableOf(alice), alice.id());

        assertHeals(alice, Kind.OWNER_CONFLICT, Action.RESTORED);
        assertReaches(alice.address(), alice);
        assertThat(bob.isConnected()).isTrue();
    }

    /** Only a generator of ids that repeats itself could do this. */
    @Test
    void shouldCloseOneOfTwoConnectionsWithOneId() {
        RecordingConnection alice = broken(router.connects("alice"));
        RecordingConnection second = router.connects("alice");
        Tampering.share(alice.id(), second, tableOf(alice));

        assertHeals(alice, Kind.OWNER_CONFLICT, Action.CLOSED);
        assertThat(second.isConnected()).as("who was found under the id").isTrue();
        assertThat(alice.closeReasons()).containsExactly(CloseReason.INTERNAL_ERROR);
        assertReaches("user:alice", second);
        assertThat(backplane.interest()).contains("user:alice");
    }

    @Test
    void shouldPutBackAUserWhoseKeyIsLost() {
        RecordingConnection alice = broken(router.connects("alice"));
        Tampering.loseKey(tableOf(alice).byUser(), Address.user("alice"));

        assertThat(findings(audit()))
                .containsExactly(new AuditFinding(Kind.ORPHAN_INDEX_ENTRY, "user:alice", "alice", 0, Action.RESTORED));
        assertThat(audit()).allMatch(AuditReport::isClean);
        assertReaches("user:alice", alice);
    }

    /** Another connection has opened a new entry meanwhile. */
    @Test
    void shouldUniteAUserWhoHasTwoEntries() {
        RecordingConnection first = broken(router.connects("alice"));
        Tampering.loseKey(tableOf(first).byUser(), Address.user("alice"));
        RecordingConnection second = router.connects("alice");

        assertThat(findings(audit()))
                .extracting(AuditFinding::id, AuditFinding::kind, AuditFinding::action)
                .containsExactly(
                        tuple("user:alice", Kind.ORPHAN_INDEX_ENTRY, Action.REMOVED),
                        found(first, Kind.ORPHAN_INDEX_ENTRY, Action.RESTORED));
        assertThat(audit()).allMatch(AuditReport::isClean);
        assertReaches("user:alice", first);
        assertThat(second.received()).containsExactly("\"reached\"");
    }

    @Test
    void shouldRemoveAUserWithoutConnections() {
        RecordingConnection alice = broken(router.connects("alice"));
        Tampering.forgetId(alice, tableOf(alice));
        Tampering.empty(Objects.requireNonNull(tableOf(alice).ofUser(Address.user("alice"))));
        Tampering.endInPlace(alice);

        assertThat(findings(audit()))
                .containsExactly(new AuditFinding(Kind.ORPHAN_INDEX_ENTRY, "user:alice", "alice", 0, Action.REMOVED));
        assertThat(audit()).allMatch(AuditReport::isClean);
        assertThat(router.stats().users()).isZero();
        assertThat(backplane.interest()).isEmpty();
    }

    @Test
    void shouldWithdrawTheInterestOfWhomItRemoves() {
        RecordingConnection alice = broken(router.connects("alice"));
        alice.subscribesTo("topic:x");
        router.runUntilIdle();
        Tampering.forgetId(alice, tableOf(alice));
        Tampering.endInPlace(alice);

        assertHeals(alice, Kind.ORPHAN_INDEX_ENTRY, Action.REMOVED);
        assertThat(router.stats().users()).isZero();
        assertThat(backplane.interest()).isEmpty();
        assertThat(backplane.violations()).isEmpty();
    }

    @Test
    void shouldPutBackAConnectionThatItsSocketOnAnotherLoopAloneHas() {
        RecordingConnection alice = broken(withSocketElsewhere());
        Tampering.takeOut(alice, tableOf(alice));

        assertHeals(alice, Kind.MISSING_INDEX_ENTRY, Action.RESTORED);
        assertReaches(alice.address(), alice);
    }

    private RecordingConnection withSocketElsewhere() {
        while (true) {
            RecordingConnection connection = router.connects(router.userOn(0));
            if (connection.socketShard() != connection.shard()) {
                return connection;
            }
        }
    }

    @Test
    void shouldStrikeAStrangerFromAUsersList() {
        RecordingConnection alice = broken(router.connects("alice"));
        RecordingConnection bob = router.connects(router.userOn(alice.shard().index()));
        Tampering.plant(bob, tableOf(alice), Address.user("alice"));

        assertHeals(bob, Kind.OWNER_CONFLICT, Action.REMOVED);
        assertReaches("user:alice", alice);
        assertThat(bob.received()).isEmpty();
        assertThat(router.count(Metric.MISDELIVERY_REFUSED)).isZero();
    }

    @Test
    void shouldStrikeADuplicate() {
        RecordingConnection alice = broken(router.connects("alice"));
        Tampering.plant(alice, tableOf(alice), Address.user("alice"));

        assertHeals(alice, Kind.DUPLICATE, Action.REMOVED);
        assertReaches("user:alice", alice);
    }

    @Test
    void shouldPutBackALiveConnectionThatItsUsersListAloneHas() {
        RecordingConnection alice = broken(router.connects("alice"));
        Tampering.forgetId(alice, tableOf(alice));

        assertHeals(alice, Kind.ORPHAN_INDEX_ENTRY, Action.RESTORED);
        assertReaches(alice.address(), alice);
    }

    @Test
    void shouldRemoveAnIdThatStandsForAnotherConnection() {
        RecordingConnection alice = broken(router.connects("alice"));
        RecordingConnection gone = router.connects("alice");
        gone.disconnects();
        router.runUntilIdle();
        Tampering.plant(alice, tableOf(alice), gone.id());

        assertHeals(alice, Kind.COUNT_DRIFT, Action.REMOVED);
        assertThat(tableOf(alice).get(gone.id())).isNull();
        assertReaches(alice.address(), alice);
    }

    @Test
    void shouldWatchAgainWhoIsAliveAndNotWatched() {
        RecordingConnection alice = broken(router.connects("alice"));
        Tampering.abandon(alice, router.clock().nanoTime(), 0);

        assertHeals(alice, Kind.STALE, Action.WATCHED);
        alice.fallsSilent();
        router.advance(Duration.ofSeconds(80));
        assertThat(alice.closeReasons()).containsExactly(CloseReason.HEARTBEAT_LOST);
    }

    @Test
    void shouldPingRatherThanCloseWhoWasNeverAsked() {
        RecordingConnection alice = broken(router.connects("alice"));
        Tampering.abandon(alice, router.clock().nanoTime() - TEN_MINUTES.toNanos(), 0);

        assertHeals(alice, Kind.STALE, Action.WATCHED);
        assertThat(alice.pings()).isEqualTo(1);
        router.advance(Duration.ofSeconds(80));
        assertThat(alice.isConnected()).isTrue();
    }

    @Test
    void shouldAnnounceAUserAgain() {
        RecordingConnection alice = broken(router.connects("alice"));
        backplane.forgets("user:alice");

        assertThat(findings(audit()))
                .containsExactly(new AuditFinding(Kind.MISSING_INDEX_ENTRY, "user:alice", "alice", 0, Action.RESTORED));
        assertThat(backplane.interest()).containsExactly("user:alice");
        assertThat(audit()).allMatch(AuditReport::isClean);
        assertThat(alice.isConnected()).isTrue();
    }

    // ---- subscriptions

    @Test
    void shouldListASubscriptionThatItsTopicHasLost() {
        RecordingConnection alice = broken(router.connects("alice"));
        RecordingConnection other = router.connects(router.userOn(alice.shard().index()));
        alice.subscribesTo("topic:x");
        other.subscribesTo("topic:x");
        router.runUntilIdle();
        Subscription subscription = Objects.requireNonNull(alice.subscription(Address.topic("x")));
        router.on(alice.shard(), () -> alice.shard().subscriptionTable().remove(subscription));

        assertHeals(alice, Kind.MISSING_INDEX_ENTRY, Action.RESTORED);
        assertReaches("topic:x", alice);
    }

    @Test
    void shouldStrikeASubscriberThatHasNotSubscribed() {
        RecordingConnection alice = broken(router.connects("alice"));
        RecordingConnection bob = router.connects(router.userOn(alice.shard().index()));
        alice.subscribesTo("topic:x");
        router.runUntilIdle();
        Address topic = Address.topic("x");
        Objects.requireNonNull(alice.shard().subscriptionTable().get(topic)).add(new Subscription(bob, topic));

        assertHeals(bob, Kind.ORPHAN_INDEX_ENTRY, Action.REMOVED);
        assertReaches("topic:x", alice);
        assertThat(router.count(Metric.MISDELIVERY_REFUSED)).isZero();
    }

    @Test
    void shouldPutBackATopicWhoseKeyIsLostAndDeliverOnce() {
        RecordingConnection alice = broken(router.connects("alice"));
        RecordingConnection bob = router.connects(router.userOn(alice.shard().index()));
        alice.subscribesTo("topic:x");
        bob.subscribesTo("topic:x");
        router.runUntilIdle();
        Tampering.loseKey(alice.shard().subscriptionTable().topics(), Address.topic("x"));

        assertThat(findings(audit()))
                .containsExactly(new AuditFinding(Kind.ORPHAN_INDEX_ENTRY, "topic:x", null, 0, Action.RESTORED));
        assertThat(audit()).allMatch(AuditReport::isClean);
        assertReaches("topic:x", alice);
        assertThat(bob.received()).containsExactly("\"reached\"");
    }

    /** Somebody has subscribed meanwhile, which opened the topic anew, and somebody waits at the old one. */
    @Test
    void shouldUniteATopicThatWasOpenedTwiceAndDeliverOnce() {
        RecordingConnection alice = broken(router.connects("alice"));
        RecordingConnection bob = router.connects(router.userOn(alice.shard().index()));
        alice.subscribesTo("topic:x");
        router.runUntilIdle();
        WalkableMap<Address, LocalTopic> topics =
                alice.shard().subscriptionTable().topics();
        Objects.requireNonNull(topics.get(Address.topic("x"))).await(new LocalTopic.Waiting(alice, "waits"));
        Tampering.loseKey(topics, Address.topic("x"));
        bob.subscribesTo("topic:x");
        router.runUntilIdle();

        assertThat(findings(audit()))
                .extracting(AuditFinding::id, AuditFinding::kind, AuditFinding::action)
                .containsExactly(
                        tuple("topic:x", Kind.ORPHAN_INDEX_ENTRY, Action.REMOVED),
                        found(alice, Kind.MISSING_INDEX_ENTRY, Action.RESTORED));
        assertThat(alice.acknowledged()).containsExactly("waits");
        assertThat(audit()).allMatch(AuditReport::isClean);
        assertReaches("topic:x", alice);
        assertThat(bob.received()).containsExactly("\"reached\"");
    }

    @Test
    void shouldStrikeASubscriptionThatIsListedTwice() {
        RecordingConnection alice = broken(router.connects("alice"));
        alice.subscribesTo("topic:x");
        router.runUntilIdle();
        Subscription subscription = Objects.requireNonNull(alice.subscription(Address.topic("x")));
        Objects.requireNonNull(alice.shard().subscriptionTable().get(Address.topic("x")))
                .add(subscription);

        assertHeals(alice, Kind.DUPLICATE, Action.REMOVED);
        assertReaches("topic:x", alice);
    }

    // ---- interest, which spans two shards

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldAnnounceATopicAgainThatItsHomeHasLostForTwoPasses(int home) {
        RecordingConnection alice = broken(router.connects(router.userOn(0)));
        String topic = router.topicOn(home);
        alice.subscribesTo(topic);
        router.runUntilIdle();
        router.on(router.shard(home), () -> router.shard(home).onInterestRemoved(Address.parse(topic), 0));

        assertStandsTwice(topic, Kind.MISSING_INDEX_ENTRY, Action.RESTORED);
        assertReaches(topic, alice);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldRemoveAnInterestThatNobodyHasForTwoPasses(int home) {
        String topic = router.topicOn(home);
        broken(router.connects(router.userOn(0)));
        router.on(router.shard(home), () -> router.shard(home).onInterestAdded(Address.parse(topic), 0, 77, 1));

        assertStandsTwice(topic, Kind.ORPHAN_INDEX_ENTRY, Action.REMOVED);
        assertThat(router.stats().topics()).isZero();
        assertThat(backplane.interest()).doesNotContain(topic);
    }

    @Test
    void shouldRemoveAnInterestWithoutShards() {
        RecordingConnection alice = broken(router.connects("alice"));
        Address topic = Address.parse(router.topicOn(1));
        router.on(router.shard(1), () -> {
            router.shard(1).onInterestAdded(topic, 0, 77, 1);
            Objects.requireNonNull(router.shard(1).topicTable().topics().get(topic))
                    .remove(0);
        });

        assertThat(findings(audit()))
                .containsExactly(new AuditFinding(Kind.ORPHAN_INDEX_ENTRY, topic.toString(), null, 0, Action.REMOVED));
        assertThat(audit()).allMatch(AuditReport::isClean);
        assertThat(router.stats().topics()).isZero();
        assertThat(backplane.interest()).containsExactly("user:alice");
        assertThat(alice.isConnected()).isTrue();
    }

    @Test
    void shouldLeaveAloneWhatHasChangedBetweenTwoPasses() {
        String topic = router.topicOn(1);
        RecordingConnection alice = broken(router.connects(router.userOn(0)));
        router.on(router.shard(1), () -> router.shard(1).onInterestAdded(Address.parse(topic), 0, 77, 1));
        assertThat(suspicions(audit())).hasSize(1);
        router.on(router.shard(1), () -> router.shard(1).onInterestAdded(Address.parse(topic), 0, 78, 1));

        List<AuditReport> changed = audit();

        assertThat(findings(changed)).isEmpty();
        assertThat(suspicions(changed)).hasSize(1);
        alice.subscribesTo(topic, "s");
        router.runUntilIdle();
        assertThat(audit()).allMatch(AuditReport::isClean);
        assertReaches(topic, alice);
        assertThat(router.count(Metric.ROUTING_DRIFT)).isZero();
    }

    // ---- the account

    @Test
    void shouldListTheFirstHundredAndCountTheRest() {
        router.expectsFaults(Metric.ROUTING_DRIFT);
        List<String> users =
                IntStream.range(0, 150).mapToObj(i -> router.userOn(2)).toList();
        for (String user : users) {
            RecordingConnection connection = router.connects(user);
            Tampering.unlist(connection, tableOf(connection));
        }

        AuditReport report = audit().get(2);

        assertThat(report.findings()).hasSize(100);
        assertThat(report.unlisted()).isEqualTo(50);
        assertThat(report.isClean()).isFalse();
        assertThat(router.count(Metric.ROUTING_DRIFT)).isEqualTo(150);
    }

    @Test
    void shouldWriteEachFindingToTheSecurityLog() {
        RecordingConnection alice = broken(router.connects("alice"));
        Tampering.unlist(alice, tableOf(alice));

        audit();

        assertThat(router.securityEvents())
                .containsExactly(new SecurityEvent(
                        SecurityEvent.Kind.ROUTING_DRIFT,
                        Address.user("alice"),
                        null,
                        "orphan_index_entry " + alice.id() + " restored"));
    }

    @Test
    void shouldWriteTenFindingsASecondToTheSecurityLogAndCountTheRest() {
        router.expectsFaults(Metric.ROUTING_DRIFT);
        for (int i = 0; i < 150; i++) {
            RecordingConnection connection = router.connects(router.userOn(2));
            Tampering.unlist(connection, tableOf(connection));
        }

        audit();
        assertThat(router.securityEvents()).hasSize(SecurityReports.MOST_PER_SECOND);
        router.advance(Duration.ofMillis(1_100));

        assertThat(router.securityEvents())
                .hasSize(SecurityReports.MOST_PER_SECOND + 1)
                .last()
                .isEqualTo(SecurityEvent.leftOut(SecurityEvent.Kind.ROUTING_DRIFT, null, 140));
    }

    /** A finding about a user says who it is and since when nobody has heard of any of the user's connections. */
    @Test
    void shouldTellTheAgeOfAUser() {
        RecordingConnection alice = broken(router.connects("alice"));
        router.connects("alice");
        router.clock().advance(Duration.ofSeconds(3));
        alice.isHeard();
        router.clock().advance(Duration.ofSeconds(2));
        backplane.forgets("user:alice");

        assertThat(findings(audit()))
                .containsExactly(
                        new AuditFinding(Kind.MISSING_INDEX_ENTRY, "user:alice", "alice", 2_000, Action.RESTORED));
        assertThat(router.securityEvents()).extracting(SecurityEvent::user).containsExactly(Address.user("alice"));
    }

    // ---- a stopped write, and who may forget it

    @Test
    void shouldForgetAStoppedWriteOnlyAfterACleanAudit() {
        router.expectsFaults(Metric.MISDELIVERY_REFUSED, Metric.ROUTING_DRIFT);
        RecordingConnection alice = router.connects("alice");
        RecordingConnection bob = router.connects(router.userOn(alice.shard().index()));
        RecordingConnection carol = router.connects("carol");
        Tampering.plant(bob, tableOf(alice), Address.user("alice"));
        carol.publishes("user:alice", "1");
        router.runUntilIdle();
        assertThat(isStopped()).isTrue();

        assertThat(acknowledge()).anyMatch(report -> !report.isClean());
        assertThat(isStopped()).as("the audit has found something").isTrue();
        assertThat(acknowledge()).allMatch(AuditReport::isClean);
        assertThat(isStopped()).isFalse();
        assertThat(router.securityEvents())
                .last()
                .isEqualTo(new SecurityEvent(
                        SecurityEvent.Kind.MISDELIVERY_ACKNOWLEDGED,
                        Address.user("operator"),
                        null,
                        "after a clean audit"));

        RecordingConnection next = router.connects(router.userOn(alice.shard().index()));
        Tampering.plant(next, tableOf(alice), Address.user("alice"));
        carol.publishes("user:alice", "2");
        router.runUntilIdle();
        assertThat(isStopped()).as("another one").isTrue();
    }

    private boolean isStopped() {
        return router.answer(router.router().hasRefusedMisdelivery());
    }

    private List<AuditReport> acknowledge() {
        return router.answer(router.router().acknowledgeMisdelivery(Address.user("operator"), null));
    }

    // ---- who is there, and what is found

    private List<RecordingConnection> connect(String name, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> router.connects(name + i))
                .toList();
    }

    private RecordingConnection broken(RecordingConnection connection) {
        router.expectsFaults(Metric.ROUTING_DRIFT);
        return connection;
    }

    private static ConnectionTable tableOf(RecordingConnection connection) {
        return connection.shard().connectionTable();
    }

    private List<AuditReport> audit() {
        return router.answer(router.router().audit());
    }

    private List<AuditFinding> lastFindings() {
        List<AuditFinding> findings = new ArrayList<>();
        for (Shard shard : router.router().shards()) {
            findings.addAll(Objects.requireNonNull(shard.audit().last()).findings());
        }
        return findings;
    }

    private static List<AuditFinding> findings(List<AuditReport> reports) {
        return reports.stream().flatMap(report -> report.findings().stream()).toList();
    }

    private static List<AuditFinding> suspicions(List<AuditReport> reports) {
        return reports.stream().flatMap(report -> report.suspected().stream()).toList();
    }

    /** One pass finds exactly this, and the next one nothing. */
    private void assertHeals(RecordingConnection connection, Kind kind, Action action) {
        List<AuditReport> first = audit();

        assertThat(findings(first))
                .extracting(AuditFinding::id, AuditFinding::user, AuditFinding::kind, AuditFinding::action)
                .containsExactly(tuple(connection.id().toString(), connection.user(), kind, action));
        assertThat(suspicions(first)).isEmpty();
        assertThat(audit()).allMatch(AuditReport::isClean);
        assertThat(router.count(Metric.ROUTING_DRIFT)).isEqualTo(1);
    }

    /** One pass suspects, the second repairs, the third finds nothing. */
    private void assertStandsTwice(String topic, Kind kind, Action action) {
        List<AuditReport> first = audit();
        assertThat(suspicions(first)).containsExactly(new AuditFinding(kind, topic, null, 0, Action.AWAITS_NEXT_PASS));
        assertThat(findings(first)).isEmpty();
        assertThat(router.count(Metric.ROUTING_DRIFT)).isZero();

        List<AuditReport> second = audit();
        assertThat(findings(second)).containsExactly(new AuditFinding(kind, topic, null, 0, action));
        assertThat(suspicions(second)).isEmpty();
        assertThat(audit()).allMatch(AuditReport::isClean);
    }

    private void assertReaches(String address, RecordingConnection receiver) {
        RecordingConnection publisher = router.connects("publisher_to_" + receiver.user());
        publisher.publishes("p", address, "\"reached\"");
        router.runUntilIdle();
        assertThat(receiver.received()).containsOnlyOnce("\"reached\"");
    }

    private static Tuple found(RecordingConnection connection, Kind kind, Action action) {
        return tuple(connection.id().toString(), kind, action);
    }
}
