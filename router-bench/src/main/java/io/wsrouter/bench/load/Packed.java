package io.wsrouter.bench.load;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.HdrHistogram.Histogram;

/** Numbers and histograms as few bytes. */
public final class Packed {

    private Packed() {}

    /** Numbers as big-endian ints, deflated, in Base64. */
    static String ints(int[] numbers) {
        ByteBuffer plain = ByteBuffer.allocate(numbers.length * Integer.BYTES);
        plain.asIntBuffer().put(numbers);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
            deflater.write(plain.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(packed.toByteArray());
    }

    /**
     * The numbers again.
     *
     * @throws IOException when they are not packed like that
     */
    static int[] ints(String packed) throws IOException {
        try (InflaterInputStream inflater = new InflaterInputStream(new ByteArrayInputStream(bytes(packed)))) {
            ByteBuffer plain = ByteBuffer.wrap(inflater.readAllBytes());
            int[] numbers = new int[plain.remaining() / Integer.BYTES];
            plain.asIntBuffer().get(numbers);
            return numbers;
        }
    }

    /** A histogram in the compressed form of HdrHistogram, in Base64. */
    static String histogram(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer, Deflater.DEFAULT_COMPRESSION);
        byte[] packed = new byte[length];
        buffer.flip().get(packed);
        return Base64.getEncoder().encodeToString(packed);
    }

    /**
     * The histogram again.
     *
     * @throws IOException when it is none
     */
    public static Histogram histogram(String packed) throws IOException {
        try {
            return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes(packed)), 0);
        } catch (DataFormatException | IllegalArgumentException e) {
            throw new IOException("no compressed histogram", e);
        }
    }

    private static byte[] bytes(String base64) throws IOException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IOException("no Base64", e);
        }
    }
}
