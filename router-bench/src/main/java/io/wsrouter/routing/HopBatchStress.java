package io.wsrouter.routing;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.wsrouter.bench.BenchRouter;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A batch of hops that comes back: the sender may fill it again only when the other loop is done with all of it. */
@JCStressTest
@Description(
        "One thread runs a batch of two pieces; another one fills the batch again, as soon as it is back, and runs it afterwards.")
@Outcome(id = "11, 0, 0", expect = ACCEPTABLE, desc = "The batch ran, and came back too late to be filled again.")
@Outcome(id = "11, 22, 0", expect = ACCEPTABLE, desc = "The batch ran, came back empty and was filled again.")
@Outcome(
        id = ".*, .*, 1",
        expect = FORBIDDEN,
        desc = "A batch that came back was not empty, or what it carries got lost.")
@Outcome(expect = FORBIDDEN, desc = "A piece ran twice, not at all, or in another batch than its own.")
@State
public class HopBatchStress {

    private static final Shard SHARD =
            BenchRouter.on(List.of(new AnyThread())).shards().get(0);

    private final HopBatch batch = new HopBatch(SHARD, true, new CreditCall(SHARD.loop(), () -> {}));
    private int ranFirst;
    private int ranSecond;
    private int faults;
    private boolean isRefilled;

    /** Hands over a batch. */
    public HopBatchStress() {
        fill(1);
        batch.handOver();
    }

    private void fill(int filling) {
        batch.add(() -> count(filling));
        batch.addAnnouncement(new OpenReceipt(told -> count(filling)), 0);
    }

    private void count(int filling) {
        if (filling == 1) {
            ranFirst = 10 * ranFirst + 1;
        } else {
            ranSecond = 10 * ranSecond + 2;
        }
    }

    /** The loop that has the batch. */
    @Actor
    public void receiver() {
        batch.run();
    }

    /** The loop that sent it. */
    @Actor
    public void sender() {
        if (batch.isHere()) {
            faults += batch.size() == 0 ? 0 : 1;
            fill(2);
            isRefilled = true;
        }
    }

    /** Runs what was filled again. */
    @Arbiter
    public void look(III_Result result) {
        faults += batch.size() == (isRefilled ? 2 : 0) ? 0 : 1;
        batch.run();
        result.r1 = ranFirst;
        result.r2 = ranSecond;
        result.r3 = faults;
    }
}
