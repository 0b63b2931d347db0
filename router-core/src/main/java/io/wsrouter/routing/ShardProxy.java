package io.wsrouter.routing;

import io.wsrouter.address.Address;
import io.wsrouter.connection.Connection;
import io.wsrouter.metrics.Metric;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * How one shard reaches another. Belongs to the loop of the shard that sends.
 *
 * <p>What a turn of the loop produces for the other shard travels as one batch with one wake-up, in order, and the batch comes
 * back to be filled again. Work for the sending shard itself runs at once. What is on the path of a message has its own place
 * in a batch and is called by its name, because a lambda would be made for each ({@code RouteBenchmark}, {@code HopBenchmark}).
 */
final class ShardProxy {

    private static final int MOST_BATCHES = 4;

    private final Shard from;
    private final Shard to;
    private final List<HopBatch> batches = new ArrayList<>();
    private HopBatch batch;

    ShardProxy(Shard from, Shard to) {
        this.from = from;
        this.to = to;
        this.batch = new HopBatch(to, true);
        batches.add(batch);
    }

    /** Routes a message of which the other shard is the home. */
    void route(Publication publication) {
        if (isWithin()) {
            to.onRoute(publication);
        } else if (publication.isBorrowed() && batch.addMessage(publication, false)) {
            from.armTurnEnd();
        } else {
            Publication kept = publication.kept();
            hop(() -> to.onRoute(kept));
        }
    }

    /** Delivers a topic's message to the other shard's subscribers. */
    void fanOut(Publication publication) {
        if (isWithin()) {
            to.onFanOut(publication);
        } else if (publication.isBorrowed() && batch.addMessage(publication, true)) {
            from.armTurnEnd();
        } else {
            Publication kept = publication.kept();
            hop(() -> to.onFanOut(kept));
        }
    }

    /** Tells a topic's home shard that this shard has its first subscriber. */
    void addInterest(Address topic, long generation) {
        hop(() -> to.onInterestAdded(topic, from.index(), generation));
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
        hop(() -> to.onUnreceiptedRefusal(publisher, outcome));
    }

    /** Whether work for the other shard is work for this one, to be done at once. */
    private boolean isWithin() {
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
        batch = batchThatIsHere();
        try {
            to.loop().execute(handedOver);
        } catch (RejectedExecutionException e) {
            from.counters().add(Metric.HOPS_LOST, size);
            handedOver.giveBack();
        }
    }

    /** Mostly one that came back. When the other loop still has them all, a new one, which is to come back while there are few. */
    private HopBatch batchThatIsHere() {
        for (int i = 0; i < batches.size(); i++) {
            if (batches.get(i).isHere()) {
                return batches.get(i);
            }
        }
        HopBatch made = new HopBatch(to, batches.size() < MOST_BATCHES);
        if (batches.size() < MOST_BATCHES) {
            batches.add(made);
        }
        return made;
    }
}
