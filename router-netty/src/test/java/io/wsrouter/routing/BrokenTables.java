package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.ConnectionTable;
import io.wsrouter.connection.Tampering;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** Breaks the tables of a router that is running, on the loops that own them, as no code path does. */
public final class BrokenTables {

    /** As many as a peer may leave unanswered by default. */
    private static final int PINGS = 2;

    private final Router router;

    public BrokenTables(Router router) {
        this.router = router;
    }

    /** Lists a connection among those of another user of the same shard. */
    public void plant(String strayId, String amongThoseOf) {
        onLoopOf(strayId, (connection, table) -> Tampering.plant(connection, table, Address.user(amongThoseOf)));
    }

    /** Stops watching a connection that was last heard so long ago and has not answered its pings since. */
    public void abandon(String id, Duration ago) {
        onLoopOf(id, (connection, table) -> Tampering.abandon(connection, System.nanoTime() - ago.toNanos(), PINGS));
    }

    /** Takes a connection out of every table. */
    public void takeOut(String id) {
        onLoopOf(id, (connection, table) -> Tampering.takeOut(connection, table));
    }

    /** Takes a connection off its user's list. */
    public void unlist(String id) {
        onLoopOf(id, (connection, table) -> Tampering.unlist(connection, table));
    }

    /** A user whose home is that of another one. */
    public String userBeside(String other) {
        Shard home = router.homeShard(Address.user(other));
        for (int i = 0; ; i++) {
            if (router.homeShard(Address.user("beside" + i)) == home) {
                return "beside" + i;
            }
        }
    }

    private void onLoopOf(String id, BiConsumer<Connection, ConnectionTable> task) {
        ConnectionId parsed = ConnectionId.parse(id);
        Shard home = router.homeShard(parsed.user());
        CompletableFuture.runAsync(
                        () -> {
                            Connection found = home.connectionTable().get(parsed);
                            if (found == null) {
                                throw new AssertionError(id + " is in no table");
                            }
                            task.accept(found, home.connectionTable());
                        },
                        home.loop()::execute)
                .join();
    }
}
