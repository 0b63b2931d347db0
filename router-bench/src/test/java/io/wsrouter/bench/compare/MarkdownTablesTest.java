package io.wsrouter.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MarkdownTablesTest {

    @Test
    void shouldShowMediansAndRatiosToTheFloorOfTheSameRound() {
        String text = tables(
                run("router", "uni1k", 1, 100_000, 12),
                run("floor2", "uni1k", 1, 200_000, 10),
                run("router", "uni1k", 2, 104_000, 15),
                run("floor2", "uni1k", 2, 210_000, 10),
                run("router", "uni1k", 3, 90_000, 28),
                run("floor2", "uni1k", 3, 180_000, 20));

        assertThat(text)
                .contains("| server | uni1k |\n| --- | --- |\n| router | 15.0, 1.40x |\n| floor2 | 10.0, 1.00x |\n")
                .contains("| router | 100k (90.0k-104k) | 15.0 (12.0-28.0) | 1.40x (1.20x-1.50x) |")
                .contains("| floor2 | 200k (180k-210k) | 10.0 (10.0-20.0) | 1.00x |");
    }

    @Test
    void shouldHoldOtherTestsAgainstOneThread() {
        String text = tables(
                run("router", "lat20k", 1, 20_000, 30),
                run("floor1", "lat20k", 1, 20_000, 20),
                run("floor2", "lat20k", 1, 20_000, 40));

        assertThat(text).contains("times floor1").contains("| router | 20.0k | 30.0 | 1.50x |");
    }

    @Test
    void shouldShowEveryError() {
        String text = tables(
                new Run("nats", "uni1k", 1, "", 1000, 5, 1, 2, 0, 0, Map.of("lost", 3L)),
                new Run("nats", "uni1k", 2, "", 1000, 5, 1, 2, 0, 0, Map.of("lost", 4L, "corrupt", 1L)),
                Run.failed("nats", Trial.UNI1K, 3, "it ended with 1"));

        assertThat(text)
                .contains("| round 3: it ended with 1, corrupt 1, lost 7 |")
                .contains("| nats | 5.00 ! |");
    }

    @Test
    void shouldShowServerWithoutAnyFigure() {
        assertThat(tables(Run.failed("naive", Trial.FAN1K, 1, "it ended with 1")))
                .contains("| naive | - | - | - | - | - | - | round 1: it ended with 1 |");
    }

    @Test
    void shouldNameWhatIsSkippedAndWhy() {
        assertThat(tables()).contains("- skipped nats: nats-server is not on the PATH\n");
    }

    private static String tables(Run... runs) {
        return new MarkdownTables(new Report(
                        Map.of("machine", "small"), 2, Map.of("nats", "nats-server is not on the PATH"), List.of(runs)))
                .text();
    }

    private static Run run(String row, String test, int round, double perSecond, double cpuMicros) {
        return new Run(row, test, round, "", perSecond, cpuMicros, 100, 200, 0, 0.1, Map.of());
    }
}
