package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.InFlight;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/**
 * How one shard reaches another. Belongs to the loop of the shard that sends.
 *
 * <p>What a turn of the loop produces for the other shard travels as one batch with one wake-up, in order, and the batch comes
 * back to be filled again. Work for the sending shard itself runs at once. What is on the path of a message has its own place
 * in a batch and is called by its name, because a lambda would be made for each ({@code RouteBenchmark}, {@code HopBenchmark}).
 *
 * <p>A publish takes credit of the pair of shards, which the sender counts alone and has again when the batch is back. Work that
 * follows from one, and what changes the tables, takes none and is never refused.
 */
final class ShardProxy {

    private static final int MOST_BATCHES = 4;

    private final Shard from;
    private final Shard to;
    private final CreditLimits limits;
    private final CreditCall call;
    private final CreditLimits deliveryLimits;
    private final InFlight publishes = new InFlight();
    private final InFlight deliveries = new InFlight();
    private final Queue<HopBatch> away = new ArrayDeque<>();
    private final List<HopBatch> spare = new ArrayList<>();
    private HopBatch batch;
    private int comingBack = 1;

    /**
     * The way from one shard to another.
     *
     * @param limits how much may be on its way
     * @param whenCreditIsBack runs on the loop of {@code from} some time after {@link #callWhenCreditIsBack}
     */
    ShardProxy(Shard from, Shard to, CreditLimits limits, Runnable whenCreditIsBack) {
        this.from = from;
        this.to = to;
        this.limits = limits;
        this.deliveryLimits = limits.ofDeliveries();
        this.call = new CreditCall(from.loop(), whenCreditIsBack);
        this.batch = new HopBatch(to, true, call);
    }

    // ---- credit

    /** Whether one more publish may be sent on its way. One to this shard itself always may. */
    boolean hasCredit() {
        return isWithin() || limits.admits(publishes) || (reclaim() && limits.admits(publishes));
    }

    /** The publishes on their way. */
    InFlight publishes() {
        return publishes;
    }

    /** The messages on their way to subscribers and sockets. */
    InFlight deliveries() {
        return deliveries;
    }

    /** Takes credit for a message that follows from a publish, and says whether there was any; such a message does not wait. */
    private boolean takeForDelivery(int lengthBytes) {
        if (!deliveryLimits.admits(deliveries) && !(reclaim() && deliveryLimits.admits(deliveries))) {
            return false;
        }
        deliveries.take(lengthBytes);
        batch.deliveries().take(lengthBytes);
        return true;
    }

    /** Takes back what the other shard has given back, and says whether there was anything. */
    boolean reclaim() {
        boolean hasReclaimed = false;
        for (HopBatch oldest = away.peek(); oldest != null && oldest.isHere(); oldest = away.peek()) {
            away.remove();
            takeBack(oldest);
            hasReclaimed = true;
        }
        return hasReclaimed;
    }

    private void takeBack(HopBatch returned) {
        returned.taken().giveBack(publishes);
        deliveries.giveBackAll(returned.deliveries());
        if (returned.comesBack()) {
            spare.add(returned);
        }
    }

    /** Has the shard called when some credit is back, which may be so already. */
    void callWhenCreditIsBack() {
        call.ask();
        if (reclaim()) {
            call.onGivenBack();
        }
    }

    // ---- work

    /** Routes a message of which the other shard is the home; it takes credit, and from the share of its publisher. */
    void route(Publication publication, InFlight share) {
        if (isWithin()) {
            to.onRoute(publication);
            return;
        }
        batch.taken().take(publishes, share, publication.message().lengthBytes());
        if (publication.isBorrowed() && batch.addMessage(publication, false)) {
            from.armTurnEnd();
        } else {
            Publication kept = publication.kept();
            hop(() -> to.onRoute(kept));
        }
    }

    /** Delivers a topic's message to the other shard's subscribers, and says whether there was credit for it. */
    boolean fanOut(Publication publication) {
        if (isWithin()) {
            to.onFanOut(publication);
            return true;
        }
        if (!takeForDelivery(publication.message().lengthBytes())) {
            return false;
        }
        if (publication.isBorrowed() && batch.addMessage(publication, true)) {
            from.armTurnEnd();
        } else {
            Publication kept = publication.kept();
            hop(() -> to.onFanOut(kept));
        }
        return true;
    }

    /** Carries a command of a connection whose home is the other shard; it takes credit as a publish does. */
    void command(InFlight share, int lengthBytes, Runnable work) {
        if (!isWithin()) {
            batch.taken().take(publishes, share, lengthBytes);
        }
        hop(work);
    }

    /** Carries a message to a socket on the other loop, and says whether there was credit for it. */
    boolean deliver(int lengthBytes, Runnable work) {
        if (!isWithin() && !takeForDelivery(lengthBytes)) {
            return false;
        }
        hop(work);
        return true;
    }

    /** Tells a topic's home shard that this shard has subscribers, and how many. */
    void addInterest(Address topic, long generation, int subscribers) {
        hop(() -> to.onInterestAdded(topic, from.index(), generation, subscribers));
    }

    /** Tells a topic's home shard how many subscribers this shard has now. */
    void countInterest(Address topic, long generation, int subscribers) {
        hop(() -> to.onInterestCounted(topic, from.index(), generation, subscribers));
    }

    /** Tells a topic's home shard that this shard has lost its last subscriber. */
    void removeInterest(Address topic) {
        hop(() -> to.onInterestRemoved(topic, from.index()));
    }

    /** Tells a shard that its interest counts from now on. */
    void confirmInterest(Address topic, long generation) {
        hop(() -> to.onInterestConfirmed(topic, generation));
    }

    /** Tells the origin of a publish how many parts its receipt has. */
    void announce(OpenReceipt receipt, int parts) {
        if (isWithin()) {
            receipt.onAnnounced(parts);
        } else {
            batch.addAnnouncement(receipt, parts);
            from.armTurnEnd();
        }
    }

    /** Gives the origin of a publish one part of its receipt. */
    void report(OpenReceipt receipt, ReceiptPart part) {
        if (isWithin()) {
            receipt.onPart(part.matched(), part.delivered(), part.queued(), part.refused(), part.nobody());
        } else {
            batch.addPart(receipt, part);
            from.armTurnEnd();
        }
    }

    /** Gives the origin of a publish the part of its receipt that other nodes answered. */
    void reportRemote(OpenReceipt receipt, Receipt remote) {
        hop(() -> receipt.onRemotePart(remote));
    }

    /** Tells the origin of a publish without a receipt that it was refused. */
    void refuse(Connection publisher, Outcome outcome) {
        refuse(publisher, outcome, 1);
    }

    /** Tells the origin of a publish without a receipt that so many receivers were not reached. */
    void refuse(Connection publisher, Outcome outcome, int receivers) {
        hop(() -> to.onUnreceiptedRefusal(publisher, outcome, receivers));
    }

    /** Whether work for the other shard is work for this one, to be done at once. */
    boolean isWithin() {
        assert from.loop().isCurrent();
        return to == from;
    }

    /** Carries any other work. */
    void hop(Runnable work) {
        if (isWithin()) {
            work.run();
            return;
        }
        batch.add(work);
        from.armTurnEnd();
    }

    /** Hands over what this turn has produced. */
    void flush() {
        HopBatch handedOver = batch;
        int size = handedOver.size();
        if (size == 0) {
            return;
        }
        from.counters().increment(Metric.HOP_BATCHES);
        from.counters().add(Metric.HOPS, size);
        handedOver.handOver();
        reclaim();
        batch = spare.isEmpty() ? newBatch() : spare.remove(spare.size() - 1);
        try {
            to.loop().execute(handedOver);
            away.add(handedOver);
        } catch (RejectedExecutionException e) {
            from.counters().add(Metric.HOPS_LOST, size);
            handedOver.giveBack();
            takeBack(handedOver);
            call.onGivenBack();
        }
    }

    /** For when the other loop still has them all. It is to come back while there are few. */
    private HopBatch newBatch() {
        boolean comesBack = comingBack < MOST_BATCHES;
        if (comesBack) {
            comingBack++;
        }
        return new HopBatch(to, comesBack, call);
    }
}
