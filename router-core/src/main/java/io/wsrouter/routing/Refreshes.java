package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Principal;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Subscription;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.ErrorCode;
import io.wsrouter.protocol.Pushes;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** New tokens for open connections of a shard. Belongs to its loop. */
final class Refreshes {

    private final Shard shard;
    private final ShardLoop loop;
    private final Authenticator authenticator;

    Refreshes(Shard shard, Authenticator authenticator) {
        this.shard = shard;
        this.loop = shard.loop();
        this.authenticator = authenticator;
    }

    /** Has a new token judged, and goes on with what it says, or with the old one. */
    void onRefresh(Connection from, Command.Refresh refresh) {
        if (!shard.conduct(from).tryStartRefresh(loop.nanoTime())) {
            Shard.error(from, refresh.id(), ErrorCode.RATE_LIMITED, "one refresh at a time, and one a second");
            return;
        }
        Authenticator.ask(authenticator, new Credentials(refresh.token()))
                .whenComplete((principal, failure) ->
                        loop.execute(() -> onAuthenticated(from, refresh.id(), principal, failure)));
    }

    private void onAuthenticated(
            Connection from, @Nullable String id, @Nullable Principal principal, @Nullable Throwable failure) {
        shard.conduct(from).endRefresh();
        if (!from.isOpen()) {
            return;
        }
        if (principal == null) {
            onUnauthenticated(from, id, failure);
        } else if (!principal.user().equals(from.principal().user())) {
            shard.judge().onOwnerMismatch(from, null, "refresh");
            refuse(from, id, ErrorCode.FORBIDDEN, AuthFailure.IDENTITY_MISMATCH);
        } else {
            renew(from, id, principal);
        }
    }

    private void onUnauthenticated(Connection from, @Nullable String id, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof AuthenticationException refused) {
            ErrorCode code = refused.failure().isRetryable() ? ErrorCode.OVERLOADED : ErrorCode.UNAUTHENTICATED;
            shard.judge()
                    .onUnauthenticated(from, "refresh: " + refused.failure().word());
            refuse(from, id, code, refused.failure());
        } else {
            shard.onFault(cause == null ? new IllegalStateException("no principal and no failure") : cause);
            shard.onClose(from, CloseReason.INTERNAL_ERROR);
        }
    }

    private void refuse(Connection from, @Nullable String id, ErrorCode code, AuthFailure failure) {
        shard.counters().increment(Metric.REFRESHES_REFUSED);
        Shard.error(from, id, code, failure.word() + ": " + failure.explanation());
    }

    private void renew(Connection connection, @Nullable String id, Principal principal) {
        shard.counters().increment(Metric.REFRESHED);
        connection.onRefreshed(principal, loop.epochMillis() / 1000);
        for (Subscription subscription : connection.subscriptions()) {
            if (!principal.maySubscribe(subscription.topic())) {
                revoke(subscription);
            }
        }
        shard.scheduleTimer(connection, loop.nanoTime());
        if (id != null) {
            connection.push(Pushes.refreshed(id, principal.expiresAtEpochSeconds()));
        }
    }

    /** Ends a subscription for which there is no grant any more. */
    private void revoke(Subscription subscription) {
        Connection from = subscription.connection();
        Address topic = subscription.topic();
        String reason = from.principal().user() + " may no longer subscribe to " + topic;
        for (LocalTopic.Waiting waiting : shard.takeWaiting(from, topic)) {
            Shard.error(from, waiting.commandId(), ErrorCode.FORBIDDEN, reason);
        }
        shard.unsubscribe(subscription);
        Shard.error(from, null, ErrorCode.FORBIDDEN, reason);
    }
}
