package io.wsrouter.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PayloadTest {

    private final Payload payload = new Payload("ab3Z");

    @Test
    void shouldReadWhatWasWritten() {
        byte[] bytes = new byte[200];
        payload.write(bytes, 10, 150, 3, 1_000_000, 77, 123_456_789, 987_654_321_012L);

        assertThat(payload.read(bytes, 10, 160)).isTrue();
        assertThat(payload.host()).isEqualTo(3);
        assertThat(payload.source()).isEqualTo(1_000_000);
        assertThat(payload.target()).isEqualTo(77);
        assertThat(payload.sequence()).isEqualTo(123_456_789);
        assertThat(payload.intendedNanos()).isEqualTo(987_654_321_012L);
    }

    @Test
    void shouldSeeEveryByteThatWasChanged() {
        byte[] bytes = new byte[64];
        payload.write(bytes, 0, bytes.length, 3, 5, 7, 9, 11);
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] = (byte) (changed[i] == 'x' ? 'y' : 'x');

            assertThat(payload.read(changed, 0, changed.length))
                    .as("byte %d", i)
                    .isFalse();
        }
    }

    @Test
    void shouldNotTakeThePayloadOfAnotherRun() {
        byte[] bytes = new byte[32];
        new Payload("ab3Y").write(bytes, 0, bytes.length, 0, 0, 0, 0, 0);

        assertThat(payload.read(bytes, 0, bytes.length)).isFalse();
    }
}
