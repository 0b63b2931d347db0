package io.wsrouter.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrouter.routing.SeedWatcher;
import io.wsrouter.routing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(SeedWatcher.class)
final class ReceiptTest {

    private static final List<String> NOBODY = List.of();

    @ParameterizedTest(name = "delivered {0}, queued {1}, slow {2}, closed {3}, unknown nodes {4}: {5}")
    @CsvSource({
        "0, 0, 0, 0, 0, NO_ROUTE",
        "1, 0, 0, 0, 0, DELIVERED",
        "9, 0, 0, 0, 0, DELIVERED",
        "0, 1, 0, 0, 0, QUEUED",
        "8, 1, 0, 0, 0, QUEUED",
        "0, 0, 1, 0, 0, SLOW_CONSUMER",
        "0, 0, 0, 1, 0, CLOSED",
        "0, 0, 2, 1, 0, SLOW_CONSUMER",
        "0, 0, 1, 2, 0, CLOSED",
        "0, 0, 2, 2, 0, SLOW_CONSUMER",
        "1, 0, 1, 0, 0, PARTIAL",
        "9, 0, 0, 1, 0, PARTIAL",
        "0, 1, 1, 0, 0, PARTIAL",
        "1, 1, 1, 0, 0, PARTIAL",
        "0, 0, 0, 0, 1, UNKNOWN",
        "0, 0, 1, 0, 1, UNKNOWN",
        "1, 0, 0, 0, 1, PARTIAL",
        "0, 1, 0, 0, 1, PARTIAL",
        "1, 0, 1, 0, 2, PARTIAL",
    })
    void shouldSayItInOneWord(int delivered, int queued, int slow, int closed, int unknownNodes, Outcome expected) {
        int[] refused = counts(Outcome.SLOW_CONSUMER, slow);
        refused[Outcome.CLOSED.ordinal()] = closed;
        List<String> unknown = new ArrayList<>();
        for (int i = 0; i < unknownNodes; i++) {
            unknown.add("n" + i);
        }

        Receipt receipt = Receipt.of(delivered + queued + slow + closed, delivered, queued, refused, unknown);

        assertThat(receipt.outcome()).isEqualTo(expected);
        assertThat(receipt.unknown()).isEqualTo(unknown);
    }

    @Test
    void shouldCountRefusalsByReasonAndLeaveOutWhatDidNotHappen() {
        int[] refused = counts(Outcome.SLOW_CONSUMER, 2);
        refused[Outcome.WRITE_FAILED.ordinal()] = 1;

        Receipt receipt = Receipt.of(7, 3, 1, refused, NOBODY);

        assertThat(receipt)
                .isEqualTo(new Receipt(
                        Outcome.PARTIAL, 7, 3, 1, Map.of(Outcome.SLOW_CONSUMER, 2, Outcome.WRITE_FAILED, 1), NOBODY));
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void shouldNameTheOnlyRefusal(Outcome outcome) {
        assertThat(Receipt.of(1, 0, 0, counts(outcome, 1), NOBODY).outcome()).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0, 0", "0, 1, 0, 0", "0, 0, 1, 0", "0, 0, 0, 1", "3, 1, 1, 2", "5, 1, 1, 2", "-1, 0, 0, 0"})
    void shouldRefuseFiguresThatDoNotAddUp(int matched, int delivered, int queued, int refused) {
        assertThatThrownBy(() -> Receipt.of(matched, delivered, queued, counts(Outcome.CLOSED, refused), NOBODY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("matched " + matched + " (expected delivered " + delivered + " + queued " + queued
                        + " + refused " + refused + ")");
    }

    @Test
    void shouldAddUpWhateverTheFigures() {
        long seed = Seeds.next();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            int[] refused = new int[Outcome.values().length];
            int matched = 0;
            for (int j = 0; j < refused.length; j++) {
                refused[j] = random.nextInt(4) == 0 ? random.nextInt(100) : 0;
                matched += refused[j];
            }
            int delivered = random.nextInt(3);
            int queued = random.nextInt(3);

            Receipt receipt = Receipt.of(matched + delivered + queued, delivered, queued, refused, NOBODY);

            int refusedTotal = receipt.refused().values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            assertThat(receipt.matched())
                    .as("seed %d", seed)
                    .isEqualTo(receipt.delivered() + receipt.queued() + refusedTotal);
            assertThat(receipt.refused().values()).as("seed %d", seed).doesNotContain(0);
        }
    }

    @Test
    void shouldNotChangeOnceMade() {
        int[] refused = counts(Outcome.CLOSED, 1);
        List<String> unknown = new ArrayList<>(List.of("n1"));
        Receipt receipt = Receipt.of(1, 0, 0, refused, unknown);

        refused[Outcome.CLOSED.ordinal()] = 9;
        unknown.add("n2");

        assertThat(receipt.refused()).containsExactly(Map.entry(Outcome.CLOSED, 1));
        assertThat(receipt.unknown()).containsExactly("n1");
        assertThatThrownBy(() -> receipt.refused().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> receipt.unknown().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void shouldCountNothingWhenRefusedAtOnce(Outcome outcome) {
        assertThat(Receipt.refused(outcome)).isEqualTo(new Receipt(outcome, 0, 0, 0, Map.of(), NOBODY));
    }

    private static int[] counts(Outcome outcome, int count) {
        int[] counts = new int[Outcome.values().length];
        counts[outcome.ordinal()] = count;
        return counts;
    }
}
