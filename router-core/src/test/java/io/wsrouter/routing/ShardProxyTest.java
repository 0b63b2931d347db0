package io.wsrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrouter.address.Address;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedWatcher.class)
final class ShardProxyTest {

    private final TestRouter router = TestRouter.withShards(3);

    @Test
    void shouldHandOverATurnAsOneBatchWithOneWakeUp() {
        RecordingConnection alice = router.connects(router.userOn(0));
        RecordingConnection bob = router.connects(router.userOn(1));
        Command[] commands = new Command[100];
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < commands.length; i++) {
            commands[i] =
                    new Command.Publish(null, bob.principal().user(), null, RawJson.of("" + i), Priority.NORMAL, null);
            expected.add("" + i);
        }
        long steps = router.loop(1).steps();

        alice.givesAtOnce(commands);
        while (router.loop(0).step()) {}
        router.loop(1).step();

        assertThat(bob.writes()).hasSize(100);
        assertThat(router.loop(1).steps() - steps).isEqualTo(1);
        assertThat(router.shard(0).counters().get(Metric.HOPS)).isEqualTo(100);
        assertThat(router.shard(0).counters().get(Metric.HOP_BATCHES)).isEqualTo(1);
        router.runUntilIdle();
        assertThat(bob.received()).isEqualTo(expected);
    }

    @Test
    void shouldKeepTheOrderOfWork() {
        List<Integer> ran = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        for (int turn = 0; turn < 20; turn++) {
            int first = turn * 10;
            router.shard(0).loop().execute(() -> {
                for (int i = first; i < first + 10; i++) {
                    int n = i;
                    router.shard(0).hop(router.shard(2), () -> ran.add(n));
                }
            });
            router.step();
            for (int i = first; i < first + 10; i++) {
                expected.add(i);
            }
        }
        router.runUntilIdle();

        assertThat(ran).isEqualTo(expected);
    }

    @Test
    void shouldRunWorkForItselfAtOnce() {
        List<String> ran = new ArrayList<>();

        router.on(router.shard(0), () -> {
            router.shard(0).hop(router.shard(0), () -> ran.add("within"));
            ran.add("after");
        });

        assertThat(ran).containsExactly("within", "after");
        assertThat(router.count(Metric.HOPS)).isZero();
    }

    @Test
    void shouldRunWorkOnTheLoopThatItIsFor() {
        List<Boolean> isOnItsLoop = new ArrayList<>();

        router.on(
                router.shard(0),
                () -> router.shard(0).hop(router.shard(1), () -> {
                    isOnItsLoop.add(router.loop(1).isCurrent());
                    isOnItsLoop.add(!router.loop(0).isCurrent());
                }));

        assertThat(isOnItsLoop).containsExactly(true, true);
    }

    @Test
    void shouldRefuseWorkFromAnotherThreadThanTheLoops() {
        assertThatThrownBy(() -> router.shard(0).hop(router.shard(1), () -> {})).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> router.shard(0).onTick()).isInstanceOf(AssertionError.class);
    }

    @Test
    void shouldSurviveAFaultAndCarryOnWithTheRestOfTheBatch() {
        router.expectsFaults(Metric.BUGS);
        List<String> ran = new ArrayList<>();

        router.on(router.shard(0), () -> {
            router.shard(0).hop(router.shard(1), () -> ran.add("before"));
            router.shard(0).hop(router.shard(1), () -> {
                throw new IllegalStateException("a fault");
            });
            router.shard(0).hop(router.shard(1), () -> ran.add("after"));
        });

        assertThat(ran).containsExactly("before", "after");
        assertThat(router.bugs()).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(router.shard(1).counters().get(Metric.BUGS)).isEqualTo(1);
    }

    @Test
    void shouldLeaveABatchAloneUntilItComesBack() {
        RecordingConnection alice = router.connects(router.userOn(0));
        RecordingConnection bob = router.connects(router.userOn(1));
        List<String> expected = new ArrayList<>();

        for (int turn = 0; turn < 10; turn++) {
            alice.publishes("user:" + bob.user(), "\"turn " + turn + "\"");
            while (router.loop(0).step()) {}
            expected.add("\"turn " + turn + "\"");
        }
        router.loop(1).step();

        assertThat(bob.writes()).hasSize(1);
        router.runUntilIdle();
        assertThat(bob.received()).isEqualTo(expected);
    }

    @Test
    void shouldGiveABatchBackOnlyWhenAllOfItHasRun() {
        RecordingConnection alice = router.connects(router.userOn(0));
        RecordingConnection bob = router.connects(router.userOn(1));

        router.shard(0)
                .loop()
                .execute(() -> router.shard(0).hop(router.shard(1), () -> {
                    for (int turn = 0; turn < 10; turn++) { // meanwhile, on the other loop
                        alice.publishes("user:" + bob.user(), "\"later " + turn + "\"");
                        while (router.loop(0).step()) {}
                    }
                }));
        alice.publishes("user:" + bob.user(), "\"first\"");
        while (router.loop(0).step()) {}
        router.loop(1).step();

        assertThat(bob.writes())
                .singleElement()
                .satisfies(write -> assertThat(write.data()).isEqualTo("\"first\""));
        router.runUntilIdle();
        assertThat(bob.received()).hasSize(11);
    }

    @Test
    void shouldCarryInOrderWhatFindsNoRoomInABatch() {
        RecordingConnection alice = router.connects(router.userOn(0));
        RecordingConnection bob = router.connects(router.userOn(1));
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            expected.add('"' + "x".repeat(i % 7 == 0 ? 5_000 : i) + i + '"');
        }

        for (int round = 0; round < 2; round++) {
            Command[] commands = expected.stream()
                    .map(data -> new Command.Publish(
                            "1", bob.principal().user(), null, RawJson.of(data), Priority.NORMAL, null))
                    .toArray(Command[]::new);
            int before = bob.received().size();
            alice.givesAtOnce(commands);
            router.runUntilIdle();

            List<String> received = bob.received();
            assertThat(received.subList(before, received.size())).isEqualTo(expected);
            assertThat(alice.pushes()).hasSize(received.size()); // a receipt each
        }
    }

    @Test
    void shouldKeepNoMoreInABatchThanItsBound() {
        Shard shard = router.shard(1);
        HopBatch batch = new HopBatch(shard, true, new CreditCall(shard.loop(), () -> {}));
        Publication small = publication(100);
        Publication large = publication(4_000);
        Publication tooLarge = publication(4_097);
        int taken = 0;
        for (; batch.addMessage(large, false); taken++) {}

        assertThat(taken).isEqualTo(HopBatch.MOST_BYTES / 4_096);
        batch.giveBack();
        assertThat(batch.addMessage(tooLarge, false)).isFalse();
        for (int i = 0; i < taken; i++) {
            assertThat(batch.addMessage(small, false)).isTrue();
        }
        assertThat(batch.addMessage(small, false)).isFalse();
    }

    private static Publication publication(int lengthBytes) {
        Message message = new Message(Address.user("alice"), Priority.NORMAL, new byte[lengthBytes]);
        return Publication.borrowed(0, message);
    }

    @Test
    void shouldCountWhatIsLostWhenTheOtherLoopHasEnded() {
        RecordingConnection alice = router.connects(router.userOn(0));
        RecordingConnection bob = router.connects(router.userOn(1));
        RecordingConnection carol = router.connects(router.userOn(2));
        router.loop(1).end();

        alice.publishes("user:" + bob.user(), "1");
        alice.publishes("user:" + carol.user(), "2");
        while (router.step()) {}

        assertThat(carol.received()).containsExactly("2");
        assertThat(bob.received()).isEmpty();
        assertThat(router.shard(0).counters().get(Metric.HOPS_LOST)).isEqualTo(1);
        CompletableFuture<?> asked = router.router().connectionsOf(Address.user(bob.user()));
        assertThat(asked).isCompletedExceptionally();
        assertThatThrownBy(asked::join).hasCauseInstanceOf(RejectedExecutionException.class);
        router.expectsFaults(Metric.HOPS_LOST);
    }
}
