package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.protocol.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConductTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void shouldForgiveNineMistakesButNotTheTenth() {
        Conduct conduct = new Conduct(100, 0);
        for (int i = 0; i < 9; i++) {
            assertThat(conduct.exhaustsPatience(i * SECOND)).isFalse();
        }

        assertThat(conduct.exhaustsPatience(10 * SECOND)).isTrue();
    }

    @Test
    void shouldForgiveMistakesOlderThanTenSeconds() {
        Conduct conduct = new Conduct(100, 0);
        for (int i = 0; i < 9; i++) {
            conduct.exhaustsPatience(0);
        }

        assertThat(conduct.exhaustsPatience(10 * SECOND + 1)).isFalse();
        for (int i = 0; i < 8; i++) {
            assertThat(conduct.exhaustsPatience(10 * SECOND + 1)).isFalse();
        }
        assertThat(conduct.exhaustsPatience(10 * SECOND + 1)).isTrue();
    }

    @Test
    void shouldBearSlowMistakesForEver() {
        Conduct conduct = new Conduct(100, 0);
        for (long i = 0; i < 10_000; i++) {
            assertThat(conduct.exhaustsPatience(i * (SECOND + SECOND / 8))).isFalse();
        }
    }

    @Test
    void shouldCallItPersistentAfterTenSecondsWithoutAPause() {
        Conduct conduct = new Conduct(1, 0);
        for (int i = 0; i < 10; i++) {
            assertThat(conduct.persistsInExceeding(i * SECOND)).isFalse();
        }

        assertThat(conduct.persistsInExceeding(10 * SECOND)).isTrue();
    }

    @Test
    void shouldStartAgainAfterAPauseOfMoreThanASecond() {
        Conduct conduct = new Conduct(1, 0);
        for (int i = 0; i < 10; i++) {
            conduct.persistsInExceeding(i * SECOND);
        }

        assertThat(conduct.persistsInExceeding(9 * SECOND + SECOND + 1)).isFalse();
        assertThat(conduct.persistsInExceeding(11 * SECOND)).isFalse();
    }

    @Test
    void shouldTellRefusalsOnceAndAtMostEverySecond() {
        Conduct conduct = new Conduct(100, 0);
        conduct.addRefusals(Outcome.NO_ROUTE, 1);
        conduct.addRefusals(Outcome.NO_ROUTE, 1);
        conduct.addRefusals(Outcome.FORBIDDEN, 1);

        assertThat(conduct.hasUntoldRefusals()).isTrue();
        assertThat(conduct.mayTell(0)).isTrue();
        assertThat(conduct.takeRefusals(0)).isEqualTo(Map.of(Outcome.NO_ROUTE, 2, Outcome.FORBIDDEN, 1));

        assertThat(conduct.hasUntoldRefusals()).isFalse();
        assertThat(conduct.takeRefusals(0)).isEmpty();
        assertThat(conduct.mayTell(SECOND - 1)).isFalse();
        assertThat(conduct.mayTell(SECOND)).isTrue();
    }

    @Test
    void shouldJudgeOneNewTokenAtATimeAndOneASecond() {
        Conduct conduct = new Conduct(100, 0);

        assertThat(conduct.tryStartRefresh(0)).isTrue();
        assertThat(conduct.tryStartRefresh(5 * SECOND))
                .as("the first is being judged")
                .isFalse();
        conduct.endRefresh();
        assertThat(conduct.tryStartRefresh(SECOND - 1)).isFalse();
        assertThat(conduct.tryStartRefresh(SECOND)).isTrue();
    }

    @Test
    void shouldBoundOpenReceipts() {
        Conduct conduct = new Conduct(100, 0);

        assertThat(conduct.tryOpenReceipt(2)).isTrue();
        assertThat(conduct.tryOpenReceipt(2)).isTrue();
        assertThat(conduct.tryOpenReceipt(2)).isFalse();
        conduct.closeReceipt();
        assertThat(conduct.tryOpenReceipt(2)).isTrue();
        assertThat(conduct.tryOpenReceipt(2)).isFalse();
    }
}
