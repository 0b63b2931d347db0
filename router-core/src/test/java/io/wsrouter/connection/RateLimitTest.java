package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.routing.SeedWatcher;
import io.wsrouter.routing.Seeds;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedWatcher.class)
final class RateLimitTest {

    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 10, 100, 300, 999, 1000, 12_345})
    void shouldHoldOneSecondsWorth(int perSecond) {
        RateLimit limit = new RateLimit(perSecond, 0);

        assertThat(acquired(limit, 0, perSecond * 3)).isEqualTo(perSecond);
        assertThat(acquired(limit, 3600 * SECOND, perSecond * 3))
                .as("an hour of rest saves up no more")
                .isEqualTo(perSecond);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 100, 1000})
    void shouldRefillEvenly(int perSecond) {
        RateLimit limit = new RateLimit(perSecond, 0);
        acquired(limit, 0, perSecond);
        long interval = SECOND / perSecond;
        for (int i = 1; i <= 50; i++) {
            assertThat(limit.tryAcquire(i * interval - 1)).isFalse();
            assertThat(limit.tryAcquire(i * interval)).isTrue();
            assertThat(limit.tryAcquire(i * interval)).isFalse();
        }
    }

    @Test
    void shouldNotCountRefusals() {
        RateLimit limit = new RateLimit(10, 0);
        acquired(limit, 0, 1_000_000);

        assertThat(limit.tryAcquire(SECOND / 10)).isTrue();
    }

    @Test
    void shouldAllowAllWhenLifted() {
        RateLimit limit = new RateLimit(Integer.MAX_VALUE, 0);

        assertThat(acquired(limit, 0, 1_000_000)).isEqualTo(1_000_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MIN_VALUE + 5, Long.MAX_VALUE - 5, Long.MAX_VALUE})
    void shouldNotMindWhereAMonotonicClockStands(long start) {
        RateLimit limit = new RateLimit(10, start);

        assertThat(acquired(limit, start, 30)).isEqualTo(10);
        assertThat(acquired(limit, start + SECOND / 2, 30)).isEqualTo(5);
        assertThat(acquired(limit, start + 10 * SECOND, 30)).isEqualTo(10);
    }

    /** In no stretch of time more than one second's worth plus the rate. */
    @Test
    void shouldBoundEveryStretchOfTime() {
        long seed = Seeds.next();
        Random random = new Random(seed);
        int perSecond = 1 + random.nextInt(200);
        RateLimit limit = new RateLimit(perSecond, 0);
        ArrayDeque<Long> allowed = new ArrayDeque<>();
        long now = 0;
        for (int i = 0; i < 50_000; i++) {
            now += (long) (random.nextDouble() * random.nextDouble() * SECOND / perSecond);
            if (limit.tryAcquire(now)) {
                allowed.add(now);
            }
            while (!allowed.isEmpty() && allowed.peek() <= now - SECOND) {
                allowed.poll();
            }
            assertThat(allowed.size()).as("within a second, seed %d", seed).isLessThanOrEqualTo(2 * perSecond);
        }
    }

    private static int acquired(RateLimit limit, long nowNanos, int attempts) {
        int acquired = 0;
        for (int i = 0; i < attempts; i++) {
            acquired += limit.tryAcquire(nowNanos) ? 1 : 0;
        }
        return acquired;
    }
}
