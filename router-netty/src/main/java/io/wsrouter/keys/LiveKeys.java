package io.wsrouter.keys;

import static java.util.Objects.requireNonNull;

import io.wsrouter.auth.jwt.KeyRing;
import io.wsrouter.auth.jwt.KeySource;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.routing.SecurityEvent;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that the configuration names, as they are now: files are read again every second, and a JWKS URL is fetched every
 * {@code auth.jwks-refresh} and when a token names a key that nobody knows. All of that happens on one thread of its own, so
 * that there is one fetch at a time.
 *
 * <p>What cannot be read or used changes nothing: the last good keys of that place stay. Any thread may ask.
 */
public final class LiveKeys implements KeySource, AutoCloseable {

    /** So many fetches for unknown keys may follow each other at once; each further one waits for the cooldown. */
    static final int FETCH_BURST = 3;

    private static final Logger LOG = LoggerFactory.getLogger(LiveKeys.class);
    private static final Duration FILE_CHECK = Duration.ofSeconds(1);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final int MOST_RETRY_DOUBLINGS = 16;

    private final RouterConfig.Auth auth;
    private final Map<String, KeyPart.Reader> files;
    private final @Nullable JwksFetch fetch;
    private final String urlPlace;
    private final ScheduledThreadPoolExecutor worker = new ScheduledThreadPoolExecutor(1, LiveKeys::thread);
    private final AtomicReference<Fetches> fetches = new AtomicReference<>(new Fetches(null, System.nanoTime()));
    private volatile KeyRing ring;
    private volatile boolean isComplete;

    /** The fetch in progress, if any, and when those for unknown keys would be used up (as in the generic cell rate algorithm). */
    private record Fetches(@Nullable CompletableFuture<@Nullable Void> current, long spentUntilNanos) {}

    // ---- touched by the worker alone, once started

    private final Map<String, KeyPart> good = new LinkedHashMap<>();
    private final Map<String, String> problems = new HashMap<>();
    private RouterListener listener = RouterListener.NONE;
    private @Nullable ScheduledFuture<?> nextFetch;
    private int failures;

    /**
     * Reads the files; nothing is fetched yet.
     *
     * @throws IllegalArgumentException naming the file and what was expected
     */
    public LiveKeys(RouterConfig.Auth auth) {
        this.auth = auth;
        this.files = ConfiguredKeys.places(auth);
        URI url = auth.jwksUrl() == null ? null : URI.create(auth.jwksUrl());
        this.fetch = url == null ? null : new JwksFetch(url, JwksFetch.TIMEOUT);
        this.urlPlace = url == null ? "" : placeOf(url);
        this.good.putAll(ConfiguredKeys.parts(files));
        this.ring = ConfiguredKeys.ring(good.values(), this::warn);
        this.isComplete = fetch == null;
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        worker.setRemoveOnCancelPolicy(true);
    }

    /** What a URL is called in the log: without user, password and query, any of which may be a secret. */
    static String placeOf(URI url) {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return "auth.jwks-url " + url.getScheme() + "://" + url.getHost() + port + url.getPath();
    }

    /** Begins to watch files and to fetch; {@code changes} hears of every change of the keys. To be called once. */
    public void start(RouterListener changes) {
        worker.execute(() -> listener = changes);
        if (files.values().stream().anyMatch(reader -> !(reader instanceof KeyPart.Fixed))) {
            worker.scheduleWithFixedDelay(
                    this::checkFiles, FILE_CHECK.toMillis(), FILE_CHECK.toMillis(), TimeUnit.MILLISECONDS);
        }
        if (fetch != null) {
            warnOfPlainHttp(URI.create(String.valueOf(auth.jwksUrl())));
            beginFetch(0);
        }
    }

    @Override
    public KeyRing keys() {
        return ring;
    }

    @Override
    public boolean isComplete() {
        return isComplete;
    }

    @Override
    public @Nullable CompletionStage<Boolean> lookAgain() {
        return fetch == null ? null : beginFetch(auth.jwksCooldown().toNanos());
    }

    @Override
    public boolean mayLookLater() {
        return fetch != null;
    }

    /** Ends the thread; the keys stay as they are. */
    @Override
    public void close() {
        worker.shutdownNow();
        finishFetch();
    }

    // ---- fetching

    /** Joins the fetch in progress or begins one, unless its cost, in time, exceeds what is left. */
    private @Nullable CompletionStage<Boolean> beginFetch(long costNanos) {
        while (true) {
            Fetches before = requireNonNull(fetches.get());
            if (before.current() != null) {
                return before.current().thenApply(done -> false);
            }
            long now = System.nanoTime();
            long spentUntil = (before.spentUntilNanos() - now > 0 ? before.spentUntilNanos() : now) + costNanos;
            if (costNanos > 0 && spentUntil - now > FETCH_BURST * costNanos) {
                return null;
            }
            CompletableFuture<@Nullable Void> begun = new CompletableFuture<>();
            if (fetches.compareAndSet(before, new Fetches(begun, spentUntil))) {
                CompletionStage<Boolean> fresh = begun.thenApply(done -> true);
                try {
                    worker.execute(this::onFetch);
                } catch (RejectedExecutionException e) {
                    finishFetch();
                }
                return fresh;
            }
        }
    }

    private void finishFetch() {
        Fetches ended = requireNonNull(fetches.getAndUpdate(state -> new Fetches(null, state.spentUntilNanos())));
        if (ended.current() != null) {
            ended.current().complete(null);
        }
    }

    private void onFetch() {
        boolean isGood = false;
        try {
            JwksFetch source = fetch;
            isGood = source != null && offer(urlPlace, () -> new KeyPart.Jwks(source.text()));
            isComplete |= isGood;
        } finally {
            scheduleNextFetch(isGood);
            finishFetch();
        }
    }

    private void scheduleNextFetch(boolean isGood) {
        if (isGood) {
            failures = 0;
            fetchAgainIn(auth.jwksRefresh().toMillis() * jitter(0.8, 1.0));
        } else {
            long retryMillis = FIRST_RETRY.toMillis() << Math.min(failures++, MOST_RETRY_DOUBLINGS);
            fetchAgainIn(Math.min(retryMillis, auth.jwksRefresh().toMillis()) * jitter(0.5, 1.0));
        }
    }

    private void fetchAgainIn(double millis) {
        if (nextFetch != null) {
            nextFetch.cancel(false);
        }
        if (!worker.isShutdown()) {
            nextFetch = worker.schedule(() -> beginFetch(0), (long) millis, TimeUnit.MILLISECONDS);
        }
    }

    private static double jitter(double least, double most) {
        return ThreadLocalRandom.current().nextDouble(least, most);
    }

    // ---- taking what was read

    private void checkFiles() {
        files.forEach(this::offer);
    }

    /** Reads a place and takes what it gives, if that is good together with all others. Whether it was. */
    private boolean offer(String place, KeyPart.Reader reader) {
        try {
            KeyPart part = reader.read();
            if (!part.equals(good.get(place))) {
                take(place, part);
            }
            if (problems.remove(place) != null) {
                LOG.info("{}: good again", place);
            }
            return true;
        } catch (IOException | IllegalArgumentException e) {
            String problem = String.valueOf(e.getMessage());
            if (!problem.equals(problems.put(place, problem))) {
                LOG.warn(
                        "{}: {}; {}",
                        place,
                        problem,
                        good.containsKey(place) ? "its last good keys stay" : "no keys yet");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) { // an Error too: the next look has to come
            listener.onBug(e);
        }
        return false;
    }

    private void take(String place, KeyPart part) {
        Map<String, KeyPart> parts = new LinkedHashMap<>(good);
        parts.put(place, part);
        List<String> warnings = new ArrayList<>();
        KeyRing taken = ConfiguredKeys.ring(parts.values(), warnings::add);
        good.put(place, part);
        warnings.forEach(this::warn);
        String changes = taken.changesSince(ring);
        if (!changes.isEmpty()) {
            ring = taken;
            LOG.info("{}: {}", place, changes);
            listener.onSecurityEvent(new SecurityEvent(SecurityEvent.Kind.KEYS_CHANGED, null, null, changes));
        }
    }

    private void warn(String warning) {
        LOG.warn("JWKS: {}", warning);
    }

    private void warnOfPlainHttp(URI url) {
        String host = String.valueOf(url.getHost());
        boolean isLoopback = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
        if (!"https".equals(url.getScheme()) && !isLoopback) {
            LOG.warn("{}: not https, so whoever is on the way can make tokens", urlPlace);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "ws-router-keys");
        thread.setDaemon(true);
        return thread;
    }
}
