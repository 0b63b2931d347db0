package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

final class SharedRateLimitTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long START = Long.MAX_VALUE - Duration.ofMillis(500).toNanos(); // the clock wraps on the way

    private final SharedRateLimit limit = new SharedRateLimit(4, START);

    @Test
    void shouldGiveASecondsWorthAtOnceAndThenRefillEvenly() {
        assertThat(taken(START)).isEqualTo(4);
        assertThat(limit.isExhausted(START)).isTrue();
        assertThat(limit.isExhausted(START + SECOND / 4)).isFalse();
        assertThat(taken(START + SECOND / 2)).isEqualTo(2);
        assertThat(limit.isFull(START + SECOND)).isFalse();
        assertThat(limit.isFull(START + 3 * SECOND / 2)).isTrue();
    }

    @Test
    void shouldRefuseUntilAllThatIsOwedHasComeBack() {
        for (int i = 0; i < 12; i++) {
            limit.owe(START);
        }
        limit.acquire(START);

        assertThat(taken(START + 2 * SECOND)).isZero();
        assertThat(taken(START + 3 * SECOND)).isEqualTo(4);
    }

    @Test
    void shouldOweNoMoreThanASecondsWorth() {
        for (int i = 0; i < 100; i++) {
            limit.acquire(START);
        }

        assertThat(taken(START)).isZero();
        assertThat(taken(START + SECOND)).isEqualTo(4);
    }

    @Test
    void shouldOweAFullSecondsWorthHoweverOftenItIsTaken() {
        for (int i = 0; i < 4; i++) {
            limit.acquire(START);
        }
        long later = START + SECOND / 10;
        limit.acquire(later);

        assertThat(limit.isFull(later + SECOND - 1)).isFalse();
        assertThat(limit.isFull(later + SECOND)).isTrue();
    }

    @Test
    void shouldAllowEverythingWithoutALimit() {
        SharedRateLimit unlimited = new SharedRateLimit(Integer.MAX_VALUE, START);
        for (int i = 0; i < 1000; i++) {
            unlimited.acquire(START);
            assertThat(unlimited.tryAcquire(START)).isTrue();
        }
        assertThat(unlimited.isExhausted(START)).isFalse();
        assertThat(unlimited.isFull(START)).isTrue();
    }

    @Test
    void shouldGiveNoMoreWhenManyThreadsTake() throws InterruptedException {
        SharedRateLimit contended = new SharedRateLimit(1_000_000, START);
        LongAdder taken = new LongAdder();
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4; i++) {
            threads.execute(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                for (int attempt = 0; attempt < 400_000; attempt++) {
                    if (contended.tryAcquire(START)) {
                        taken.increment();
                    }
                }
            });
        }

        start.countDown();
        threads.shutdown();

        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(taken.sum()).isEqualTo(1_000_000);
    }

    private int taken(long nowNanos) {
        int count = 0;
        while (limit.tryAcquire(nowNanos)) {
            count++;
        }
        return count;
    }
}
