package io.wsrouter.seed;

import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.connection.QueueLimits;
import io.wsrouter.connection.SlowConsumerPolicy;
import io.wsrouter.routing.CreditLimits;
import io.wsrouter.routing.RetryPolicy;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.RouterLimits;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.routing.ShardLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** A router for {@link MemoryConnection}s: real loops and shards, no ports, hardly a limit. */
final class MemoryRouter {

    private static final RouterLimits LIMITS = new RouterLimits(
            Integer.MAX_VALUE,
            RouterLimits.WhenUserIsFull.REFUSE,
            100,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            1_000,
            Duration.ofSeconds(2),
            Duration.ofSeconds(25),
            2,
            RetryPolicy.usual(1 << 20),
            CreditLimits.unlimited(),
            Duration.ofSeconds(10),
            new QueueLimits(1 << 20, 1_000, 1 << 28, SlowConsumerPolicy.DISCONNECT));

    private MemoryRouter() {}

    static Router on(List<? extends ShardLoop> loops, RouterListener listener, RandomGenerator random) {
        return new Router(
                loops,
                LIMITS,
                Backplane.SINGLE_NODE,
                credentials -> CompletableFuture.failedFuture(new AuthenticationException(AuthFailure.UNKNOWN_KEY)),
                listener,
                random);
    }
}
