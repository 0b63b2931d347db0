package io.wsrouter.pipeline;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** How many tokens of one IP address are under verification, counted by the loops of its sockets and the verifiers. */
public final class IpStateStress {

    private static final int MOST = 64; // with the lowest rate

    private IpStateStress() {}

    private static IpState with(int verifications) {
        IpState state = new IpState(0, 1, 0);
        for (int i = 0; i < verifications; i++) {
            state.tryBeginVerification();
        }
        return state;
    }

    /** Two loops take the last place. */
    @JCStressTest
    @Description("Two loops begin a verification where one more may; a third attempt follows.")
    @Outcome(id = "true, false, false", expect = ACCEPTABLE, desc = "The first loop began the last one.")
    @Outcome(id = "false, true, false", expect = ACCEPTABLE, desc = "The second loop began the last one.")
    @Outcome(expect = FORBIDDEN, desc = "Too many or too few, now or from now on.")
    @State
    public static class LastOne {

        private final IpState state = with(MOST - 1);

        /** A loop. */
        @Actor
        public void first(ZZZ_Result result) {
            result.r1 = state.tryBeginVerification();
        }

        /** Another loop. */
        @Actor
        public void second(ZZZ_Result result) {
            result.r2 = state.tryBeginVerification();
        }

        /** Afterwards. */
        @Arbiter
        public void third(ZZZ_Result result) {
            result.r3 = state.tryBeginVerification();
        }
    }

    /** One verification ends while another wants to begin. */
    @JCStressTest
    @Description("One verification ends where no more may, while a loop begins another; a second attempt follows.")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "It took the place of the one that ended.")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "It came too early; the place is free now.")
    @Outcome(expect = FORBIDDEN, desc = "A place was lost, or there is one too many.")
    @State
    public static class EndAndBegin {

        private final IpState state = with(MOST);

        /** A verifier. */
        @Actor
        public void end() {
            state.endVerification();
        }

        /** A loop. */
        @Actor
        public void begin(ZZ_Result result) {
            result.r1 = state.tryBeginVerification();
        }

        /** Afterwards. */
        @Arbiter
        public void again(ZZ_Result result) {
            result.r2 = state.tryBeginVerification();
        }
    }
}
