package io.wsrouter.bench;

import io.netty.channel.DefaultEventLoop;
import io.wsrouter.address.Address;
import io.wsrouter.protocol.Command;
import io.wsrouter.routing.AuditReport;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.Shard;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Audits of the core without a network, on loops whose clock is the processor time of their thread. What is measured is the
 * audit's own, and none of the time in which the loop waits for a processor.
 *
 * @param audits nanoseconds of all shards together, by audit
 * @param longest nanoseconds of the longest slice of a shard, by audit and shard
 * @param slices how many slices there were
 * @param entries how many entries the last audit compared
 */
public record AuditSlices(Histogram audits, Histogram longest, long slices, long entries) {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final int SHARDS = 4;
    private static final int WARM_UP = 20;
    private static final int MEASURED = 50;
    private static final long PATIENCE_SECONDS = 60;

    /** Audits this many users with so many subscriptions each, again and again. Blocks. */
    public static AuditSlices measure(int users, int topics, int subscriptions) throws Exception {
        List<ThreadLoop> loops = Stream.generate(
                        () -> new ThreadLoop(new DefaultEventLoop(), THREADS::getCurrentThreadCpuTime))
                .limit(SHARDS)
                .toList();
        try {
            Router router = BenchRouter.on(loops);
            for (int user = 0; user < users; user++) {
                register(router, Address.user("user" + user), user % topics, topics, subscriptions);
            }
            return audit(router);
        } finally {
            loops.forEach(loop ->
                    loop.eventLoop().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly());
        }
    }

    private static void register(Router router, Address user, int firstTopic, int topics, int subscriptions)
            throws Exception {
        Shard home = router.homeShard(user);
        CompletableFuture<Boolean> registered = new CompletableFuture<>();
        home.loop().execute(() -> {
            DiscardingConnection connection = BenchRouter.register(home, user, () -> {});
            home.onSocketOpened(connection);
            for (int i = 0; i < subscriptions; i++) {
                Address topic = Address.parse("topic:t" + (firstTopic + i * 617) % topics);
                home.onCommand(connection, new Command.Subscribe(null, topic));
            }
            registered.complete(true);
        });
        registered.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static AuditSlices audit(Router router) throws Exception {
        Histogram audits = new Histogram(3);
        Histogram longest = new Histogram(3);
        long slices = 0;
        long entries = 0;
        for (int i = 0; i < WARM_UP + MEASURED; i++) {
            List<AuditReport> reports = router.audit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!reports.stream().allMatch(AuditReport::isClean)) {
                throw new IllegalStateException("an audit that is not clean: " + reports);
            }
            if (i >= WARM_UP) {
                audits.recordValue(
                        reports.stream().mapToLong(AuditReport::loopNanos).sum());
                reports.forEach(report -> longest.recordValue(report.longestSliceNanos()));
                slices += reports.stream().mapToLong(AuditReport::slices).sum();
                entries = reports.stream().mapToLong(AuditReport::entries).sum();
            }
        }
        return new AuditSlices(audits, longest, slices, entries);
    }
}
