package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Breaker;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.TimerWheel;
import io.wsrouter.connection.WriteResult;
import io.wsrouter.metrics.Counters;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.agrona.collections.Object2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sees messages with a deadline through, on the shard of their receivers: tries again what was refused for a reason that can
 * heal, towards the receiver that refused it alone, and keeps what is for a user who is not connected until the next
 * connection. What waits for one receiver waits in a line, so that it arrives in order. Belongs to one loop.
 *
 * <p>Nothing here runs for a message without a deadline, and no timer while nothing with a deadline is under way.
 */
final class Retries {

    private static final long TICK_NANOS = 10_000_000;
    private static final int TIMERS_PER_TICK = 1_000;
    private static final int BYTES_BESIDE_THE_MESSAGE = 256;

    private final ShardLoop loop;
    private final RetryPolicy policy;
    private final Counters counters;
    private final LocalDelivery delivery;
    private final Breakers breakers;
    private final TimerWheel timers;
    private final RetryRoom room;
    private final RetryRoom roomOfAbsent;
    private final Object2ObjectHashMap<Connection, RetryLine> lines = new Object2ObjectHashMap<>();
    private final Object2ObjectHashMap<Address, RetryLine> linesOfAbsent = new Object2ObjectHashMap<>();
    private final Runnable tick = this::onTick;
    private RandomGenerator random = new SplittableRandom(0);
    private long messages;
    private int underWay;
    private boolean isTickArmed;
    private boolean isDraining;

    /** Nothing under way; {@code delivery} does what is the same for all messages. */
    Retries(ShardLoop loop, RetryPolicy policy, Counters counters, ReceiverHealth health, LocalDelivery delivery) {
        this.loop = loop;
        this.policy = policy;
        this.counters = counters;
        this.delivery = delivery;
        this.breakers = new Breakers(loop, policy, counters, health, this::onBreakerChanged);
        this.timers = new TimerWheel(loop.nanoTime(), TICK_NANOS);
        this.room = new RetryRoom(policy.mostWaitingBytes());
        this.roomOfAbsent = new RetryRoom(policy.mostWaitingBytes() / 2);
    }

    /** Fixes the jitter of the pauses. */
    void seed(long seed) {
        random = new SplittableRandom(seed);
    }

    Breakers breakers() {
        return breakers;
    }

    // ---- deliveries that begin

    /** What the deliveries of {@code publication}, which is kept, have in common. */
    TimedMessage message(Publication publication, @Nullable ReceiptPart part) {
        return new TimedMessage(publication, part, ++messages);
    }

    /** Delivers to a receiver that is matched: at once, or behind what waits for it. */
    void deliver(TimedMessage message, Connection receiver) {
        Retry retry = begin(message);
        match(retry);
        RetryLine line = lines.get(receiver);
        if (line == null) {
            attempt(retry, receiver);
        } else {
            retry.dueAt(loop.nanoTime());
            join(line, retry);
        }
    }

    /** Keeps a message for a user who is not connected. */
    void await(TimedMessage message) {
        Retry retry = begin(message);
        if (message.part() != null) {
            message.part().onAwaited();
        }
        if (isDraining || !retry.tryHandOn()) {
            refuse(retry, Outcome.NO_ROUTE);
        } else {
            joinAbsent(retry);
        }
    }

    /** Closes a part when the message's time is over: what still is in flight then counts as queued. */
    void closeAtDeadline(ReceiptPart part, long deadlineNanos) {
        timers.schedule(part, deadlineNanos); // after the deliveries that it is told of, which have the same tick
    }

    private Retry begin(TimedMessage message) {
        if (underWay == 0 && !isTickArmed) {
            timers.skipTo(loop.nanoTime());
        }
        Retry retry = new Retry(this, message);
        underWay++;
        timers.schedule(retry, message.deadlineNanos());
        armTick();
        return retry;
    }

    private void match(Retry retry) {
        counters.increment(Metric.MATCHED);
        ReceiptPart part = retry.message().part();
        if (part != null) {
            part.onMatched();
        }
        retry.match();
    }

    // ---- an attempt

    private void attempt(Retry retry, Connection receiver) {
        if (loop.nanoTime() - retry.message().deadlineNanos() >= 0) {
            retry.land();
            refuse(retry, Outcome.EXPIRED); // it was on its way, or its loop had no time
            return;
        }
        if (!breakers.admit(receiver)) {
            retry.dueAt(loop.nanoTime()); // the attempt is not spent
            retry.land();
            join(lineOf(receiver), retry);
            return;
        }
        if (retry.hasWaited() && hasUnsubscribed(retry, receiver)) {
            retry.land();
            refuse(retry, Outcome.NO_ROUTE);
            return;
        }
        if (!delivery.mayReceive(retry.message().publication(), receiver)) {
            retry.land();
            refuse(retry, Outcome.OWNER_MISMATCH);
            return;
        }
        retry.begin(receiver, breakers.begin(receiver));
        if (retry.attempts() > 1) {
            counters.increment(Metric.RETRIED);
        }
        WriteResult result = write(retry, receiver);
        if (result != null && result != WriteResult.ACCEPTED) {
            retry.land();
            onRefused(retry, receiver, result);
        }
    }

    private static boolean hasUnsubscribed(Retry retry, Connection receiver) {
        Address to = retry.message().publication().message().to();
        return to.kind() == Address.Kind.TOPIC && receiver.subscription(to) == null;
    }

    private @Nullable WriteResult write(Retry retry, Connection receiver) {
        try {
            return receiver.write(retry.message().publication().message(), retry);
        } catch (RuntimeException | OutOfMemoryError e) {
            delivery.onWriteFault(receiver, e);
            retry.land();
            breakers.onUndecided(receiver, retry.attempt());
            refuse(retry, Outcome.CLOSED);
            return null;
        }
    }

    private void onRefused(Retry retry, Connection receiver, WriteResult result) {
        switch (result) {
            case ACCEPTED -> {}
            case DROPPED -> {
                retryLater(retry, receiver, Outcome.SLOW_CONSUMER);
                breakers.onFailure(receiver, retry.attempt());
            }
            case SLOW_CONSUMER -> {
                delivery.closeAsSlow(receiver);
                handOn(retry, Outcome.SLOW_CONSUMER);
            }
            case OVERLOADED -> {
                retryLater(retry, receiver, Outcome.OVERLOADED);
                breakers.onUndecided(receiver, retry.attempt());
            }
            case CLOSED -> handOn(retry, Outcome.CLOSED);
        }
    }

    /** The receiver may take it later: it waits in its line, unless this was the last attempt. */
    private void retryLater(Retry retry, Connection receiver, Outcome refusal) {
        if (!receiver.isOpen()) {
            handOn(retry, refusal);
        } else if (!policy.mayFollowOn(retry.attempts())) {
            refuse(retry, refusal);
        } else {
            retry.dueAt(loop.nanoTime() + policy.pauseNanos(retry.attempts(), random));
            join(lineOf(receiver), retry);
        }
    }

    /** The receiver is gone: a message to a user waits for the next connection, any other has failed. */
    private void handOn(Retry retry, Outcome refusal) {
        boolean isToUser = retry.message().publication().message().to().kind() == Address.Kind.USER;
        if (isToUser && !isDraining && retry.tryHandOn()) {
            joinAbsent(retry);
        } else {
            refuse(retry, refusal);
        }
    }

    // ---- what becomes of an attempt that was accepted

    void onDelivered(Retry retry) {
        land(retry);
        breakers.onHealed(retry.receiver());
        if (retry.hasEnded()) {
            return;
        }
        if (retry.hasWaited()) {
            counters.increment(Metric.RETRY_RECOVERED);
        }
        end(retry);
        if (retry.message().part() != null) {
            retry.message().part().onDelivered();
        }
    }

    void onAnswered(Retry retry, Outcome outcome) {
        Connection receiver = landed(retry, outcome == Outcome.WRITE_FAILED);
        if (retry.hasEnded()) {
            return;
        }
        switch (outcome) {
            case SLOW_CONSUMER, OVERLOADED -> retryLater(retry, receiver, outcome);
            case CLOSED -> handOn(retry, outcome);
            default -> refuse(retry, outcome);
        }
    }

    void onSuperseded(Retry retry) {
        landed(retry, false);
        if (!retry.hasEnded()) {
            refuse(retry, Outcome.SLOW_CONSUMER);
        }
    }

    private Connection landed(Retry retry, boolean isFailure) {
        Connection receiver = retry.receiver();
        if (receiver == null) {
            throw new IllegalStateException("an answer without an attempt");
        }
        land(retry);
        retry.countAsRefused();
        if (isFailure) {
            breakers.onFailure(receiver, retry.attempt());
        } else {
            breakers.onUndecided(receiver, retry.attempt());
        }
        return receiver;
    }

    /** An answer makes room for what waits behind. */
    private void land(Retry retry) {
        retry.land();
        Connection receiver = retry.receiver();
        RetryLine line = receiver == null ? null : lines.get(receiver);
        if (line != null) {
            arm(line);
        }
    }

    /** The time is over. What the kernel has got is left to it, and to the part that counts it as queued. */
    void onDeadline(Retry retry, long nowNanos) {
        Connection receiver = retry.receiver();
        if (!retry.isInFlight() || receiver == null) {
            refuse(retry, Outcome.EXPIRED);
        } else if (receiver.recall(retry)) {
            land(retry);
            refuse(retry, Outcome.EXPIRED);
            breakers.onUndecided(receiver, retry.attempt());
        } else {
            end(retry);
        }
    }

    // ---- the end of a delivery

    private void refuse(Retry retry, Outcome outcome) {
        end(retry);
        if (outcome == Outcome.EXPIRED) {
            counters.increment(Metric.EXPIRED);
        }
        if (!retry.isMatched()) {
            counters.increment(Metric.PUBLISHES_REFUSED);
        } else if (!retry.isCountedAsRefused()) {
            counters.increment(Metric.REFUSED);
        }
        delivery.tellRefused(retry.message(), retry.isMatched(), outcome);
    }

    private void end(Retry retry) {
        RetryLine line = retry.line();
        if (line != null) {
            leave(line, retry);
            closeIfEmpty(line, retry);
            arm(line);
        }
        retry.end();
        underWay--;
    }

    // ---- lines

    private RetryLine lineOf(Connection receiver) {
        RetryLine line = lines.get(receiver);
        if (line == null) {
            line = new RetryLine(this, receiver);
            lines.put(receiver, line);
        }
        return line;
    }

    private void joinAbsent(Retry retry) {
        Address user = retry.message().publication().message().to();
        RetryLine line = linesOfAbsent.get(user);
        if (line == null) {
            line = new RetryLine(this, null);
            linesOfAbsent.put(user, line);
        }
        join(line, retry);
    }

    private void join(RetryLine line, Retry retry) {
        if (line.size() >= policy.mostWaitingPerReceiver() || !tryReserve(line, bytesOf(retry))) {
            closeIfEmpty(line, retry);
            refuse(retry, Outcome.OVERLOADED);
            return;
        }
        line.add(retry);
        arm(line);
    }

    /** Takes room, of which absent users get half at most: who is here shall not be refused for their sake. */
    private boolean tryReserve(RetryLine line, int bytes) {
        boolean isAbsent = line.receiver() == null;
        if (isAbsent && !roomOfAbsent.tryReserve(bytes)) {
            return false;
        }
        if (room.tryReserve(bytes)) {
            return true;
        }
        if (isAbsent) {
            roomOfAbsent.release(bytes);
        }
        return false;
    }

    private void leave(RetryLine line, Retry retry) {
        line.remove(retry);
        room.release(bytesOf(retry));
        if (line.receiver() == null) {
            roomOfAbsent.release(bytesOf(retry));
        }
    }

    private static int bytesOf(Retry retry) {
        return BYTES_BESIDE_THE_MESSAGE + retry.message().lengthBytes();
    }

    private void closeIfEmpty(RetryLine line, Retry last) {
        if (!line.isEmpty() || line.isBeingFlushed()) {
            return;
        }
        line.cancel();
        if (line.receiver() == null) {
            linesOfAbsent.remove(last.message().publication().message().to());
        } else {
            lines.remove(line.receiver());
        }
    }

    /** Sets a line to go on when its first may, which is now, at a time, or when the breaker's probe has ended. */
    private void arm(RetryLine line) {
        Connection receiver = line.receiver();
        if (receiver == null || line.isEmpty() || line.isBeingFlushed() || !line.hasWindow()) {
            return;
        }
        line.cancel();
        Breaker breaker = receiver.breaker();
        if (breaker != null && breaker.isProbing()) {
            return;
        }
        long dueNanos = line.first().dueNanos();
        if (breaker != null && breaker.isOpen() && breaker.coolNanos() - dueNanos > 0) {
            dueNanos = breaker.coolNanos();
        }
        if (dueNanos - loop.nanoTime() > 0) {
            timers.schedule(line, dueNanos);
        } else {
            flushSoon(line);
        }
    }

    /** Not at once: whoever delivers may be walking over tables. */
    private void flushSoon(RetryLine line) {
        if (!line.isFlushDue()) {
            line.setFlushDue(true);
            loop.execute(() -> onDue(line));
        }
    }

    /** The first of a line may be tried, and as it is taken, those behind it. */
    void onDue(RetryLine line) {
        line.setFlushDue(false);
        Connection receiver = line.receiver();
        if (receiver == null || lines.get(receiver) != line) {
            return;
        }
        line.setBeingFlushed(true);
        while (!line.isEmpty() && line.hasWindow() && mayGo(line.first(), receiver)) {
            Retry first = line.first();
            leave(line, first);
            first.sendFrom(line);
            attempt(first, receiver);
        }
        line.setBeingFlushed(false);
        if (line.isEmpty()) {
            line.cancel();
            lines.remove(receiver);
        } else {
            arm(line);
        }
        delivery.closeWhoCannotKeepUp();
    }

    private boolean mayGo(Retry first, Connection receiver) {
        return receiver.isOpen() && first.dueNanos() - loop.nanoTime() <= 0 && breakers.admit(receiver);
    }

    private void onBreakerChanged(Connection receiver) {
        RetryLine line = lines.get(receiver);
        if (line != null) {
            arm(line);
        }
    }

    // ---- connections that come and go

    /** Gives a new connection what waits for its user. It is written after the welcome, in a task of its own. */
    void onRegistered(Connection connection) {
        RetryLine line = linesOfAbsent.remove(connection.principal().user());
        if (line == null) {
            return;
        }
        for (Retry retry : line.all()) {
            leave(line, retry);
            onArrived(retry);
            join(lineOf(connection), retry);
        }
    }

    private void onArrived(Retry retry) {
        retry.dueAt(loop.nanoTime());
        if (!retry.isMatched()) {
            if (retry.message().part() != null) {
                retry.message().part().onArrived();
            }
            match(retry);
        }
    }

    /** Hands on what waits for a connection that is no longer in the tables. */
    void onGone(Connection connection) {
        breakers.onHealed(connection);
        RetryLine line = lines.remove(connection);
        if (line == null) {
            return;
        }
        line.cancel();
        for (Retry retry : line.all()) {
            leave(line, retry);
            handOn(retry, Outcome.CLOSED);
        }
    }

    /** Gives up on users who are not connected: from now on nobody comes. */
    void onDrain() {
        isDraining = true;
        List<RetryLine> absent = new ArrayList<>(linesOfAbsent.values());
        for (RetryLine line : absent) {
            for (Retry retry : line.all()) {
                refuse(retry, retry.isMatched() ? Outcome.CLOSED : Outcome.NO_ROUTE);
            }
        }
    }

    // ---- fan-outs that wait for credit

    /** Takes room for one more message behind so many, if there is any. */
    boolean tryHold(int waiting, Message message) {
        return waiting < policy.mostWaitingPerReceiver()
                && room.tryReserve(BYTES_BESIDE_THE_MESSAGE + message.lengthBytes());
    }

    /** Gives back the room of a message. */
    void letGo(Message message) {
        room.release(BYTES_BESIDE_THE_MESSAGE + message.lengthBytes());
    }

    void countAttempt() {
        counters.increment(Metric.RETRIED);
    }

    boolean mayFollowOn(int attempts) {
        return policy.mayFollowOn(attempts);
    }

    /** When the attempt after so many may be made. */
    long nextAttemptNanos(int attempts) {
        return loop.nanoTime() + policy.pauseNanos(attempts, random);
    }

    /** Sets a timer, which says by {@link #onFired} when it has fired. */
    void wake(TimerWheel.Timer timer, long deadlineNanos) {
        if (underWay == 0 && !isTickArmed) {
            timers.skipTo(loop.nanoTime());
        }
        underWay += timer.isScheduled() ? 0 : 1;
        timers.schedule(timer, deadlineNanos);
        armTick();
    }

    /** A timer that was set has fired. */
    void onFired() {
        underWay--;
    }

    // ---- time

    private void armTick() {
        if (!isTickArmed && underWay > 0) {
            isTickArmed = true;
            loop.executeAfter(tick, timers.nanosToNextTick(loop.nanoTime()));
        }
    }

    private void onTick() {
        isTickArmed = false;
        try {
            if (!timers.advance(loop.nanoTime(), TIMERS_PER_TICK)) {
                isTickArmed = true;
                loop.execute(tick);
            }
        } catch (RuntimeException e) {
            delivery.onFault(e);
        } finally {
            armTick();
        }
    }

    /** How many deliveries are under way. */
    int underWay() {
        return underWay;
    }

    /** How many bytes wait in lines. */
    long waitingBytes() {
        return room.bytes();
    }
}
