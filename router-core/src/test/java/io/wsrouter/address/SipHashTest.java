package io.wsrouter.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.routing.SeedWatcher;
import io.wsrouter.routing.Seeds;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedWatcher.class)
final class SipHashTest {

    private static final long KEY_0 = 0x0706050403020100L;
    private static final long KEY_1 = 0x0f0e0d0c0b0a0908L;

    /** The first eight of the 64 vectors of the authors' reference implementation, inputs of 0 to 7 bytes, and later ones. */
    @Test
    void shouldAgreeWithTheVectorsOfItsAuthors() {
        SipHash hash = new SipHash(KEY_0, KEY_1, 2, 4);

        assertThat(hash.hash(firstBytes(0))).isEqualTo(0x726fdb47dd0e0e31L);
        assertThat(hash.hash(firstBytes(1))).isEqualTo(0x74f839c593dc67fdL);
        assertThat(hash.hash(firstBytes(2))).isEqualTo(0x0d6c8009d9a94f5aL);
        assertThat(hash.hash(firstBytes(3))).isEqualTo(0x85676696d7fb7e2dL);
        assertThat(hash.hash(firstBytes(4))).isEqualTo(0xcf2794e0277187b7L);
        assertThat(hash.hash(firstBytes(5))).isEqualTo(0x18765564cd99a68dL);
        assertThat(hash.hash(firstBytes(6))).isEqualTo(0xcbc9466e58fee3ceL);
        assertThat(hash.hash(firstBytes(7))).isEqualTo(0xab0200f58b01d137L);
        assertThat(hash.hash(firstBytes(8))).isEqualTo(0x93f5f5799a932462L);
        assertThat(hash.hash(firstBytes(15))).isEqualTo(0xa129ca6149be45e5L);
        assertThat(hash.hash(firstBytes(16))).isEqualTo(0x3f2acc7f57c29bdbL);
        assertThat(hash.hash(firstBytes(17))).isEqualTo(0x699ae9f52cbe4794L);
    }

    @Test
    void shouldSeeTheBytesOfItsRangeAlone() {
        SipHash hash = new SipHash(KEY_0, KEY_1, 1, 3);
        byte[] bytes = firstBytes(64);
        for (int from = 0; from <= 32; from++) {
            for (int length = 0; length <= 32; length++) {
                byte[] range = Arrays.copyOfRange(bytes, from, from + length);
                assertThat(hash.hash(bytes, from, from + length)).isEqualTo(hash.hash(range));
            }
        }
    }

    @Test
    void shouldDependOnEveryByteAndOnItsKey() {
        long seed = Seeds.next();
        Random random = new Random(seed);
        Set<Long> hashes = new HashSet<>();
        byte[] input = new byte[40];
        random.nextBytes(input);
        hashes.add(new SipHash(KEY_0, KEY_1, 1, 3).hash(input));
        for (int i = 0; i < input.length; i++) {
            byte[] changed = input.clone();
            changed[i] ^= (byte) (1 << random.nextInt(8));
            hashes.add(new SipHash(KEY_0, KEY_1, 1, 3).hash(changed));
        }
        hashes.add(new SipHash(KEY_0 + 1, KEY_1, 1, 3).hash(input));
        hashes.add(new SipHash(KEY_0, KEY_1 + 1, 1, 3).hash(input));

        assertThat(hashes).as("seed %d", seed).hasSize(input.length + 3);
    }

    private static byte[] firstBytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
