package io.wsrouter.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.routing.SecurityEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the security log, as JSON lines to the logger {@code io.wsrouter.security}, and the faults of the router, on a
 * thread of its own. Any thread may report and none waits: what does not fit the queue is counted, and the count is logged.
 */
final class EventLog implements RouterListener, AutoCloseable {

    private static final Logger SECURITY = LoggerFactory.getLogger("io.wsrouter.security");
    private static final Logger FAULTS = LoggerFactory.getLogger("io.wsrouter.faults");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CAPACITY = 1024;
    private static final long MOST_CLOSE_MILLIS = 500;

    private final BlockingQueue<Runnable> entries = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer = new Thread(this::write, "ws-router-log");

    EventLog() {
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    public void onSecurityEvent(SecurityEvent event) {
        Instant at = Instant.now();
        report(() -> SECURITY.info(line(at, event)));
    }

    @Override
    public void onBug(Throwable cause) {
        report(() -> FAULTS.error("a fault of the router; the work at hand was dropped", cause));
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

    private void report(Runnable entry) {
        if (!entries.offer(entry)) {
            dropped.incrementAndGet();
        }
    }

    private void write() {
        try {
            while (true) {
                entries.take().run();
                reportDropped();
            }
        } catch (InterruptedException e) {
            entries.forEach(Runnable::run);
            reportDropped();
        }
    }

    private void reportDropped() {
        long count = dropped.getAndSet(0);
        if (count > 0) {
            SECURITY.warn("{\"event\":\"log_dropped\",\"count\":{}}", count);
        }
    }

    private static String line(Instant at, SecurityEvent event) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("at", at.toString());
        fields.put("event", event.kind().word());
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
