package io.wsrouter.bench.scenario;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Starts so many handshakes a second, whatever becomes of them, and keeps what did. Those that cannot start because too
 * many are under way are left out. Any thread may ask, after {@link #close}.
 */
final class SteadyLoad implements AutoCloseable {

    private static final int TICK_MILLIS = 2;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "steady-load");
        thread.setDaemon(true);
        return thread;
    });
    private final int mostUnderWay;
    private final IntFunction<CompletableFuture<HandshakeClient.Answer>> handshake;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger started = new AtomicInteger();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final Histogram latencies = new ConcurrentHistogram(3);
    private final long startNanos = System.nanoTime();
    private int next;

    /** Starts at once; {@code handshake} begins the one of a number. */
    SteadyLoad(int perSecond, int mostUnderWay, IntFunction<CompletableFuture<HandshakeClient.Answer>> handshake) {
        this.mostUnderWay = mostUnderWay;
        this.handshake = handshake;
        clock.scheduleAtFixedRate(() -> onTick(perSecond), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void onTick(int perSecond) {
        long due = (System.nanoTime() - startNanos) * perSecond / TimeUnit.SECONDS.toNanos(1);
        for (; next < due; next++) {
            if (underWay.get() < mostUnderWay) {
                start(next);
            }
        }
    }

    private void start(int number) {
        underWay.incrementAndGet();
        started.incrementAndGet();
        handshake.apply(number).whenComplete((answer, failure) -> {
            underWay.decrementAndGet();
            clock.execute(() -> onEnd(answer == null ? -1 : answer.status()));
            if (answer != null) {
                latencies.recordValue(answer.nanos());
            }
        });
    }

    private void onEnd(int status) {
        statuses.merge(status, 1, Integer::sum);
    }

    /** Starts no more, and waits until what was started has ended. */
    void finish(Deadline deadline) throws InterruptedException {
        deadline.await("the last handshake to start", clock.submit(() -> next = Integer.MAX_VALUE));
        deadline.until("the last handshake to end", () -> underWay.get() == 0);
        clock.shutdown();
        if (!clock.awaitTermination(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            throw new ScenarioException("handshakes were not counted in time");
        }
    }

    int started() {
        return started.get();
    }

    /** How many ended with each status; zero stands for a close without an answer, and -1 for no connection. */
    Map<Integer, Integer> statuses() {
        return statuses;
    }

    int ended(int status) {
        return statuses.getOrDefault(status, 0);
    }

    long micros(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1_000;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
