package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Breaker;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Delivery;
import io.wsrouter.connection.TimerWheel;
import io.wsrouter.connection.WriteResult;
import io.wsrouter.metrics.Counters;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Message;
import io.wsrouter.protocol.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Delivery on the shard of the receivers: writes a message to each, accounts for it, and closes those that cannot keep up when
 * all are known. Belongs to one loop.
 */
final class LocalDelivery {

    private record Closing(Connection connection, CloseReason reason) {}

    // collaborators
    private final Shard shard;
    private final ShardLoop loop;
    private final RouterLimits limits;
    private final RouterListener listener;
    private final Counters counters;
    private final TimerWheel timers;
    private final ReceiptBook receipts;
    private final ReceiverHealth health;
    private final Retries retries;
    private final Breakers breakers;

    // state
    private final List<Closing> closings = new ArrayList<>();

    /** The deliveries of {@code shard}; what is the shard's, too, goes with it. */
    LocalDelivery(
            Shard shard,
            RouterLimits limits,
            RouterListener listener,
            TimerWheel timers,
            ReceiptBook receipts,
            ReceiverHealth health) {
        this.shard = shard;
        this.loop = shard.loop();
        this.limits = limits;
        this.listener = listener;
        this.counters = shard.counters();
        this.timers = timers;
        this.receipts = receipts;
        this.health = health;
        this.retries = new Retries(loop, limits.retry(), counters, health, this);
        this.breakers = retries.breakers();
    }

    /** What is tried again. */
    Retries retries() {
        return retries;
    }

    /** Delivers to all connections of a user, or to one. */
    void toConnections(Publication publication, Connection[] receivers) {
        ReceiptPart part = openPart(publication);
        if (publication.message().hasDeadline()) {
            TimedMessage timed = retries.message(publication.kept(), part);
            for (Connection receiver : receivers) {
                retries.deliver(timed, receiver);
            }
        } else {
            for (Connection receiver : receivers) {
                deliver(publication, receiver, part);
            }
        }
        seal(publication, part);
    }

    /** Delivers to one connection. */
    void toConnection(Publication publication, Connection receiver) {
        ReceiptPart part = openPart(publication);
        if (publication.message().hasDeadline()) {
            retries.deliver(retries.message(publication.kept(), part), receiver);
        } else {
            deliver(publication, receiver, part);
        }
        seal(publication, part);
    }

    /** Delivers to the subscribers of a topic on this shard; null when there are none any more. */
    void toSubscribers(Publication publication, @Nullable LocalTopic topic) {
        ReceiptPart part = openPart(publication);
        if (topic != null && publication.message().hasDeadline()) {
            TimedMessage timed = retries.message(publication.kept(), part);
            for (int i = 0; i < topic.size(); i++) {
                retries.deliver(timed, topic.subscriber(i));
            }
        } else if (topic != null) {
            for (int i = 0; i < topic.size(); i++) {
                deliver(publication, topic.subscriber(i), part);
            }
        }
        seal(publication, part);
    }

    /** Accounts for the subscribers of another shard, which no message can be sent to now since no shard waits. */
    void toUnreachable(Publication publication, int subscribers, Outcome outcome) {
        counters.add(Metric.MATCHED, subscribers);
        counters.add(Metric.REFUSED, subscribers);
        counters.add(outcome == Outcome.EXPIRED ? Metric.EXPIRED : Metric.CREDITS_REFUSED, subscribers);
        ReceiptPart part = openPart(publication);
        Connection publisher = publication.publisher();
        if (part != null) {
            part.onUnreachable(outcome, subscribers);
            seal(publication, part);
        } else if (publisher != null) {
            shard.proxyTo(publication.origin()).refuse(publisher, outcome, subscribers);
        }
    }

    /** Keeps a message with a deadline for a user who is not connected. */
    void toAbsentUser(Publication publication) {
        ReceiptPart part = openPart(publication);
        retries.await(retries.message(publication.kept(), part));
        seal(publication, part);
    }

    private void deliver(Publication publication, Connection receiver, @Nullable ReceiptPart part) {
        counters.increment(Metric.MATCHED);
        if (part != null) {
            part.onMatched();
        }
        if (!mayReceive(publication, receiver)) {
            refuse(publication, part, Outcome.OWNER_MISMATCH);
        } else if (receiver.breaker() != null) {
            deliverGuarded(publication, receiver, part);
        } else {
            WriteResult result = write(receiver, publication.message(), part, part);
            account(publication, receiver, part, Breaker.NO_PROBE, result);
        }
    }

    /** Delivers to a receiver that has failed before, if its breaker lets it. */
    private void deliverGuarded(Publication publication, Connection receiver, @Nullable ReceiptPart part) {
        if (!breakers.admit(receiver)) {
            refuse(publication, part, Outcome.CIRCUIT_OPEN);
            return;
        }
        long attempt = breakers.begin(receiver);
        Delivery guarded = new GuardedDelivery(breakers, receiver, attempt, part);
        account(publication, receiver, part, attempt, write(receiver, publication.message(), guarded, part));
    }

    private void account(
            Publication publication,
            Connection receiver,
            @Nullable ReceiptPart part,
            long attempt,
            WriteResult result) {
        switch (result) {
            case ACCEPTED -> {}
            case DROPPED -> {
                refuse(publication, part, Outcome.SLOW_CONSUMER);
                breakers.onFailure(receiver, attempt);
            }
            case SLOW_CONSUMER -> {
                refuse(publication, part, Outcome.SLOW_CONSUMER);
                closeAsSlow(receiver);
            }
            case OVERLOADED -> {
                refuse(publication, part, Outcome.OVERLOADED);
                breakers.onUndecided(receiver, attempt);
            }
            case CLOSED -> refuse(publication, part, Outcome.CLOSED);
        }
    }

    /** A connection that fails to take a message is a fault of the router; the other receivers still get theirs. */
    private WriteResult write(
            Connection receiver, Message message, @Nullable Delivery delivery, @Nullable ReceiptPart part) {
        try {
            return receiver.write(message, delivery);
        } catch (RuntimeException | OutOfMemoryError e) {
            onWriteFault(receiver, e);
            if (part != null) {
                part.onWriteFault();
            }
            return WriteResult.CLOSED;
        }
    }

    /** Reports that a connection has thrown, which is then closed. */
    void onWriteFault(Connection receiver, Throwable cause) {
        shard.onFault(cause);
        closings.add(new Closing(receiver, CloseReason.INTERNAL_ERROR));
    }

    /** The second barrier: whether the message may be written there. If not, it is reported and the connection closed. */
    boolean mayReceive(Publication publication, Connection receiver) {
        health.onMatched(receiver);
        Address to = publication.message().to();
        if (receiver.mayReceive(to)) {
            return true;
        }
        counters.increment(Metric.MISDELIVERY_REFUSED);
        listener.onSecurityEvent(new SecurityEvent(
                SecurityEvent.Kind.MISDELIVERY_REFUSED, receiver.principal().user(), to, "stopped at the write"));
        closings.add(new Closing(receiver, CloseReason.INTERNAL_ERROR));
        return false;
    }

    /** Closes a connection that cannot keep up, once those that are being delivered to are known. */
    void closeAsSlow(Connection receiver) {
        closings.add(new Closing(receiver, CloseReason.SLOW_CONSUMER));
    }

    private void refuse(Publication publication, @Nullable ReceiptPart part, Outcome outcome) {
        counters.increment(Metric.REFUSED);
        if (part != null) {
            part.onRefused(outcome);
        } else {
            tellPublisher(publication, outcome);
        }
    }

    /** Tells of the end of a delivery that was counted; {@code isMatched} says whether there was a receiver. */
    void tellRefused(TimedMessage message, boolean isMatched, Outcome outcome) {
        ReceiptPart part = message.part();
        if (part == null) {
            tellPublisher(message.publication(), outcome);
        } else if (isMatched) {
            part.onRefused(outcome);
        } else {
            part.onNobodyCame(outcome);
        }
    }

    private void tellPublisher(Publication publication, Outcome outcome) {
        Connection publisher = publication.publisher();
        if (publisher != null) {
            shard.proxyTo(publication.origin()).refuse(publisher, outcome);
        }
    }

    private @Nullable ReceiptPart openPart(Publication publication) {
        OpenReceipt receipt = publication.receipt();
        return receipt == null ? null : receipts.openPart(receipt, publication.origin());
    }

    /** Ends a delivery: its receivers are all known, and those that cannot keep up are closed. */
    private void seal(Publication publication, @Nullable ReceiptPart part) {
        if (part != null && !part.seal()) {
            if (publication.message().hasDeadline()) {
                retries.closeAtDeadline(part, publication.message().deadlineNanos());
            } else {
                timers.schedule(part, loop.nanoTime() + limits.receiptTimeout().toNanos());
            }
        }
        closeWhoCannotKeepUp();
    }

    /** Closes those that could not be closed while tables were walked over. */
    void closeWhoCannotKeepUp() {
        if (!closings.isEmpty()) {
            closings.forEach(closing -> shard.onClose(closing.connection(), closing.reason()));
            closings.clear();
        }
    }

    /** Counts and reports a fault of the router itself. */
    void onFault(Throwable cause) {
        shard.onFault(cause);
    }
}
