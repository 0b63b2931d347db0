package io.wsrouter.connection;

import io.wsrouter.protocol.Outcome;
import java.util.EnumMap;
import java.util.Map;

/**
 * How a connection has behaved: its rate, its mistakes, and the refusals it has not been told of. Belongs
 * to one loop.
 */
public final class Conduct {

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int FORGIVEN_MISTAKES = 10;
    private static final long[] NO_MISTAKES = {};
    private static final long MISTAKES_WINDOW_NANOS = 10 * SECOND_NANOS;
    private static final long PERSISTENCE_NANOS = 10 * SECOND_NANOS;

    private final RateLimit messageRate;
    private final InFlight inFlight = new InFlight();
    private long[] mistakesNanos = NO_MISTAKES;
    private int mistakes;
    private long exceedingSinceNanos;
    private long lastExceededNanos;
    private boolean hasExceeded;
    private Map<Outcome, Integer> untoldRefusals = Map.of();
    private long toldNanos;
    private int openReceipts;
    private boolean isRefreshing;
    private long refreshedNanos;

    /** The conduct of a new connection that may give {@code messagesPerSecond} commands. */
    public Conduct(int messagesPerSecond, long nowNanos) {
        messageRate = new RateLimit(messagesPerSecond, nowNanos);
        toldNanos = nowNanos - SECOND_NANOS;
        refreshedNanos = nowNanos - SECOND_NANOS;
    }

    /** What it has published and is on its way to other shards. */
    public InFlight inFlight() {
        return inFlight;
    }

    /** Whether one more command is within the rate; takes it from the rate if so. */
    public boolean mayCommand(long nowNanos) {
        return messageRate.tryAcquire(nowNanos);
    }

    /**
     * Remembers that the rate was exceeded.
     *
     * @return whether that has gone on for ten seconds without a second's pause
     */
    public boolean persistsInExceeding(long nowNanos) {
        if (!hasExceeded || nowNanos - lastExceededNanos > SECOND_NANOS) {
            exceedingSinceNanos = nowNanos;
        }
        hasExceeded = true;
        lastExceededNanos = nowNanos;
        return nowNanos - exceedingSinceNanos >= PERSISTENCE_NANOS;
    }

    /**
     * Remembers a command that was not valid.
     *
     * @return whether it was the tenth within ten seconds
     */
    public boolean exhaustsPatience(long nowNanos) {
        if (mistakes == 0) {
            mistakesNanos = new long[FORGIVEN_MISTAKES];
        }
        int oldest = mistakes % FORGIVEN_MISTAKES;
        mistakesNanos[oldest] = nowNanos;
        mistakes++;
        long tenthLast = mistakesNanos[mistakes % FORGIVEN_MISTAKES];
        return mistakes >= FORGIVEN_MISTAKES && nowNanos - tenthLast <= MISTAKES_WINDOW_NANOS;
    }

    /** Remembers refusals of a publish that asked for no receipt. */
    public void addRefusals(Outcome outcome, int count) {
        if (untoldRefusals.isEmpty()) {
            untoldRefusals = new EnumMap<>(Outcome.class);
        }
        untoldRefusals.merge(outcome, count, Integer::sum);
    }

    /** Whether there are refusals that have not been told. */
    public boolean hasUntoldRefusals() {
        return !untoldRefusals.isEmpty();
    }

    /** Whether the last telling is a second ago, so that there may be another. */
    public boolean mayTell(long nowNanos) {
        return nowNanos - toldNanos >= SECOND_NANOS;
    }

    /** The untold refusals by outcome, which are told thereby. */
    public Map<Outcome, Integer> takeRefusals(long nowNanos) {
        Map<Outcome, Integer> refusals = untoldRefusals;
        untoldRefusals = Map.of();
        toldNanos = nowNanos;
        return refusals;
    }

    /** Opens a receipt unless {@code most} are open. */
    public boolean tryOpenReceipt(int most) {
        if (openReceipts >= most) {
            return false;
        }
        openReceipts++;
        return true;
    }

    /** Closes a receipt that was opened. */
    public void closeReceipt() {
        openReceipts--;
    }

    /** Starts the judging of a new token, unless one is being judged or was started within the last second. */
    public boolean tryStartRefresh(long nowNanos) {
        if (isRefreshing || nowNanos - refreshedNanos < SECOND_NANOS) {
            return false;
        }
        isRefreshing = true;
        refreshedNanos = nowNanos;
        return true;
    }

    /** Ends the judging of a new token that was started. */
    public void endRefresh() {
        isRefreshing = false;
    }
}
