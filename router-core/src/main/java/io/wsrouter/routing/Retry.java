package io.wsrouter.routing;

import io.wsrouter.connection.Breaker;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Delivery;
import io.wsrouter.connection.TimerWheel;
import io.wsrouter.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The delivery of one message with a deadline to one receiver, however many attempts that takes. At each moment it waits in
 * one line, or is in flight at one connection, or has ended. Its timer is the deadline. Belongs to one loop.
 */
final class Retry extends TimerWheel.Timer implements Delivery {

    private final Retries retries;
    private final TimedMessage message;
    private @Nullable Connection receiver;
    private @Nullable RetryLine line;
    private @Nullable RetryLine sentFrom;
    private int attempts;
    private long dueNanos;
    private long attempt = Breaker.NO_PROBE;
    private boolean isInFlight;
    private boolean isMatched;
    private boolean isHandedOn;
    private boolean hasWaited;
    private boolean isCountedAsRefused;
    private boolean hasEnded;

    /** A delivery without a receiver, which {@code retries} sees through. */
    Retry(Retries retries, TimedMessage message) {
        this.retries = retries;
        this.message = message;
    }

    // ---- what becomes of the attempt in flight

    @Override
    public void onDelivered() {
        retries.onDelivered(this);
    }

    @Override
    public void onRefused(Outcome outcome) {
        retries.onAnswered(this, outcome);
    }

    @Override
    public void onSuperseded() {
        retries.onSuperseded(this);
    }

    @Override
    protected void onExpired(long nowNanos) {
        retries.onDeadline(this, nowNanos);
    }

    // ---- its state, which its retries change

    /** An attempt is being made at {@code to}; {@code number} is what its breaker calls it. */
    void begin(Connection to, long number) {
        receiver = to;
        attempt = number;
        attempts++;
        isInFlight = true;
    }

    /** The attempt has been answered. */
    void land() {
        isInFlight = false;
        if (sentFrom != null) {
            sentFrom.onLanded(message.lengthBytes());
            sentFrom = null;
        }
    }

    /** It goes to its receiver next, and counts as in flight from {@code left} until it is answered. */
    void sendFrom(RetryLine left) {
        sentFrom = left;
        left.onSent(message.lengthBytes());
    }

    /** It waits in a line until {@code newDueNanos}, and until those before it have gone. */
    void enter(RetryLine entered) {
        line = entered;
        hasWaited = true;
    }

    void leave() {
        line = null;
    }

    void dueAt(long newDueNanos) {
        dueNanos = newDueNanos;
    }

    void match() {
        isMatched = true;
    }

    void countAsRefused() {
        isCountedAsRefused = true;
    }

    void end() {
        hasEnded = true;
        cancel();
    }

    /** Whether the user's next connection may get it: no other delivery of the same message goes there. */
    boolean tryHandOn() {
        isHandedOn = isHandedOn || message.tryHandOn();
        return isHandedOn;
    }

    TimedMessage message() {
        return message;
    }

    /** Where the last attempt was made; null before the first. */
    @Nullable
    Connection receiver() {
        return receiver;
    }

    /** Where it waits; null while it does not. */
    @Nullable
    RetryLine line() {
        return line;
    }

    int attempts() {
        return attempts;
    }

    /** What the breaker calls the last attempt. */
    long attempt() {
        return attempt;
    }

    /** When the next attempt may be made. */
    long dueNanos() {
        return dueNanos;
    }

    boolean isInFlight() {
        return isInFlight;
    }

    /** Whether the receipt counts a receiver for it. */
    boolean isMatched() {
        return isMatched;
    }

    boolean hasWaited() {
        return hasWaited;
    }

    boolean isCountedAsRefused() {
        return isCountedAsRefused;
    }

    boolean hasEnded() {
        return hasEnded;
    }
}
