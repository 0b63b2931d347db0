package io.wsrouter.bench;

import io.wsrouter.address.Address;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.cluster.Backplane;
import io.wsrouter.connection.QueueLimits;
import io.wsrouter.connection.SlowConsumerPolicy;
import io.wsrouter.routing.CreditLimits;
import io.wsrouter.routing.RegistrationResult;
import io.wsrouter.routing.RetryPolicy;
import io.wsrouter.routing.Router;
import io.wsrouter.routing.RouterLimits;
import io.wsrouter.routing.RouterListener;
import io.wsrouter.routing.SecurityEvent;
import io.wsrouter.routing.Shard;
import io.wsrouter.routing.ShardLoop;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** The core without a network: limits that never bite, and an end with noise where a benchmark would measure a refusal. */
public final class BenchRouter {

    private static final RouterLimits LIMITS = new RouterLimits(
            Integer.MAX_VALUE,
            RouterLimits.WhenUserIsFull.REFUSE,
            100,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Duration.ofSeconds(2),
            Duration.ofSeconds(25),
            2,
            RetryPolicy.usual(1 << 20),
            CreditLimits.unlimited(),
            Duration.ofSeconds(10),
            new QueueLimits(1 << 20, 1_000, 1 << 28, SlowConsumerPolicy.DISCONNECT));

    private static final RouterListener LOUD = new RouterListener() {
        @Override
        public void onSecurityEvent(SecurityEvent event) {
            throw new IllegalStateException("security event " + event);
        }

        @Override
        public void onBug(Throwable cause) {
            throw new IllegalStateException("a fault of the router", cause);
        }
    };

    private static final Authenticator NOBODY =
            credentials -> CompletableFuture.failedFuture(new AuthenticationException(AuthFailure.UNKNOWN_KEY));

    private BenchRouter() {}

    /** A router on these loops. */
    public static Router on(List<? extends ShardLoop> loops) {
        return new Router(loops, LIMITS, Backplane.SINGLE_NODE, NOBODY, LOUD, new SplittableRandom(1));
    }

    /** Registers on the loop of the shard, which has to be the current one. */
    static DiscardingConnection register(Shard shard, Address user, Runnable onWritten) {
        DiscardingConnection connection = new DiscardingConnection(user, onWritten);
        RegistrationResult result = shard.onRegister(connection);
        if (result != RegistrationResult.REGISTERED) {
            throw new IllegalStateException("registration of " + user + ": " + result);
        }
        return connection;
    }

    /** A user whose home is the shard of this index, other than those of other numbers. */
    static Address userAt(Router router, int shard, int number) {
        for (int i = 0; ; i++) {
            Address user = Address.user("user" + number + "_" + i);
            if (router.homeShard(user).index() == shard) {
                return user;
            }
        }
    }
}
