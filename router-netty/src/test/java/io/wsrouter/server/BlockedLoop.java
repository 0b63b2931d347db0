package io.wsrouter.server;

import io.wsrouter.address.Address;
import io.wsrouter.routing.Router;
import java.util.concurrent.CountDownLatch;

/** The loop of a user, which does nothing until it is released. */
public final class BlockedLoop {

    private final CountDownLatch isReleased = new CountDownLatch(1);

    private BlockedLoop() {}

    /** Blocks the loop that is the home of {@code user}; when this returns, it does nothing any more. */
    public static BlockedLoop of(TestServer server, String user) throws InterruptedException {
        BlockedLoop blocked = new BlockedLoop();
        CountDownLatch isBlocked = new CountDownLatch(1);
        server.router().router().homeShard(Address.user(user)).loop().execute(() -> {
            isBlocked.countDown();
            try {
                blocked.isReleased.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        isBlocked.await();
        return blocked;
    }

    /** A user whose home is another loop. */
    public static String userBeside(TestServer server, String user) {
        Router router = server.router().router();
        for (int i = 0; ; i++) {
            String other = "beside" + i;
            if (router.homeShard(Address.user(other)) != router.homeShard(Address.user(user))) {
                return other;
            }
        }
    }

    /** Lets it go on. */
    public void release() {
        isReleased.countDown();
    }
}
