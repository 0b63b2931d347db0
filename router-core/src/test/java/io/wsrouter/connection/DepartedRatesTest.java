package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DepartedRatesTest {

    private static final Address ALICE = Address.user("alice");

    private final DepartedRates rates = new DepartedRates(0);

    @Test
    void shouldGiveBackWhatItWasGivenOnce() {
        RateLimit rate = new RateLimit(1, 0);

        rates.keep(ALICE, rate, 0);

        assertThat(rates.take(Address.user("bob"))).isNull();
        assertThat(rates.take(ALICE)).isSameAs(rate);
        assertThat(rates.take(ALICE)).isNull();
    }

    @Test
    void shouldKeepARateForASecondAndForgetItThen() {
        RateLimit rate = new RateLimit(1, 0);
        rates.keep(ALICE, rate, millis(900));
        rates.keep(Address.user("bob"), rate, millis(1_100));
        assertThat(rates.take(ALICE)).as("0.2 s later").isSameAs(rate);
        rates.keep(ALICE, rate, millis(1_100));

        rates.keep(Address.user("carol"), rate, millis(2_200));
        rates.keep(Address.user("dave"), rate, millis(3_300));

        assertThat(rates.take(ALICE)).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -5, Long.MIN_VALUE, Long.MAX_VALUE - 5})
    void shouldForgetARateWithinTwoSecondsWhereverAMonotonicClockStands(long start) {
        DepartedRates departed = new DepartedRates(start);
        RateLimit rate = new RateLimit(1, start);

        departed.keep(ALICE, rate, start);
        departed.keep(Address.user("bob"), rate, start + millis(1_000));
        departed.keep(Address.user("carol"), rate, start + millis(1_999));
        assertThat(departed.size()).isEqualTo(3);

        departed.keep(Address.user("dave"), rate, start + millis(2_000));
        assertThat(departed.take(ALICE)).isNull();
        assertThat(departed.take(Address.user("bob"))).isSameAs(rate);
    }

    @Test
    void shouldKeepTheLatestWhenThereAreTooMany() {
        RateLimit rate = new RateLimit(1, 0);
        for (int i = 0; i < 100_000; i++) {
            rates.keep(Address.user("user" + i), rate, 0);
            assertThat(rates.size()).isLessThanOrEqualTo(2 * 16_384);
        }

        assertThat(rates.size()).isBetween(16_384, 2 * 16_384);
        assertThat(rates.take(Address.user("user99999"))).isSameAs(rate);
        assertThat(rates.take(Address.user("user0"))).isNull();
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
