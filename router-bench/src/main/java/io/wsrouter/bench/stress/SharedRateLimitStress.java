package io.wsrouter.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.wsrouter.connection.SharedRateLimit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** The rate of handshakes, which all loops take from. One a second here: what is taken is in the time stamp to the second. */
public final class SharedRateLimitStress {

    private static final long NOW_NANOS = 0;
    private static final long SECOND_NANOS = 1_000_000_000;

    private SharedRateLimitStress() {}

    /** Two loops take the last one. */
    @JCStressTest
    @Description("Two loops take the last one of a rate.")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The first loop got it.")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The second loop got it.")
    @Outcome(id = "true, true", expect = FORBIDDEN, desc = "One more was let through than the rate has.")
    @Outcome(id = "false, false", expect = FORBIDDEN, desc = "Nobody got what was left.")
    @State
    public static class LastOne {

        private final SharedRateLimit rate = new SharedRateLimit(1, NOW_NANOS);

        /** A loop. */
        @Actor
        public void first(ZZ_Result result) {
            result.r1 = rate.tryAcquire(NOW_NANOS);
        }

        /** Another loop. */
        @Actor
        public void second(ZZ_Result result) {
            result.r2 = rate.tryAcquire(NOW_NANOS);
        }
    }

    /** One loop takes one while another takes one whether there is any or not. */
    @JCStressTest
    @Description(
            "One is taken if there is one, another in any case; then: is one second's worth used up, a second later?")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Both were taken: two seconds' worth is owed.")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "The debt came first and left nothing to take.")
    @Outcome(id = "true, false", expect = FORBIDDEN, desc = "Both were taken and one of them is forgotten.")
    @Outcome(id = "false, true", expect = FORBIDDEN, desc = "What was refused was charged.")
    @State
    public static class TakenAndOwed {

        private final SharedRateLimit rate = new SharedRateLimit(1, NOW_NANOS);

        /** A loop that asks. */
        @Actor
        public void take(ZZ_Result result) {
            result.r1 = rate.tryAcquire(NOW_NANOS);
        }

        /** A loop that charges. */
        @Actor
        public void owe() {
            rate.owe(NOW_NANOS);
        }

        /** Afterwards. */
        @Arbiter
        public void look(ZZ_Result result) {
            result.r2 = rate.isExhausted(NOW_NANOS + SECOND_NANOS);
        }
    }

    /** Two loops charge one each. */
    @JCStressTest
    @Description("Two failures are charged at once; then: is one second's worth used up, a second later?")
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "Both count.")
    @Outcome(id = "false", expect = FORBIDDEN, desc = "A failure was forgotten.")
    @State
    public static class TwoDebts {

        private final SharedRateLimit rate = new SharedRateLimit(1, NOW_NANOS);

        /** A loop. */
        @Actor
        public void first() {
            rate.owe(NOW_NANOS);
        }

        /** Another loop. */
        @Actor
        public void second() {
            rate.owe(NOW_NANOS);
        }

        /** Afterwards. */
        @Arbiter
        public void look(Z_Result result) {
            result.r1 = rate.isExhausted(NOW_NANOS + SECOND_NANOS);
        }
    }
}
