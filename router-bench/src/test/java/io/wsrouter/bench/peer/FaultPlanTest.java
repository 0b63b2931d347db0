package io.wsrouter.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultPlanTest {

    @Test
    void shouldRepeatFaultsPeriodically() {
        FaultPlan plan = FaultPlan.parse("drop=3,corrupt=5", 4);

        List<String> faults = IntStream.range(0, 30)
                .mapToObj(i -> String.valueOf(plan.next()))
                .toList();

        assertThat(faults.stream().filter("DROP"::equals)).hasSize(10);
        assertThat(faults.stream().filter("CORRUPT"::equals)).hasSizeBetween(4, 6);
    }

    @Test
    void shouldRepeatItselfWithItsSeed() {
        FaultPlan plan = FaultPlan.parse("swap=7,misdeliver=11", 99);
        FaultPlan again = FaultPlan.parse("swap=7,misdeliver=11", 99);

        for (int i = 0; i < 100; i++) {
            assertThat(plan.next()).isEqualTo(again.next());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"drop", "drop=0", "drop=-1", "drop=x", "lose=2", "drop=1,drop=2", "drop=1,", "drop=1=2"})
    void shouldRefuseWhatIsNoPlan(String text) {
        assertThatThrownBy(() -> FaultPlan.parse(text, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }
}
