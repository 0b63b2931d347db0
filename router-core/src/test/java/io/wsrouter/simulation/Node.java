package io.wsrouter.simulation;

import io.wsrouter.connection.NodeQueue;
import io.wsrouter.connection.QueueBudget;
import io.wsrouter.connection.QueueListener;
import io.wsrouter.protocol.Priority;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.routing.SecurityEvent;
import io.wsrouter.routing.SteppedLoop;
import io.wsrouter.routing.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A router on loops that are turned one task at a time. */
final class Node {

    private final int index;
    private final List<SteppedLoop> loops = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final List<QueueBudget> budgets = new ArrayList<>();
    private final VirtualBackplane backplane;
    private final Oracle oracle;
    private final Router router;

    Node(
            int index,
            World world,
            VirtualClock clock,
            VirtualAuthenticator authenticator,
            VirtualBackplane backplane,
            Oracle oracle) {
        this.index = index;
        this.oracle = oracle;
        this.backplane = backplane;
        NodeQueue queue = new NodeQueue(world.queue(), world.shards());
        for (int i = 0; i < world.shards(); i++) {
            SteppedLoop loop = new SteppedLoop("loop " + i + " of node " + index, clock);
            loops.add(loop);
            budgets.add(queue.open(loop::execute, new QueueReports()));
            readers.add(new Reader(oracle.users().get(0)));
        }
        router = new Router(
                loops,
                world.limits(),
                backplane,
                authenticator,
                new Listener(),
                new SplittableRandom(world.idSeed() + index));
    }

    /** It loses its power. */
    void die() {
        loops.forEach(SteppedLoop::end);
    }

    boolean isDead() {
        return backplane.isDead();
    }

    int index() {
        return index;
    }

    Router router() {
        return router;
    }

    List<SteppedLoop> loops() {
        return loops;
    }

    /** What the loop of a shard reads commands with. */
    Reader reader(int shard) {
        return readers.get(shard);
    }

    /** What may wait on the loop of a shard. */
    QueueBudget budget(int shard) {
        return budgets.get(shard);
    }

    /** Looks at whether the other nodes are told of an address. */
    void checkInterest(Oracle judge, Target target, boolean isWanted) {
        judge.expects(
                backplane.wants(target.text()) == isWanted,
                "4 tables",
                "node " + index,
                "tells the other nodes that " + target + " is " + (isWanted ? "not " : "") + "wanted");
    }

    private final class QueueReports implements QueueListener {

        @Override
        public void onDropped(Priority priority, Drop drop) {
            if (drop == Drop.DISPLACED) {
                oracle.coverage().count(Rare.DISPLACED);
            } else if (drop == Drop.SHED) {
                oracle.coverage().count(Rare.SHED);
            }
        }

        @Override
        public void onShed() {}

        @Override
        public void onFault(Throwable cause) {
            oracle.faulted(cause);
        }
    }

    private final class Listener implements RouterListener {

        @Override
        public void onSecurityEvent(SecurityEvent event) {
            if (event.kind() == SecurityEvent.Kind.MISDELIVERY_REFUSED) {
                oracle.stoppedAtTheWrite(event);
            }
        }

        @Override
        public void onBug(Throwable cause) {
            oracle.faulted(cause);
        }
    }
}
