package io.wsrouter.leaks;

import io.netty.util.ResourceLeakDetector;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Keeps what leaked for {@link LeakExtension} to report. Netty creates one for each type of resource, because Surefire
 * names this class in {@code io.netty.customResourceLeakDetector}.
 */
public final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {
    private static final Duration GC_TIMEOUT = Duration.ofSeconds(30);

    private static final Queue<RecordingLeakDetector<?>> DETECTORS = new ConcurrentLinkedQueue<>();
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    public RecordingLeakDetector(Class<T> resource, int samplingInterval) {
        super(resource, samplingInterval);
        DETECTORS.add(this);
    }

    /** For callers of Netty's deprecated factory method. */
    public RecordingLeakDetector(Class<T> resource, int samplingInterval, long maxActive) {
        this(resource, samplingInterval);
    }

    /** Takes the leaks found since the last call, and those that only a garbage collection brings to light. */
    static List<String> takeLeaks() throws InterruptedException {
        awaitCollection();
        awaitCollection();
        DETECTORS.forEach(RecordingLeakDetector::poll);

        List<String> leaks = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            leaks.add(leak);
        }
        return leaks;
    }

    /*
     * The references that a collection clears are enqueued as one batch, in any order. When the probe of a second
     * collection arrives, all that the first one cleared is in its queue.
     */
    private static void awaitCollection() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> probe = new WeakReference<>(new Object(), queue);
        long deadline = System.nanoTime() + GC_TIMEOUT.toNanos();
        do {
            System.gc();
        } while (queue.remove(100) == null && System.nanoTime() - deadline < 0);
        if (!probe.refersTo(null)) {
            throw new IllegalStateException("no garbage collection within " + GC_TIMEOUT);
        }
    }

    /** Tracking something is what makes a detector look at its queue. */
    @SuppressWarnings("unchecked")
    private void poll() {
        T resource = (T) new Object();
        trackForcibly(resource).close(resource);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        LEAKS.add(resourceType + " was not released." + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        reportTracedLeak(resourceType, "");
    }
}
