package io.wsrouter.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrouter.connection.SharedRateLimit;
import io.wsrouter.routing.LevelChange;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.routing.SecurityEvent;
import io.wsrouter.routing.Signal;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes the security log, as JSON lines to the logger {@code io.wsrouter.security}, the faults of the router, and the changes of
 * the node's level, on a thread of its own. Any thread may report and none waits.
 *
 * <p>Each kind of event has its own rate and its own share of the queue, so that a flood of one does not push out another.
 * What is beyond them is counted, and once a second the counts are logged.
 */
final class EventLog implements RouterListener, AutoCloseable {

    static final int MOST_LINES_PER_SECOND = 100;

    private static final Logger SECURITY = LoggerFactory.getLogger("io.wsrouter.security");
    private static final Logger LEVELS = LoggerFactory.getLogger("io.wsrouter.level");
    private static final Logger FAULTS = LoggerFactory.getLogger("io.wsrouter.faults");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_WAITING = 2 * MOST_LINES_PER_SECOND;
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MOST_CLOSE_MILLIS = 500;

    private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>(); // bounded by the shares
    private final Map<SecurityEvent.Kind, Share> shares = new EnumMap<>(SecurityEvent.Kind.class);
    private final Share faults = new Share("fault");
    private final Share levels = new Share("level");
    private final Thread writer = new Thread(this::write, "ws-router-log");
    private long reportedNanos = System.nanoTime();

    EventLog() {
        for (SecurityEvent.Kind kind : SecurityEvent.Kind.values()) {
            shares.put(kind, new Share(kind.word()));
        }
        writer.setDaemon(true);
        writer.start();
    }

    /** What one kind of entry may use, and how many did not fit. Any thread. */
    private static final class Share {
        final String of;
        final SharedRateLimit rate = new SharedRateLimit(MOST_LINES_PER_SECOND, System.nanoTime());
        final AtomicInteger waiting = new AtomicInteger();
        final AtomicLong dropped = new AtomicLong();

        Share(String of) {
            this.of = of;
        }

        boolean tryTake(int count) {
            if (waiting.get() >= MOST_WAITING || !rate.tryAcquire(System.nanoTime())) {
                dropped.addAndGet(count);
                return false;
            }
            waiting.incrementAndGet();
            return true;
        }
    }

    private record Entry(Share share, Runnable line) {

        void write() {
            share.waiting.decrementAndGet();
            try {
                line.run();
            } catch (Throwable e) { // of an appender; the next line may fare better
                share.dropped.incrementAndGet();
            }
        }
    }

    @Override
    public void onSecurityEvent(SecurityEvent event) {
        Instant at = Instant.now();
        Share share = shares.get(event.kind());
        report(share == null ? faults : share, event.count(), () -> SECURITY.info(line(at, event)));
    }

    @Override
    public void onBug(Throwable cause) {
        report(faults, 1, () -> FAULTS.error("a fault of the router; the work at hand was dropped", cause));
    }

    /** The node's level has changed. */
    void onLevelChange(LevelChange change) {
        Level severity = change.isRise() ? Level.WARN : Level.INFO;
        report(levels, 1, () -> LEVELS.atLevel(severity).log(line(change)));
    }

    /** Writes what is left and ends the thread, unless the log's output is stuck. */
    @Override
    public void close() {
        writer.interrupt();
        try {
            writer.join(MOST_CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void report(Share share, int count, Runnable line) {
        if (share.tryTake(count)) {
            entries.add(new Entry(share, line));
        }
    }

    private void write() {
        try {
            while (true) {
                Entry entry = entries.poll(1, TimeUnit.SECONDS);
                if (entry != null) {
                    entry.write();
                }
                if (System.nanoTime() - reportedNanos >= REPORT_NANOS) {
                    reportDropped();
                }
            }
        } catch (InterruptedException e) {
            entries.forEach(Entry::write);
            reportDropped();
        }
    }

    private void reportDropped() {
        reportedNanos = System.nanoTime();
        shares.values().forEach(EventLog::reportDropped);
        reportDropped(faults);
        reportDropped(levels);
    }

    private static void reportDropped(Share share) {
        long count = share.dropped.getAndSet(0);
        if (count == 0) {
            return;
        }
        try {
            SECURITY.warn(
                    "{\"at\":\"{}\",\"event\":\"log_dropped\",\"of\":\"{}\",\"count\":{}}",
                    Instant.now(),
                    share.of,
                    count);
        } catch (Throwable e) {
            share.dropped.addAndGet(count);
        }
    }

    private static String line(LevelChange change) {
        Signal signal = change.signal();
        return String.format(
                Locale.ROOT,
                "level %s -> %s: %s is %.1f %s (%s %.1f %s)",
                change.from().word(),
                change.to().word(),
                signal.word(),
                change.reading(),
                signal.unit(),
                change.isRise() ? "threshold" : "back below",
                change.threshold(),
                signal.unit());
    }

    private static String line(Instant at, SecurityEvent event) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("at", at.toString());
        fields.put("event", event.kind().word());
        if (event.ip() != null) {
            fields.put("ip", event.ip());
        }
        if (event.user() != null) {
            fields.put("user", event.user().name());
        }
        if (event.address() != null) {
            fields.put("address", event.address().toString());
        }
        fields.put("detail", event.detail());
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings can be written as JSON", e);
        }
    }
}
