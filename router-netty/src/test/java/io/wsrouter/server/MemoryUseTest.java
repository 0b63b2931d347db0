package io.wsrouter.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import org.junit.jupiter.api.Test;

final class MemoryUseTest {

    private static final int READINGS = 8;
    private static final int MIB = 1 << 20;

    private volatile byte[][] kept = new byte[0][];

    /** Other tests use memory, too, but no fifth of it. */
    @Test
    void shouldKnowWhatNettyHasTaken() {
        MemoryUse memory = new MemoryUse();
        long fifth = PlatformDependent.maxDirectMemory() / 5;
        double before = memory.directPercent();

        ByteBuf taken = ByteBufAllocator.DEFAULT.directBuffer(Math.toIntExact(Math.min(fifth, 1 << 30)));
        double meanwhile = memory.directPercent();
        taken.release();

        assertThat(meanwhile).isBetween(before + 10, 100.0);
        await().until(() -> memory.directPercent() < meanwhile - 10);
    }

    @Test
    void shouldCountWhatACollectionHasLeftAndNoGarbage() {
        MemoryUse memory = new MemoryUse();
        long maximum = Runtime.getRuntime().maxMemory();
        double before = readingAfterCollection(memory);

        kept = new byte[Math.toIntExact(maximum / 10 / MIB)][MIB]; // a tenth
        double meanwhile = readingAfterCollection(memory);
        kept = new byte[0][];
        double after = readingAfterCollection(memory);

        assertThat(kept).isEmpty();
        System.out.printf("heap: %.1f %%, %.1f %% with a tenth kept, %.1f %% without%n", before, meanwhile, after);
        assertThat(before).isBetween(0.1, 90.0);
        assertThat(meanwhile).isBetween(before + 5, before + 20);
        assertThat(after).isLessThan(meanwhile - 5);
    }

    /** The first reading is the lowest until there are enough. */
    private static double readingAfterCollection(MemoryUse memory) {
        System.gc();
        double reading = 0;
        for (int i = 0; i < READINGS; i++) {
            reading = memory.heapPercent();
        }
        return reading;
    }
}
