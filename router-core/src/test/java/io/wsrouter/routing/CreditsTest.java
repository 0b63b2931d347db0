package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.connection.InFlight;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import io.wsrouter.protocol.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What may be on its way between two shards is bounded, no shard waits for another, and everybody gets on. */
@ExtendWith(SeedWatcher.class)
final class CreditsTest {

    private static final int CREDIT = 64;
    private static final int SHARE = CREDIT / 8;
    private static final int DELIVERIES = 8 * CREDIT;
    private static final long BYTES = 1_000_000;

    private final TestRouter router = TestRouter.with(3, TestLimits.usual().credits(CREDIT, BYTES));
    private final RecordingConnection alice = router.connects(router.userOn(0));
    private final RecordingConnection bob = router.connects(router.userOn(1));

    @AfterEach
    void shouldFindNothing() {
        assertThat(router.findings()).isEmpty();
        for (Shard from : router.router().shards()) {
            for (Shard to : router.router().shards()) {
                router.on(from, () -> assertNothingIsMissing(from, to));
            }
        }
    }

    private static void assertNothingIsMissing(Shard from, Shard to) {
        from.hop(to, () -> {}); // a flush looks for what is back
        assertThat(from.publishesTo(to).messages()).isLessThanOrEqualTo(CREDIT);
    }

    // ---- one publisher

    @Test
    void shouldStopReadingAtTheShareOfOnePublisher() {
        alice.givesAtOnce(publishes(bob, 100));
        turn(0);

        assertThat(onTheWay(0, 1)).isEqualTo(SHARE);
        assertThat(alice.isPaused()).isTrue();
        assertThat(router.count(Metric.READS_PAUSED)).isEqualTo(1);
        assertThat(router.count(Metric.PUBLISHES_PARKED)).isEqualTo(1);
        router.runUntilIdle();
        assertThat(alice.isPaused()).isFalse();
        assertThat(bob.received()).isEqualTo(numbers(100));
        assertThat(alice.pushes("receipt")).hasSize(100);
    }

    @Test
    void shouldLeaveCreditToOthersWhenOneFloods() {
        RecordingConnection carol = router.connects(router.userOn(0));
        alice.givesAtOnce(publishes(bob, 1_000));
        carol.givesAtOnce(publishes(bob, SHARE));
        turn(0);

        assertThat(carol.isPaused()).isFalse();
        assertThat(onTheWay(0, 1)).isEqualTo(2 * SHARE);
    }

    @Test
    void shouldCountTheBytesOfAShare() {
        RecordingConnection carol = router.connects(router.userOn(0));
        String large = '"' + "x".repeat((int) (BYTES / 8)) + '"';
        alice.givesAtOnce(publish(bob, "1", large), publish(bob, "2", large));
        carol.givesAtOnce(publishes(bob, SHARE));
        turn(0);

        assertThat(alice.isPaused()).isTrue();
        assertThat(carol.isPaused()).isFalse();
        router.runUntilIdle();
        assertThat(bob.received()).hasSize(2 + SHARE);
    }

    @Test
    void shouldCountWhatIsOnItsWayToAllShardsInOneShare() {
        RecordingConnection carol = router.connects(router.userOn(2));
        Command[] commands = new Command[100];
        for (int i = 0; i < commands.length; i++) {
            commands[i] = publish(i % 2 == 0 ? bob : carol, "" + i, "" + i);
        }
        alice.givesAtOnce(commands);
        turn(0);

        assertThat(onTheWay(0, 1) + onTheWay(0, 2)).isEqualTo(SHARE);
        router.runUntilIdle();
        assertThat(bob.received()).hasSize(50);
        assertThat(carol.received()).hasSize(50);
        assertThat(alice.pushes("receipt")).hasSize(100);
    }

    @Test
    void shouldKeepTheOrderOfWhatComesBehindAParkedPublish() {
        alice.ignoresPauses();
        Command[] flood = publishes(bob, SHARE + 3);
        alice.givesAtOnce(flood);
        alice.gives(new Command.Ping("ping"));
        alice.gives(new Command.Subscribe("subscribed", Address.parse("topic:t")));
        turn(0);

        assertThat(alice.pushes("pong")).isEmpty();
        router.runUntilIdle();
        assertThat(bob.received()).isEqualTo(numbers(SHARE + 3));
        assertThat(alice.pushes("pong")).hasSize(1);
        assertThat(alice.acknowledged()).containsExactly("subscribed");
    }

    @Test
    void shouldRefuseWhatExceedsTheListOfTheParked() {
        alice.ignoresPauses();
        alice.givesAtOnce(publishes(bob, SHARE + 64 + 5));
        router.runUntilIdle();

        assertThat(bob.received()).isEqualTo(numbers(SHARE + 64));
        List<Receipt> overloaded = new ArrayList<>();
        for (int i = SHARE + 64; i < SHARE + 64 + 5; i++) {
            overloaded.add(alice.receipt("" + i));
        }
        assertThat(overloaded).containsOnly(Receipt.refused(Outcome.OVERLOADED)).hasSize(5);
        assertThat(router.count(Metric.CREDITS_REFUSED)).isEqualTo(5);
    }

    @Test
    void shouldForgetAndCountWhatAClosedPublisherHadParked() {
        alice.ignoresPauses();
        alice.givesAtOnce(publishes(bob, SHARE + 10));
        alice.disconnects();
        router.runUntilIdle();

        assertThat(bob.received()).isEqualTo(numbers(SHARE));
        assertThat(router.count(Metric.PUBLISHED)).isEqualTo(SHARE + 10);
        assertThat(router.count(Metric.PUBLISHES_REFUSED)).isEqualTo(10);
        assertThat(router.count(Metric.RECEIPTS_DROPPED)).isEqualTo(SHARE + 10);
    }

    @Test
    void shouldTakeNoCreditForItsOwnShard() {
        RecordingConnection carol = router.connects(router.userOn(0));
        alice.givesAtOnce(publishes(carol, 1_000));
        router.runUntilIdle();

        assertThat(carol.received()).isEqualTo(numbers(1_000));
        assertThat(router.count(Metric.READS_PAUSED)).isZero();
    }

    // ---- topics

    @Test
    void shouldCountTheSubscribersOfAShardWithoutCredit() {
        String topic = router.topicOn(0);
        List<RecordingConnection> far = List.of(
                router.connects(router.userOn(1)),
                router.connects(router.userOn(1)),
                router.connects(router.userOn(2)));
        RecordingConnection near = router.connects(router.userOn(0));
        far.forEach(one -> one.subscribesTo(topic));
        near.subscribesTo(topic);
        router.runUntilIdle();

        alice.givesAtOnce(publishes(topic, DELIVERIES + 2));
        turn(0);

        assertThat(router.shard(0).deliveriesTo(router.shard(1)).messages()).isEqualTo(DELIVERIES);
        router.runUntilIdle();
        assertThat(near.received()).isEqualTo(numbers(DELIVERIES + 2));
        far.forEach(one -> assertThat(one.received()).isEqualTo(numbers(DELIVERIES)));
        for (int i = DELIVERIES; i < DELIVERIES + 2; i++) {
            Receipt receipt = alice.receipt("" + i);
            assertThat(receipt.matched()).isEqualTo(4);
            assertThat(receipt.delivered()).isEqualTo(1);
            assertThat(receipt.refused()).isEqualTo(Map.of(Outcome.OVERLOADED, 3));
        }
        assertThat(router.count(Metric.CREDITS_REFUSED)).isEqualTo(2 * 3);
        assertThat(router.count(Metric.MATCHED)).isEqualTo(4 * (DELIVERIES + 2));
    }

    @Test
    void shouldTryAgainWhatFindsNoCreditTowardsSubscribersAndHasTime() {
        String topic = router.topicOn(0);
        bob.subscribesTo(topic);
        router.runUntilIdle();

        alice.givesAtOnce(publishes(topic, DELIVERIES));
        for (int i = DELIVERIES; i < DELIVERIES + 3; i++) {
            alice.publishes("" + i, topic, "" + i, Duration.ofSeconds(5));
        }
        turn(0);
        assertThat(alice.receipts("" + DELIVERIES)).as("it waits").isEmpty();
        router.runUntilIdle();
        router.advance(Duration.ofMillis(200));

        assertThat(bob.received()).isEqualTo(numbers(DELIVERIES + 3));
        for (int i = DELIVERIES; i < DELIVERIES + 3; i++) {
            assertThat(alice.receipt("" + i).outcome()).isEqualTo(Outcome.DELIVERED);
        }
        assertThat(router.count(Metric.CREDITS_REFUSED)).isZero();
        assertThat(router.shard(0).retries().waitingBytes()).isZero();
        assertThat(router.shard(0).retries().underWay()).isZero();
    }

    @Test
    void shouldSayThatTheTimeOfAFanOutIsOverWhenNoCreditComesBack() {
        String topic = router.topicOn(0);
        bob.subscribesTo(topic);
        router.runUntilIdle();

        alice.givesAtOnce(publishes(topic, DELIVERIES));
        alice.publishes("short", topic, "1", Duration.ofMillis(250));
        alice.publishes("long", topic, "2", Duration.ofSeconds(5));
        turn(0);
        pass(0, Duration.ofMillis(400));

        assertThat(alice.receipt("short").refused()).isEqualTo(Map.of(Outcome.EXPIRED, 1));
        assertThat(alice.receipts("long")).as("it has attempts left").isEmpty();
        pass(0, Duration.ofSeconds(3));
        assertThat(alice.receipt("long").refused()).isEqualTo(Map.of(Outcome.OVERLOADED, 1));
        assertThat(router.shard(0).retries().waitingBytes()).isZero();
    }

    @Test
    void shouldTellWhoWantsNoReceiptHowManyWereNotReached() {
        String topic = router.topicOn(0);
        router.connects(router.userOn(1)).subscribesTo(topic);
        router.connects(router.userOn(1)).subscribesTo(topic);
        router.runUntilIdle();
        Command[] commands = new Command[DELIVERIES + 1];
        Arrays.fill(
                commands,
                new Command.Publish(null, Address.parse(topic), null, RawJson.of("1"), Priority.NORMAL, null));

        alice.givesAtOnce(commands);
        turn(0);
        router.runUntilIdle();

        assertThat(alice.pushes("refused"))
                .singleElement()
                .satisfies(push -> assertThat(push.counts("outcomes")).isEqualTo(Map.of(Outcome.OVERLOADED, 2)));
    }

    @Test
    void shouldKnowAtATopicsHomeHowManySubscribersEachShardHas() {
        String topic = router.topicOn(0);
        RecordingConnection carol = router.connects(router.userOn(1));
        bob.subscribesTo(topic);
        carol.subscribesTo(topic);
        router.runUntilIdle();
        assertThat(subscribers(topic, 1)).isEqualTo(2);

        bob.unsubscribesFrom(topic);
        router.runUntilIdle();
        assertThat(subscribers(topic, 1)).isEqualTo(1);

        carol.disconnects();
        bob.subscribesTo(topic);
        router.runUntilIdle();
        assertThat(subscribers(topic, 1)).isEqualTo(1);

        bob.disconnects();
        router.runUntilIdle();
        assertThat(subscribers(topic, 1)).isZero();
    }

    @Test
    void shouldRepairAWrongCountOfSubscribers() {
        router.expectsFaults(Metric.ROUTING_DRIFT);
        String topic = router.topicOn(0);
        bob.subscribesTo(topic);
        router.runUntilIdle();
        TopicTable topics = router.shard(0).topicTable();
        Address address = Address.parse(topic);
        topics.count(address, 1, topics.generationOf(address, 1), 7);

        router.answer(router.router().audit());
        router.answer(router.router().audit());

        assertThat(subscribers(topic, 1)).isEqualTo(1);
        assertThat(router.count(Metric.ROUTING_DRIFT)).isEqualTo(1);
    }

    private int subscribers(String topic, int shard) {
        return router.shard(0).topicTable().subscribersOf(Address.parse(topic), shard);
    }

    // ---- connections whose sockets are on another loop than their home

    @Test
    void shouldLetCommandsOfAFarSocketPassUpToItsShareAndCallWhenMoreMay() {
        Shard here = router.shard(0);
        Shard home = router.shard(1);
        InFlight share = new InFlight();
        List<String> ran = new ArrayList<>();
        router.on(here, () -> {
            while (here.mayCommand(home, share)) {
                here.command(home, share, 1, () -> ran.add("command"));
            }
            here.whenMayCommand(home, () -> ran.add("called with " + share.messages()));
        });

        assertThat(ran).hasSize(SHARE + 1).endsWith("called with 0");
    }

    @Test
    void shouldLetFarAndNearSocketsTakeTurns() {
        Shard here = router.shard(0);
        Shard home = router.shard(1);
        List<RecordingConnection> near = connects(10);
        near.forEach(one -> one.givesAtOnce(publishes(bob, 300)));
        FarSocket far = new FarSocket(here, home, 100);
        here.loop().execute(far::goOn);
        router.runUntilIdle();

        assertThat(far.carriedOut).isEqualTo(100);
        assertThat(far.nearBefore).isLessThan(10 * 200);
        assertThat(bob.received()).hasSize(10 * 300);
    }

    private final class FarSocket {

        private final InFlight share = new InFlight();
        private final Shard here;
        private final Shard home;
        private int left;
        private int carriedOut;
        private int nearBefore;

        FarSocket(Shard here, Shard home, int commands) {
            this.here = here;
            this.home = home;
            this.left = commands;
        }

        void goOn() {
            while (left > 0 && here.mayCommand(home, share)) {
                left--;
                here.command(home, share, 1, this::onCarriedOut);
            }
            if (left > 0) {
                here.whenMayCommand(home, this::goOn);
            }
        }

        private void onCarriedOut() {
            carriedOut++;
            nearBefore = bob.writes().size();
        }
    }

    @Test
    void shouldRefuseWhatIsForASocketOnALoopWithoutCredit() {
        List<Boolean> carried = new ArrayList<>();
        router.on(router.shard(0), () -> {
            for (int i = 0; i < DELIVERIES + 1; i++) {
                carried.add(router.shard(0).deliver(router.shard(1), 1, () -> {}));
            }
        });

        assertThat(carried.subList(0, DELIVERIES)).doesNotContain(false);
        assertThat(carried.get(DELIVERIES)).isFalse();
        assertThat(router.count(Metric.CREDITS_REFUSED)).isEqualTo(1);
    }

    // ---- callers that cannot be left unread

    @Test
    void shouldRefuseCallersWithoutAConnectionWhenTooManyPublishesWait() {
        List<CompletableFuture<Receipt>> answers = new ArrayList<>();
        for (int i = 0; i < Inflow.MOST_PUBLISHES + 3; i++) {
            answers.add(publishesFromNowhere("1"));
        }

        assertThat(answers.subList(0, Inflow.MOST_PUBLISHES)).noneMatch(CompletableFuture::isDone);
        answers.subList(Inflow.MOST_PUBLISHES, answers.size())
                .forEach(answer -> assertThat(answer).isCompletedWithValue(Receipt.refused(Outcome.OVERLOADED)));
        router.runUntilIdle();
        assertThat(bob.received()).hasSize(Inflow.MOST_PUBLISHES);
        assertThat(router.count(Metric.PUBLISHED)).isEqualTo(Inflow.MOST_PUBLISHES + 3);
        assertThat(router.count(Metric.CREDITS_REFUSED)).isEqualTo(3);
        assertThat(router.answer(publishesFromNowhere("1")).outcome()).isEqualTo(Outcome.DELIVERED);
    }

    @Test
    void shouldRefuseCallersWithoutAConnectionWhenTooManyBytesWait() {
        String megabyte = '"' + "x".repeat(1024 * 1024) + '"';
        List<CompletableFuture<Receipt>> answers = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            answers.add(publishesFromNowhere(megabyte));
        }

        assertThat(answers.get(16)).isCompletedWithValue(Receipt.refused(Outcome.OVERLOADED));
        router.runUntilIdle();
        assertThat(bob.writes()).hasSize(16);
        assertThat(router.answer(publishesFromNowhere("1")).outcome()).isEqualTo(Outcome.DELIVERED);
    }

    private CompletableFuture<Receipt> publishesFromNowhere(String data) {
        return router.publishes(Principals.everything("backend"), "user:" + bob.user(), data);
    }

    // ---- pauses are bounded, and do not count as silence

    @Test
    void shouldCloseWhoWasNotReadForTooLong() {
        alice.givesAtOnce(publishes(bob, 100));
        turn(0);
        pass(0, Duration.ofMillis(9_900));
        assertThat(alice.closeReasons()).isEmpty();

        pass(0, Duration.ofMillis(200));

        assertThat(alice.closeReasons()).containsExactly(CloseReason.OVERLOADED);
        router.runUntilIdle();
    }

    @Test
    void shouldNotCountMissesDuringAPause() {
        TestRouter impatient = TestRouter.with(
                2,
                TestLimits.usual()
                        .credits(8, BYTES)
                        .heartbeat(Duration.ofSeconds(1), 2)
                        .readPause(Duration.ofSeconds(60)));
        RecordingConnection carol = impatient.connects(impatient.userOn(0));
        RecordingConnection dave = impatient.connects(impatient.userOn(1));
        carol.givesAtOnce(publishes(dave, 10));
        while (impatient.loop(0).step()) {}
        int pings = carol.pings();

        for (int tick = 0; tick < 300; tick++) {
            impatient.clock().advance(Duration.ofMillis(100));
            impatient.loop(0).execute(impatient.shard(0)::onTick);
            while (impatient.loop(0).step()) {}
        }
        assertThat(carol.closeReasons()).isEmpty();
        assertThat(carol.pings()).isEqualTo(pings);

        impatient.runUntilIdle();
        assertThat(dave.received()).isEqualTo(numbers(10));
        carol.fallsSilent();
        impatient.advance(Duration.ofMillis(900));
        assertThat(carol.pings()).isEqualTo(pings);
        impatient.advance(Duration.ofSeconds(3));
        assertThat(carol.closeReasons()).containsExactly(CloseReason.HEARTBEAT_LOST);
        assertThat(impatient.findings()).isEmpty();
    }

    // ---- nobody waits for ever

    @Test
    void shouldCallWhoAsksWhileABatchIsBack() {
        List<String> called = new ArrayList<>();
        ShardProxy proxy =
                new ShardProxy(router.shard(0), router.shard(1), new CreditLimits(1, 1), () -> called.add("called"));
        router.on(router.shard(0), () -> {
            proxy.hop(() -> {});
            proxy.flush();
        });
        assertThat(called).isEmpty();

        router.on(router.shard(0), proxy::callWhenCreditIsBack);

        assertThat(called).containsExactly("called");
    }

    @Test
    void shouldCallWhoAskedBeforeABatchIsBack() {
        List<String> called = new ArrayList<>();
        ShardProxy proxy =
                new ShardProxy(router.shard(0), router.shard(1), new CreditLimits(1, 1), () -> called.add("called"));
        router.on(router.shard(0), () -> {
            proxy.hop(() -> {});
            proxy.callWhenCreditIsBack();
            proxy.flush();
        });

        assertThat(called).containsExactly("called");
    }

    @Test
    void shouldGiveEveryWaiterItsTurn() {
        List<RecordingConnection> flooders = connects(10);
        List<RecordingConnection> meek = connects(20);
        flooders.forEach(one -> one.givesAtOnce(publishes(bob, 1_000)));
        meek.forEach(one -> one.givesAtOnce(publish(bob, "meek", "\"meek\"")));
        router.runUntilIdle();

        assertThat(bob.received()).hasSize(10_020);
        assertThat(bob.received().lastIndexOf("\"meek\"")).isLessThan(CREDIT + 10 * 16 + 20);
        meek.forEach(one -> assertThat(one.receipt("meek").outcome()).isEqualTo(Outcome.DELIVERED));
        flooders.forEach(one -> assertThat(one.pushes("receipt")).hasSize(1_000));
    }

    @Test
    void shouldStandBehindThoseWhoWait() {
        List<RecordingConnection> flooders = connects(CREDIT / SHARE);
        RecordingConnection waiter = router.connects(router.userOn(0));
        RecordingConnection newcomer = router.connects(router.userOn(0));
        flooders.forEach(one -> one.givesAtOnce(publishes(bob, SHARE)));
        waiter.gives(publish(bob, "waited", "\"waited\""));
        turn(0);
        newcomer.gives(publish(bob, "came", "\"came\"")); // before the loop hears that credit is back
        turn(1);
        router.runUntilIdle();

        assertThat(bob.received()).endsWith("\"waited\"", "\"came\"").hasSize(CREDIT + 2);
    }

    @Test
    void shouldNotStopWhenTwoShardsFloodEachOther() {
        floodInRing(2);
    }

    @Test
    void shouldNotStopWhenThreeShardsFloodInARing() {
        floodInRing(3);
    }

    private void floodInRing(int shards) {
        TestRouter ring = TestRouter.with(shards, TestLimits.usual().credits(CREDIT, BYTES));
        List<RecordingConnection> receivers = new ArrayList<>();
        List<RecordingConnection> publishers = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            receivers.add(ring.connects(ring.userOn(shard)));
        }
        for (int shard = 0; shard < shards; shard++) {
            for (int i = 0; i < 12; i++) {
                RecordingConnection publisher = ring.connects(ring.userOn(shard));
                publisher.givesAtOnce(publishes(receivers.get((shard + 1) % shards), 300));
                publishers.add(publisher);
            }
        }
        runWithSleepingLoops(ring, shards);

        receivers.forEach(one -> assertThat(one.received()).hasSize(12 * 300));
        for (RecordingConnection publisher : publishers) {
            assertThat(publisher.pushes("receipt")).hasSize(300);
            assertThat(publisher.pushes("receipt"))
                    .allMatch(push -> push.receipt().outcome() == Outcome.DELIVERED);
        }
        assertThat(ring.count(Metric.READS_PAUSED)).isPositive();
        assertThat(ring.findings()).isEmpty();
    }

    @Test
    void shouldNotStopWhenTopicsFloodAllShards() {
        int shards = 4;
        TestRouter all = TestRouter.with(shards, TestLimits.usual().credits(CREDIT, BYTES));
        List<RecordingConnection> members = new ArrayList<>();
        List<String> topics = new ArrayList<>();
        for (int i = 0; i < 3 * shards; i++) {
            members.add(all.connects(all.userOn(i % shards)));
            topics.add(all.topicOn(i % shards));
        }
        members.forEach(member -> topics.forEach(member::subscribesTo));
        all.runUntilIdle();
        for (int i = 0; i < members.size(); i++) {
            members.get(i).givesAtOnce(publishes(topics.get((i + 1) % topics.size()), 300));
        }
        runWithSleepingLoops(all, shards);

        long delivered = 0;
        for (RecordingConnection member : members) {
            List<Push> receipts = member.pushes("receipt");
            assertThat(receipts).hasSize(300);
            for (Push push : receipts) {
                Receipt receipt = push.receipt();
                int overloaded = receipt.refused().getOrDefault(Outcome.OVERLOADED, 0);
                assertThat(receipt.matched()).isEqualTo(members.size());
                assertThat(receipt.delivered() + overloaded).isEqualTo(members.size());
                delivered += receipt.delivered();
            }
        }
        assertThat(members.stream().mapToLong(one -> one.received().size()).sum())
                .isEqualTo(delivered);
        assertThat(all.count(Metric.READS_PAUSED)).isPositive();
        assertThat(all.findings()).isEmpty();
    }

    /** Lets the loops take their steps, while one of them after the other sleeps for a while. */
    private static void runWithSleepingLoops(TestRouter router, int loops) {
        int asleep = 0;
        for (int step = 0; hasWork(router, loops); step++) {
            if (step % 1_000 == 0) {
                asleep = router.random().nextInt(loops);
            }
            int chosen = router.random().nextInt(loops);
            if (chosen != asleep) {
                router.loop(chosen).step();
            }
            assertCreditIsKept(router);
        }
    }

    private static boolean hasWork(TestRouter router, int loops) {
        for (int i = 0; i < loops; i++) {
            if (router.loop(i).hasWork()) {
                return true;
            }
        }
        return false;
    }

    private static void assertCreditIsKept(TestRouter router) {
        for (Shard from : router.router().shards()) {
            for (Shard to : router.router().shards()) {
                assertThat(from.publishesTo(to).messages()).isBetween(0, CREDIT);
                assertThat(from.deliveriesTo(to).messages()).isBetween(0, DELIVERIES);
            }
        }
    }

    // ---- helpers

    private List<RecordingConnection> connects(int count) {
        List<RecordingConnection> connected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            connected.add(router.connects(router.userOn(0)));
        }
        return connected;
    }

    private int onTheWay(int from, int to) {
        return router.shard(from).publishesTo(router.shard(to)).messages();
    }

    /** Lets one loop do all that it has, while the others stand still. */
    private void turn(int loop) {
        while (router.loop(loop).step()) {}
    }

    /** Lets time pass for one loop, while the others stand still. */
    private void pass(int loop, Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 100) {
            router.clock().advance(Duration.ofMillis(100));
            router.loop(loop).execute(router.shard(loop)::onTick);
            turn(loop);
        }
    }

    private static Command[] publishes(RecordingConnection to, int count) {
        return publishes(to.principal().user().toString(), count);
    }

    private static Command[] publishes(String to, int count) {
        Command[] commands = new Command[count];
        for (int i = 0; i < count; i++) {
            commands[i] = publish(to, "" + i, "" + i);
        }
        return commands;
    }

    private static Command publish(RecordingConnection to, String id, String data) {
        return publish(to.principal().user().toString(), id, data);
    }

    private static Command publish(String to, String id, String data) {
        return new Command.Publish(id, Address.parse(to), null, RawJson.of(data), Priority.NORMAL, null);
    }

    private static List<String> numbers(int count) {
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add("" + i);
        }
        return numbers;
    }
}
