package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import java.time.Duration;
import org.junit.jupiter.api.Test;

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

    @Test
    void shouldKeepTheLatestWhenThereAreTooMany() {
        RateLimit rate = new RateLimit(1, 0);
        for (int i = 0; i < 100_000; i++) {
            rates.keep(Address.user("user" + i), rate, 0);
        }

        assertThat(rates.size()).isBetween(16_384, 2 * 16_384);
        assertThat(rates.take(Address.user("user99999"))).isSameAs(rate);
        assertThat(rates.take(Address.user("user0"))).isNull();
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
