package io.wsrouter.bench.load;

import java.util.Arrays;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Tells publishers of closed loops without receipts what has been received of them, from one loop to another once a turn.
 * Filled before the loops have anything to do.
 */
final class Credits {

    private final @Nullable Publisher[] publishers;
    private final Batch[] batches;

    /** For so many sources in all, and so many loops of this process. */
    Credits(int sources, int loops) {
        publishers = new Publisher[sources];
        batches = new Batch[loops];
        Arrays.setAll(batches, i -> new Batch(sources));
    }

    private static final class Batch {

        final int[] counts;
        final IntArrayList sources = new IntArrayList();

        Batch(int sources) {
            counts = new int[sources];
        }
    }

    /** A publisher wants to be told. */
    void add(Publisher publisher) {
        publishers[publisher.source()] = publisher;
    }

    void onReceived(LoadLoop loop, int source) {
        if (publishers[source] == null) {
            return;
        }
        Batch batch = batches[loop.index()];
        if (batch.sources.isEmpty()) {
            loop.eventLoop().execute(() -> hand(loop, batch));
        }
        if (batch.counts[source]++ == 0) {
            batch.sources.addInt(source);
        }
    }

    private void hand(LoadLoop loop, Batch batch) {
        int size = batch.sources.size();
        for (int i = 0; i < size; i++) {
            int source = batch.sources.getInt(i);
            int count = batch.counts[source];
            batch.counts[source] = 0;
            Publisher publisher = publishers[source];
            if (publisher != null && publisher.loop() == loop) {
                publisher.onReceived(count);
            } else if (publisher != null) {
                publisher.loop().eventLoop().execute(() -> publisher.onReceived(count));
            }
        }
        batch.sources.clear();
    }
}
