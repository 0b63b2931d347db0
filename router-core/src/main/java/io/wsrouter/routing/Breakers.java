package io.wsrouter.routing;

import io.wsrouter.connection.Breaker;
import io.wsrouter.connection.Connection;
import io.wsrouter.metrics.Counters;
import io.wsrouter.metrics.Metric;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The breakers of a shard's connections: made at the first failure, thrown away at the first success. Belongs to one loop. */
final class Breakers {

    private final ShardLoop loop;
    private final RetryPolicy policy;
    private final Counters counters;
    private final ReceiverHealth health;
    private final Consumer<Connection> whenChanged;
    private long attempts;

    /** No breakers; {@code whenChanged} hears of a connection whose next attempt may be sooner or later than it was. */
    Breakers(
            ShardLoop loop,
            RetryPolicy policy,
            Counters counters,
            ReceiverHealth health,
            Consumer<Connection> whenChanged) {
        this.loop = loop;
        this.policy = policy;
        this.counters = counters;
        this.health = health;
        this.whenChanged = whenChanged;
    }

    /** Whether an attempt may be made at {@code receiver} now. */
    boolean admit(Connection receiver) {
        Breaker breaker = receiver.breaker();
        if (breaker == null || breaker.admits(loop.nanoTime())) {
            return true;
        }
        health.onFailed(receiver);
        return false;
    }

    /** An attempt is being made that was admitted; returns what it is called when it has ended. */
    long begin(Connection receiver) {
        Breaker breaker = receiver.breaker();
        return breaker == null ? Breaker.NO_PROBE : breaker.onAttempt(++attempts);
    }

    /** An attempt was refused as slow_consumer, or its write has failed. */
    void onFailure(Connection receiver, long attempt) {
        health.onFailed(receiver);
        if (!receiver.isOpen()) {
            return;
        }
        Breaker breaker = receiver.breaker();
        if (breaker == null) {
            breaker = new Breaker(
                    policy.breakerFailures(),
                    policy.coolDown().toNanos(),
                    policy.longestCoolDown().toNanos());
            receiver.guard(breaker);
        }
        if (breaker.onFailure(attempt, loop.nanoTime())) {
            counters.increment(Metric.BREAKERS_OPENED);
        }
        whenChanged.accept(receiver);
    }

    /** An attempt has ended in a way that says nothing of the receiver. */
    void onUndecided(Connection receiver, long attempt) {
        Breaker breaker = receiver.breaker();
        if (breaker != null) {
            breaker.onUndecided(attempt, loop.nanoTime());
            whenChanged.accept(receiver);
        }
    }

    /** A message was delivered, or the connection has gone. */
    void onHealed(@Nullable Connection receiver) {
        Breaker breaker = receiver == null ? null : receiver.breaker();
        if (receiver == null || breaker == null) {
            return;
        }
        receiver.guard(null);
        if (breaker.isOpen()) {
            counters.increment(Metric.BREAKERS_CLOSED);
        }
        whenChanged.accept(receiver);
    }
}
