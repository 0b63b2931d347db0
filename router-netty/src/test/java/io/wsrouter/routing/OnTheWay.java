package io.wsrouter.routing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What is on its way between two shards of a router that runs. */
public final class OnTheWay {

    private static final int PATIENCE_SECONDS = 10;

    private OnTheWay() {}

    /** The publishes and commands that {@code from} has sent and that {@code to} has not carried out. */
    public static int publishes(Shard from, Shard to)
            throws ExecutionException, InterruptedException, TimeoutException {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        from.loop().execute(() -> answer.complete(from.publishesTo(to).messages()));
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
