package io.wsrouter.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.protocol.Command;
import java.util.Arrays;

/** The envelope decoder: never throws, reads nothing behind the text, and agrees with Jackson's tree model. */
public final class EnvelopeFuzz {

    private static final EnvelopeDecoder DECODER = new EnvelopeDecoder();

    private EnvelopeFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        if (!EnvelopeDifferentialTest.isUtf8(bytes)) {
            return;
        }
        byte[] larger = Arrays.copyOf(bytes, bytes.length + 8);
        Arrays.fill(larger, bytes.length, larger.length, (byte) '}');

        Command command = DECODER.decode(larger, bytes.length);
        DECODER.decodePublish(larger, bytes.length);

        EnvelopeDifferentialTest.compare(new String(bytes, UTF_8), bytes, command);
    }
}
