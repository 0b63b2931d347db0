package io.wsrouter.routing;

import io.wsrouter.connection.Connection;
import io.wsrouter.connection.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one receiver, or for a user's next connection, in the order in which it was sent. Its timer is the next
 * attempt of the first. Belongs to one loop.
 */
final class RetryLine extends TimerWheel.Timer {

    private static final int MOST_IN_FLIGHT = 16;
    private static final int MOST_BYTES_IN_FLIGHT = 32 * 1024;

    private final Retries retries;
    private final List<Retry> waiting = new ArrayList<>(4);
    private final @Nullable Connection receiver;
    private int inFlight;
    private int inFlightBytes;
    private boolean isBeingFlushed;
    private boolean isFlushDue;

    /** An empty line for {@code receiver}, or when that is null for a user's next connection. */
    RetryLine(Retries retries, @Nullable Connection receiver) {
        this.retries = retries;
        this.receiver = receiver;
    }

    @Override
    protected void onExpired(long nowNanos) {
        retries.onDue(this);
    }

    /** Puts a delivery in its place. */
    void add(Retry retry) {
        int place = waiting.size();
        while (place > 0
                && waiting.get(place - 1).message().sequence() > retry.message().sequence()) {
            place--;
        }
        waiting.add(place, retry);
        retry.enter(this);
    }

    void remove(Retry retry) {
        waiting.remove(retry);
        retry.leave();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }

    /** Whether one more may go while others that were sent from here are in flight: a line must not overflow a queue. */
    boolean hasWindow() {
        return inFlight < MOST_IN_FLIGHT && inFlightBytes < MOST_BYTES_IN_FLIGHT;
    }

    /** A delivery has left the line for its receiver. */
    void onSent(int lengthBytes) {
        inFlight++;
        inFlightBytes += lengthBytes;
    }

    /** A delivery that was sent has been answered. */
    void onLanded(int lengthBytes) {
        inFlight--;
        inFlightBytes -= lengthBytes;
    }

    /** The one that goes next. */
    Retry first() {
        return waiting.get(0);
    }

    /** A copy of the line. */
    List<Retry> all() {
        return List.copyOf(waiting);
    }

    @Nullable
    Connection receiver() {
        return receiver;
    }

    boolean isBeingFlushed() {
        return isBeingFlushed;
    }

    void setBeingFlushed(boolean isNow) {
        isBeingFlushed = isNow;
    }

    boolean isFlushDue() {
        return isFlushDue;
    }

    void setFlushDue(boolean isNow) {
        isFlushDue = isNow;
    }
}
