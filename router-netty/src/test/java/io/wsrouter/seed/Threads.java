package io.wsrouter.seed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Does things at once. */
final class Threads {

    private static final long PATIENCE_SECONDS = 60;

    /** What one of several threads does. */
    interface Task<T> {

        /** Runs on a thread of its own, at the same moment as the others. */
        T run(int number) throws Exception;
    }

    private Threads() {}

    /** Runs {@code task} on so many threads that start together, and returns the results in no order. */
    static <T> List<T> atOnce(int threads, Task<T> task) {
        CyclicBarrier start = new CyclicBarrier(threads);
        Queue<T> results = new ConcurrentLinkedQueue<>();
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> started = IntStream.range(0, threads)
                .mapToObj(i -> new Thread(
                        () -> {
                            try {
                                start.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                                results.add(task.run(i));
                            } catch (Throwable e) {
                                failures.add(e);
                            }
                        },
                        "test-" + i))
                .toList();
        started.forEach(Thread::start);
        started.forEach(Threads::join);
        assertThat(failures).isEmpty();
        assertThat(results).hasSize(threads);
        return new ArrayList<>(results);
    }

    private static void join(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
