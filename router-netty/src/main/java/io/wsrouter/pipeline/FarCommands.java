package io.wsrouter.pipeline;

import io.wsrouter.connection.InFlight;
import io.wsrouter.metrics.Metric;
import io.wsrouter.routing.Shard;

/**
 * The way of one connection's commands from the loop of its socket to its home shard, where those are two: bounded, so that
 * what the home cannot take stays with the client. Belongs to the socket's loop, but for {@link #hold}.
 */
final class FarCommands {

    private final Shard socketShard;
    private final Shard home;
    private final InFlight share = new InFlight();
    private volatile boolean isHeld;
    private boolean isWaiting;

    FarCommands(Shard socketShard, Shard home) {
        this.socketShard = socketShard;
        this.home = home;
    }

    /**
     * Has no command follow while earlier ones wait at the home shard, whose loop says so. It says it before it gives credit
     * back, so that the socket's loop, which sees the credit, sees this too.
     */
    void hold(boolean shouldHold) {
        isHeld = shouldHold;
    }

    /**
     * Whether one more command may be sent. If not, {@code goOn} runs when that may have changed, unless the home shard holds
     * them: then it says so itself.
     */
    boolean mayCommand(Runnable goOn) {
        if (isHeld) {
            return false;
        }
        if (socketShard.mayCommand(home, share)) {
            return true;
        }
        if (!isWaiting) {
            isWaiting = true;
            socketShard.counters().increment(Metric.READS_PAUSED);
            socketShard.whenMayCommand(home, () -> {
                isWaiting = false;
                goOn.run();
            });
        }
        return false;
    }

    /** Sends a command of so many bytes. */
    void send(int lengthBytes, Runnable command) {
        socketShard.command(home, share, lengthBytes, command);
    }
}
