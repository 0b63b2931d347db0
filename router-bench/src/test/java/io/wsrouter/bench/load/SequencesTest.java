package io.wsrouter.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SequencesTest {

    @Test
    void shouldTellLateOnesFromThoseThatCameBefore() {
        Sequences sequences = new Sequences(1);

        assertThat(sequences.onMessage(0, 0)).isEqualTo(Sequences.Arrival.IN_ORDER);
        assertThat(sequences.onMessage(0, 4)).isEqualTo(Sequences.Arrival.IN_ORDER);
        assertThat(sequences.onMessage(0, 2)).isEqualTo(Sequences.Arrival.REORDERED);
        assertThat(sequences.onMessage(0, 2)).isEqualTo(Sequences.Arrival.DUPLICATED);
        assertThat(sequences.onMessage(0, 1)).isEqualTo(Sequences.Arrival.REORDERED);
        assertThat(sequences.onMessage(0, 3)).isEqualTo(Sequences.Arrival.REORDERED);
        assertThat(sequences.onMessage(0, 3)).isEqualTo(Sequences.Arrival.DUPLICATED);
        assertThat(sequences.onMessage(0, 5)).isEqualTo(Sequences.Arrival.IN_ORDER);
    }

    @Test
    void shouldAgreeWithASetOfAllThatCame() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        Sequences sequences = new Sequences(1);
        Set<Integer> came = new HashSet<>();
        int latest = -1;
        for (int i = 0; i < 20_000; i++) {
            int sequence = Math.max(0, i / 2 + random.nextInt(-200, 200));
            Sequences.Arrival expected = !came.add(sequence)
                    ? Sequences.Arrival.DUPLICATED
                    : sequence > latest ? Sequences.Arrival.IN_ORDER : Sequences.Arrival.REORDERED;
            latest = Math.max(latest, sequence);

            assertThat(sequences.onMessage(0, sequence))
                    .as("seed %d, message %d", seed, i)
                    .isEqualTo(expected);
        }
    }
}
