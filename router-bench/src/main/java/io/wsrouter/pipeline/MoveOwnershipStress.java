package io.wsrouter.pipeline;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Who has a channel between two loops, and who closes it. */
public final class MoveOwnershipStress {

    private MoveOwnershipStress() {}

    /** Somebody wants the channel closed while a loop takes it. */
    @JCStressTest
    @Description("Somebody wants the channel closed while a loop takes it.")
    @Outcome(id = "true, TO_BE_CLOSED", expect = ACCEPTABLE, desc = "The loop closes it.")
    @Outcome(id = "false, FREELY", expect = ACCEPTABLE, desc = "The move is over: who wants it closed does so.")
    @Outcome(id = "true, FREELY", expect = FORBIDDEN, desc = "Nobody closes it.")
    @Outcome(id = "false, TO_BE_CLOSED", expect = FORBIDDEN, desc = "Both close it.")
    @Outcome(expect = FORBIDDEN, desc = "Nobody has it.")
    @State
    public static class CloseOrTake {

        private final MoveOwnership ownership = new MoveOwnership();

        /** Any thread. */
        @Actor
        public void close(LL_Result result) {
            result.r1 = ownership.requestClose();
        }

        /** The new loop. */
        @Actor
        public void take(LL_Result result) {
            result.r2 = ownership.take();
        }
    }

    /** Both loops take the channel, since the new one is shutting down, while somebody wants it closed. */
    @JCStressTest
    @Description("Both loops take the channel while somebody wants it closed.")
    @Outcome(
            id = {"true, TO_BE_CLOSED, BY_ANOTHER", "true, BY_ANOTHER, TO_BE_CLOSED"},
            expect = ACCEPTABLE,
            desc = "One loop has it and closes it.")
    @Outcome(
            id = {"false, FREELY, BY_ANOTHER", "false, BY_ANOTHER, FREELY"},
            expect = ACCEPTABLE,
            desc = "One loop has it; the wish came too late.")
    @Outcome(expect = FORBIDDEN, desc = "Two have it, or nobody, or nobody closes it.")
    @State
    public static class TwoTakers {

        private final MoveOwnership ownership = new MoveOwnership();

        /** Any thread. */
        @Actor
        public void close(LLL_Result result) {
            result.r1 = ownership.requestClose();
        }

        /** The old loop. */
        @Actor
        public void giveUp(LLL_Result result) {
            result.r2 = ownership.take();
        }

        /** The new loop. */
        @Actor
        public void arrive(LLL_Result result) {
            result.r3 = ownership.take();
        }
    }
}
