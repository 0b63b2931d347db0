package io.wsrouter.bench.scenario;

import io.wsrouter.auth.Grants;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A user who reads well at times and badly at others, and who comes back whenever the connection is closed. Like a client that
 * sleeps, one that does not read finds out late that it is closed: it is told, reads what is left, and connects anew.
 *
 * <p>{@link #become} may be called from any thread; the rest belongs to the loop of its connections.
 */
final class Straggler implements PeerListener {

    /** How it reads. */
    enum Reading {
        WELL,
        SLOWLY,
        NEVER
    }

    private static final long MILLIS_BEFORE_ANOTHER_TRY = 250;

    private final Reader reader;
    private final LoadClient client;
    private final Grants grants;
    private final int bytesPerSecond;
    private final ScheduledExecutorService connector;
    private final Map<Integer, Integer> closes;
    private volatile Reading reading = Reading.WELL;
    private volatile boolean isReady;
    private volatile @Nullable Peer peer;
    private long readyNanos;
    private boolean isWakingUp;

    /**
     * A user who is not connected yet.
     *
     * @param bytesPerSecond how much it reads when it reads slowly
     * @param connector waits for handshakes
     * @param closes counts the close codes of all of them
     */
    Straggler(
            Reader reader,
            LoadClient client,
            Grants grants,
            int bytesPerSecond,
            ScheduledExecutorService connector,
            Map<Integer, Integer> closes) {
        this.reader = reader;
        this.client = client;
        this.grants = grants;
        this.bytesPerSecond = bytesPerSecond;
        this.connector = connector;
        this.closes = closes;
    }

    /** Connects and subscribes. Any thread. */
    void connect() {
        connector.execute(() -> {
            try {
                Peer opened = client.open(Publisher.userId(reader.user()), grants, this);
                opened.welcomed().whenCompleteAsync(this::onWelcomed, client.next());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void onWelcomed(@Nullable Peer welcomed, @Nullable Throwable failure) {
        if (welcomed == null || welcomed.closed().isDone()) {
            if (!connector.isShutdown()) {
                connector.schedule(this::connect, MILLIS_BEFORE_ANOTHER_TRY, TimeUnit.MILLISECONDS);
            }
            return;
        }
        peer = welcomed;
        isWakingUp = false;
        Reader.subscribe(welcomed);
    }

    /** Is connected and has subscribed. Any thread. */
    boolean isReady() {
        return isReady;
    }

    Reader reader() {
        return reader;
    }

    /** Reads that way from now on, on this connection and later ones. Any thread. */
    void become(Reading other) {
        reading = other;
        Peer now = peer;
        if (now != null) {
            now.loop().execute(this::apply);
        }
    }

    private void apply() {
        Peer now = peer;
        if (!isReady || now == null) {
            return;
        }
        switch (reading) {
            case WELL -> now.setReading(true);
            case SLOWLY -> now.readSlowly(bytesPerSecond);
            case NEVER -> now.setReading(false);
        }
    }

    /** A message that was due at {@code plannedNanos} found it not connected. */
    void onNoRoute(long plannedNanos) {
        Peer asleep = peer;
        if (isReady && asleep != null && plannedNanos - readyNanos > 0 && !isWakingUp) {
            isWakingUp = true;
            asleep.setReading(true);
        }
    }

    @Override
    public void onPush(Peer from, Push push) {
        if (!isReady && push.type().equals("ok")) {
            readyNanos = System.nanoTime();
            isReady = true;
            apply();
        }
        reader.onPush(from, push);
    }

    @Override
    public void onClosed(Peer from, int code) {
        if (peer != from) {
            return;
        }
        isReady = false;
        closes.merge(code, 1, Integer::sum);
        if (!connector.isShutdown()) {
            connect();
        }
    }
}
