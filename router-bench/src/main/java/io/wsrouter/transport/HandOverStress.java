package io.wsrouter.transport;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.wsrouter.routing.ShardLoop;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** What loops hand over to another one: plain objects in tasks, through the queue of a real loop that sleeps when it has none. */
@JCStressTest
@Description("One thread hands over two tasks, another one; each task finds what its thread wrote, or it counts as 9.")
@Outcome(
        id = {"123, 0", "132, 0", "312, 0"},
        expect = ACCEPTABLE,
        desc = "All ran, each sender's in its order.")
@Outcome(id = ".*, 1", expect = FORBIDDEN, desc = "A task did not run: a wake-up is lost.")
@Outcome(expect = FORBIDDEN, desc = "A sender's tasks changed places, or one did not see what was written for it.")
@State
public class HandOverStress {

    private static final ShardLoop LOOP =
            new NettyShardLoop(new MultiThreadIoEventLoopGroup(1, daemons(), handlers()).next());
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final int UNSEEN = 9;

    private final AtomicInteger left = new AtomicInteger(3);
    private int writtenByFirst;
    private int writtenBySecond;
    private int order;

    private static DefaultThreadFactory daemons() {
        return new DefaultThreadFactory(HandOverStress.class, true);
    }

    private static IoHandlerFactory handlers() {
        return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    /** A loop that hands over two tasks. */
    @Actor
    public void first() {
        writtenByFirst = 1;
        LOOP.execute(() -> onTask(writtenByFirst == 1 ? 1 : UNSEEN));
        LOOP.execute(() -> onTask(writtenByFirst == 1 ? 2 : UNSEEN));
    }

    /** A loop that hands over one. */
    @Actor
    public void second() {
        writtenBySecond = 1;
        LOOP.execute(() -> onTask(writtenBySecond == 1 ? 3 : UNSEEN));
    }

    private void onTask(int digit) {
        order = 10 * order + digit;
        left.decrementAndGet();
    }

    /** Waits for the three tasks. */
    @Arbiter
    public void await(II_Result result) {
        long since = System.nanoTime();
        while (left.get() > 0 && System.nanoTime() - since < PATIENCE_NANOS) {
            Thread.onSpinWait();
        }
        result.r2 = left.get() == 0 ? 0 : 1;
        result.r1 = order;
    }
}
