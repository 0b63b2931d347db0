package io.wsrouter.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The validator against the JDK's decoder. */
final class Utf8ValidatorTest {

    private static final String TEXT = "plain ascii \u00e9\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff ";

    @Test
    void shouldAgreeWithTheJdkAtTheBordersOfEveryLead() {
        int[] borders = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
        for (int lead = 0; lead <= 0xFF; lead++) {
            for (int second = 0; second <= 0xFF; second++) {
                for (int third : borders) {
                    for (int fourth : borders) {
                        shouldAgree((byte) lead, (byte) second, (byte) third, (byte) fourth);
                    }
                }
            }
        }
    }

    private static void shouldAgree(byte... bytes) {
        boolean isValid = Utf8Validator.isValid(bytes, 0, bytes.length);
        if (isValid != isValid(bytes)) {
            assertThat(isValid).as(Arrays.toString(bytes)).isEqualTo(!isValid);
        }
    }

    @Test
    void shouldAgreeWithTheJdkOnDamagedTextInPieces() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = damaged(random);
            Utf8Validator validator = new Utf8Validator();
            int at = 0;
            boolean isAccepted = true;
            while (at < bytes.length && isAccepted) {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(12));
                isAccepted = validator.accept(bytes, at, end);
                assertThat(isAccepted && !isStart(bytes, end))
                        .as("seed %d, text %d, accepted %s to %d", seed, i, Arrays.toString(bytes), end)
                        .isFalse();
                at = end;
            }
            assertThat(isAccepted && validator.isComplete())
                    .as("seed %d, text %d, %s", seed, i, Arrays.toString(bytes))
                    .isEqualTo(isValid(bytes))
                    .isEqualTo(Utf8Validator.isValid(bytes, 0, bytes.length));
        }
    }

    private static byte[] damaged(SplittableRandom random) {
        byte[] bytes = TEXT.repeat(1 + random.nextInt(3)).getBytes(UTF_8);
        bytes = Arrays.copyOfRange(bytes, random.nextInt(8), bytes.length - random.nextInt(8));
        if (random.nextBoolean()) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static boolean isValid(byte[] bytes) {
        return isStart(bytes, bytes.length) && decode(bytes, bytes.length, true).isUnderflow();
    }

    private static boolean isStart(byte[] bytes, int length) {
        return decode(bytes, length, false).isUnderflow();
    }

    private static CoderResult decode(byte[] bytes, int length, boolean isEnd) {
        CharsetDecoder decoder = UTF_8.newDecoder();
        return decoder.decode(ByteBuffer.wrap(bytes, 0, length), CharBuffer.allocate(bytes.length + 1), isEnd);
    }
}
