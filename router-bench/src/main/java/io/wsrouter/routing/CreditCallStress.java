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
import org.openjdk.jcstress.infra.results.II_Result;

/** A sender without credit asks to be called, while the other loop gives a batch back: it sees the batch, or it is called. */
@JCStressTest
@Description("One thread asks to be called and looks whether a batch is back; another one runs the batch.")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The batch was seen to be back, and the call was not asked for yet.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The batch was not back, and the sender was called.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both: the sender looks once more than it has to.")
@Outcome(id = "0, 0", expect = FORBIDDEN, desc = "A lost wake-up: the sender waits for ever.")
@State
public class CreditCallStress {

    private static final Shard SHARD =
            BenchRouter.on(List.of(new AnyThread())).shards().get(0);

    private final CreditCall call = new CreditCall(new AnyThread(), this::onCalled);
    private final HopBatch batch = new HopBatch(SHARD, true, call);
    private boolean isSeen;
    private int calls;

    /** Hands over a batch. */
    public CreditCallStress() {
        batch.add(() -> {});
        batch.handOver();
    }

    private void onCalled() {
        calls++;
    }

    /** The loop that has the batch. */
    @Actor
    public void receiver() {
        batch.run();
    }

    /** The loop that sent it and has no credit left. */
    @Actor
    public void sender() {
        call.ask();
        isSeen = batch.isHere();
    }

    /** Whether the sender goes on. */
    @Arbiter
    public void look(II_Result result) {
        result.r1 = isSeen ? 1 : 0;
        result.r2 = calls;
    }
}
