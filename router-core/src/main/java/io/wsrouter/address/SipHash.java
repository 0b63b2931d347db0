package io.wsrouter.address;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-c-d, a keyed hash: who does not know the key cannot choose inputs that collide.
 *
 * <p>Immutable, any thread. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
 */
final class SipHash {

    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long key0;
    private final long key1;
    private final int compressionRounds;
    private final int finalizationRounds;

    SipHash(long key0, long key1, int compressionRounds, int finalizationRounds) {
        this.key0 = key0;
        this.key1 = key1;
        this.compressionRounds = compressionRounds;
        this.finalizationRounds = finalizationRounds;
    }

    long hash(byte[] bytes) {
        return hash(bytes, 0, bytes.length);
    }

    /** The hash of the bytes from {@code from} to {@code to}. */
    long hash(byte[] bytes, int from, int to) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        int lastWord = from + ((to - from) & ~7);
        int finalization = lastWord + 8;
        for (int offset = from; offset <= finalization; offset += 8) {
            long word = 0;
            int rounds = compressionRounds;
            if (offset < lastWord) {
                word = (long) LONG_LE.get(bytes, offset);
            } else if (offset < finalization) {
                word = lastWord(bytes, from, to);
            } else {
                v2 ^= 0xff;
                rounds = finalizationRounds;
            }
            v3 ^= word;
            for (int round = 0; round < rounds; round++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32) + v3;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /** The remaining zero to seven bytes, with the length of the input in the highest one. */
    private static long lastWord(byte[] bytes, int from, int to) {
        int length = to - from;
        int remaining = length & 7;
        long word = (long) length << 56;
        if (remaining > 0 && length > 8) {
            return word | (long) LONG_LE.get(bytes, to - 8) >>> (8 * (8 - remaining));
        }
        for (int i = 0; i < remaining; i++) {
            word |= (bytes[to - remaining + i] & 0xffL) << (8 * i);
        }
        return word;
    }
}
