package io.wsrouter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.protocol.CloseReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CountersTest {

    @ParameterizedTest
    @EnumSource(CloseReason.class)
    void shouldCountWhatClosesByReason(CloseReason reason) {
        Counters counters = new Counters();

        counters.incrementClosed(reason);
        counters.incrementClosed(reason);

        for (CloseReason other : CloseReason.values()) {
            assertThat(counters.closed(other)).isEqualTo(other == reason ? 2 : 0);
        }
        assertThat(counters.get(Metric.CONNECTIONS_CLOSED)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void shouldCountEachMetricByItself(Metric metric) {
        Counters counters = new Counters();

        counters.increment(metric);
        counters.increment(metric);
        counters.add(metric, 40);

        for (Metric other : Metric.values()) {
            assertThat(counters.get(other)).isEqualTo(other == metric ? 42 : 0);
        }
    }

    @Test
    void shouldCountPastTheRangeOfAnInt() {
        Counters counters = new Counters();

        counters.add(Metric.SENT_BYTES, Integer.MAX_VALUE);
        counters.add(Metric.SENT_BYTES, Integer.MAX_VALUE);

        assertThat(counters.get(Metric.SENT_BYTES)).isEqualTo(2L * Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @EnumSource(Metric.class)
    void shouldSayWhatEachMetricMeans(Metric metric) {
        assertThat(metric.word()).matches("[a-z][a-z_]*[a-z]");
        assertThat(metric.unit()).matches("[a-z]+");
        assertThat(metric.sentence()).matches("[A-Z].*[^.]\\.");
    }
}
