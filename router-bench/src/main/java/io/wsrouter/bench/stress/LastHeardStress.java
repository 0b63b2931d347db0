package io.wsrouter.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.wsrouter.address.Address;
import io.wsrouter.bench.DiscardingConnection;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** When a peer was last heard: written by the loop of its socket, read by the loop of its user. */
@JCStressTest
@Description("One frame is heard while the other loop looks twice.")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Not heard yet.")
@Outcome(id = "0, 4294967297", expect = ACCEPTABLE, desc = "Heard in between.")
@Outcome(id = "4294967297, 4294967297", expect = ACCEPTABLE, desc = "Heard before.")
@Outcome(id = "4294967297, 0", expect = FORBIDDEN, desc = "What was heard is unheard.")
@Outcome(expect = FORBIDDEN, desc = "Half a time stamp.")
@State
public class LastHeardStress {

    private static final Address ALICE = Address.user("alice");
    private static final long BOTH_HALVES = (1L << 32) + 1;

    private final DiscardingConnection connection = new DiscardingConnection(ALICE, () -> {});

    /** The loop of the socket. */
    @Actor
    public void hear() {
        connection.onHeard(BOTH_HALVES);
    }

    /** The loop of the user. */
    @Actor
    public void look(JJ_Result result) {
        result.r1 = connection.lastHeardNanos();
        result.r2 = connection.lastHeardNanos();
    }
}
