package io.wsrouter.routing;

import io.wsrouter.connection.TimerWheel;
import io.wsrouter.protocol.Outcome;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The messages with a deadline that wait for credit towards one shard with subscribers, in the order of their sending. The first is
 * tried again; when it goes, those behind it follow at once. Its timer is the next attempt or the next deadline. Belongs to one
 * loop.
 */
final class FanOutLine extends TimerWheel.Timer {

    private final FanOuts fanOuts;
    private final int shard;
    private final Retries retries;
    private final Queue<Publication> waiting = new ArrayDeque<>();
    private int attempts;
    private long dueNanos;

    FanOutLine(FanOuts fanOuts, int shard, Retries retries) {
        this.fanOuts = fanOuts;
        this.shard = shard;
        this.retries = retries;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Puts a message, which was refused or stands behind one that was, at the end, if there is room. */
    boolean tryAdd(Publication publication) {
        if (!retries.tryHold(waiting.size(), publication.message())) {
            return false;
        }
        waiting.add(publication);
        if (waiting.size() == 1) {
            attempts = 1;
            dueNanos = retries.nextAttemptNanos(attempts);
        }
        arm();
        return true;
    }

    @Override
    protected void onExpired(long nowNanos) {
        retries.onFired();
        dropExpired(nowNanos);
        while (!waiting.isEmpty() && dueNanos - nowNanos <= 0 && isDecided(waiting.element())) {
            remove();
        }
        if (!waiting.isEmpty()) {
            arm();
        }
    }

    private void dropExpired(long nowNanos) {
        for (int left = waiting.size(); left > 0; left--) {
            Publication publication = waiting.element();
            boolean isFirst = left == waiting.size();
            waiting.remove();
            if (publication.message().deadlineNanos() - nowNanos > 0) {
                waiting.add(publication);
                continue;
            }
            retries.letGo(publication.message());
            fanOuts.giveUp(publication, shard, Outcome.EXPIRED);
            if (isFirst) {
                attempts = 0;
                dueNanos = nowNanos;
            }
        }
    }

    /** Makes an attempt; says whether it has gone or was the last. */
    private boolean isDecided(Publication first) {
        attempts++;
        retries.countAttempt();
        if (fanOuts.tryAgain(first, shard)) {
            return true;
        }
        if (!retries.mayFollowOn(attempts)) {
            fanOuts.giveUp(first, shard, Outcome.OVERLOADED);
            return true;
        }
        dueNanos = retries.nextAttemptNanos(attempts);
        return false;
    }

    /** Takes out the first, so that the next has its first attempt now. */
    private void remove() {
        retries.letGo(waiting.remove().message());
        attempts = 0;
    }

    private void arm() {
        long nextNanos = dueNanos;
        for (Publication publication : waiting) {
            long deadlineNanos = publication.message().deadlineNanos();
            nextNanos = deadlineNanos - nextNanos < 0 ? deadlineNanos : nextNanos;
        }
        retries.wake(this, nextNanos);
    }
}
