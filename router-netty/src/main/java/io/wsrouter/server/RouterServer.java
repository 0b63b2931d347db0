package io.wsrouter.server;

import io.netty.channel.Channel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.wsrouter.admin.InternalPort;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.jwt.JwtAuthenticator;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.connection.QueueLimits;
import io.wsrouter.connection.TimerWheel;
import io.wsrouter.keys.ConfiguredKeys;
import io.wsrouter.keys.FastSignatures;
import io.wsrouter.keys.LiveKeys;
import io.wsrouter.pipeline.PublicListener;
import io.wsrouter.pipeline.PublicPort;
import io.wsrouter.routing.CreditLimits;
import io.wsrouter.routing.Level;
import io.wsrouter.routing.RetryPolicy;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.RouterLimits;
import io.wsrouter.routing.Shard;
import io.wsrouter.routing.Signal;
import io.wsrouter.transport.EventLoops;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running router: event loops, shards, the public port for clients and the internal port for operators and back ends.
 *
 * <p>Any thread but a loop may start and close one; several may run in one JVM.
 */
public final class RouterServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RouterServer.class);
    private static final int OPEN_RECEIPTS_PER_CONNECTION = 1_000;
    private static final int VERIFIER_THREADS = 2;
    private static final int VERIFIER_QUEUE = 512;

    private final RouterConfig config;
    private final EventLog events = new EventLog();
    private final ThreadPoolExecutor verifiers = verifiers();
    private final ScheduledThreadPoolExecutor sampler = sampler();
    private final EventLoops loops;
    private final LiveKeys keys;
    private final Router router;
    private final LevelMonitor level;
    private final PublicListener publicListener;
    private final Channel internalListener;
    private final AtomicBoolean isDraining = new AtomicBoolean();

    private RouterServer(
            RouterConfig config,
            Map<String, PublicPort.Page> pages,
            LiveKeys keys,
            @Nullable SslContext tls,
            int maxConnections,
            EventLoops loops,
            UnaryOperator<Authenticator> judging,
            UnaryOperator<Map<Signal, DoubleSupplier>> sensing)
            throws BindException {
        this.config = config;
        this.loops = loops;
        this.keys = keys;
        try {
            Authenticator authenticator = judging.apply(new JwtAuthenticator(
                    ConfiguredKeys.rules(config.auth()),
                    keys,
                    FastSignatures.find(),
                    verifiers,
                    InstantSource.system()));
            keys.start(events);
            this.router = new Router(
                    loops.loops(),
                    limits(config, loops.loops().size()),
                    Backplane.SINGLE_NODE,
                    authenticator,
                    events,
                    new SecureRandom());
            startTimers();
            router.auditEvery(config.audit().period());
            this.level = new LevelMonitor(
                    sensing.apply(signals()), config.degradation().recovery(), router, events);
            if (config.degradation().enabled()) {
                long periodNanos = LevelMonitor.PERIOD.toNanos();
                sampler.scheduleWithFixedDelay(level::sample, periodNanos, periodNanos, TimeUnit.NANOSECONDS);
            }
            this.publicListener = PublicListener.bind(new PublicPort(
                    config, maxConnections, loops, router, authenticator, events, this::level, tls, pages));
            this.internalListener = new InternalPort(
                            config,
                            loops,
                            router,
                            authenticator,
                            events,
                            isDraining::get,
                            keys::isComplete,
                            level::shown)
                    .bind();
        } catch (BindException | RuntimeException e) {
            closeThreads();
            throw e;
        }
    }

    /**
     * Starts a router. When this returns, both ports accept.
     *
     * @throws BindException when a port cannot be had
     * @throws IllegalArgumentException when a key or certificate cannot be used, or a limit cannot be kept
     * @throws IllegalStateException when the transport is not available on this machine
     */
    public static RouterServer start(RouterConfig config) throws BindException {
        return start(config, Map.of());
    }

    /** Starts a router that also serves {@code pages}, by path, on its public port. */
    static RouterServer start(RouterConfig config, Map<String, PublicPort.Page> pages) throws BindException {
        return start(config, pages, UnaryOperator.identity());
    }

    /** Starts a router whose authenticator is what {@code judging} makes of it, for tests that break it on purpose. */
    static RouterServer start(
            RouterConfig config, Map<String, PublicPort.Page> pages, UnaryOperator<Authenticator> judging)
            throws BindException {
        return start(config, pages, judging, UnaryOperator.identity());
    }

    /** Starts a router that tells by {@code signals} how hard pressed it is, for tests that make them up. */
    static RouterServer startSensing(RouterConfig config, Map<Signal, DoubleSupplier> signals) throws BindException {
        return start(config, Map.of(), UnaryOperator.identity(), real -> signals);
    }

    private static RouterServer start(
            RouterConfig config,
            Map<String, PublicPort.Page> pages,
            UnaryOperator<Authenticator> judging,
            UnaryOperator<Map<Signal, DoubleSupplier>> sensing)
            throws BindException {
        return new RouterServer(
                config,
                pages,
                new LiveKeys(config.auth()),
                tls(config.publicEndpoint().tls()),
                OpenFiles.connections(config.limits().connections()),
                new EventLoops(config.loops(), config.transport(), config.busyPoll()),
                judging,
                sensing);
    }

    /** The shards, for publishing and asking from this JVM. */
    public Router router() {
        return router;
    }

    /** The port that clients connect to. */
    public int publicPort() {
        return publicListener.port();
    }

    /** The port of operators and back ends. */
    public int internalPort() {
        return ((InetSocketAddress) internalListener.localAddress()).getPort();
    }

    /** How hard pressed this router is. */
    public Level level() {
        return level.shown().level();
    }

    /** What drives the sockets, never {@code AUTO}. */
    public RouterConfig.Transport transport() {
        return loops.transport();
    }

    /**
     * Accepts no more, closes every connection as draining, waits until their sockets are closed or
     * {@code drain.timeout} has passed, and ends all threads. Further calls do nothing.
     */
    @Override
    public void close() {
        if (!isDraining.compareAndSet(false, true)) {
            return;
        }
        publicListener.close();
        try {
            drain().get(config.drain().timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.warn("drain.timeout has passed; connections that are still open are cut off");
        } catch (ExecutionException e) {
            events.onBug(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        internalListener.close().awaitUninterruptibly();
        closeThreads();
    }

    private CompletableFuture<@Nullable Void> drain() {
        return router.drain().thenCompose(closing -> publicListener.whenEmpty());
    }

    private void closeThreads() {
        sampler.shutdownNow();
        loops.close();
        keys.close();
        verifiers.shutdownNow();
        events.close();
    }

    private void startTimers() {
        for (Shard shard : router.shards()) {
            loops.loops()
                    .get(shard.index())
                    .eventLoop()
                    .scheduleAtFixedRate(
                            shard::onTick, TimerWheel.TICK_NANOS, TimerWheel.TICK_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    private Map<Signal, DoubleSupplier> signals() {
        ShardProbes probes = new ShardProbes(router);
        MemoryUse memory = new MemoryUse();
        return Map.of(
                Signal.LOOP_LAG, probes::worstLagMillis,
                Signal.FAILURE_RATE, probes::failurePercent,
                Signal.HEAP, memory::heapPercent,
                Signal.DIRECT_MEMORY, memory::directPercent,
                Signal.QUEUED_BYTES,
                        () -> 100.0 * router.queuedBytes() / config.limits().queuedBytes());
    }

    private static RouterLimits limits(RouterConfig config, int loops) {
        RouterConfig.Limits limits = config.limits();
        QueueLimits queues = new QueueLimits(
                limits.queuedBytesPerConnection(),
                limits.queuedMessagesPerConnection(),
                limits.queuedBytes(),
                config.slowConsumer().policy());
        return new RouterLimits(
                limits.connectionsPerUser(),
                switch (config.connectionsPerUserPolicy()) {
                    case REFUSE -> RouterLimits.WhenUserIsFull.REFUSE;
                    case REPLACE -> RouterLimits.WhenUserIsFull.REPLACE;
                },
                limits.subscriptionsPerConnection(),
                limits.messagesPerSecond(),
                limits.messagesPerSecondPerUser(),
                OPEN_RECEIPTS_PER_CONNECTION,
                config.receiptTimeout(),
                config.heartbeat().interval(),
                config.heartbeat().misses(),
                RetryPolicy.usual(queues.retryBytesOfLoop(loops)),
                CreditLimits.among(config.loops()),
                limits.readPause(),
                queues);
    }

    private static ScheduledThreadPoolExecutor sampler() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "ws-router-level");
            thread.setDaemon(true);
            return thread;
        });
        return executor;
    }

    private static ThreadPoolExecutor verifiers() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                VERIFIER_THREADS,
                VERIFIER_THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(VERIFIER_QUEUE),
                task -> {
                    Thread thread = new Thread(task, "ws-router-verifier");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static @Nullable SslContext tls(RouterConfig.@Nullable Tls tls) {
        if (tls == null) {
            return null;
        }
        try {
            return SslContextBuilder.forServer(
                            tls.certificate().toFile(), tls.key().toFile())
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "public.tls: certificate " + tls.certificate() + " and key " + tls.key() + " cannot be used", e);
        }
    }
}
