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
 * <p>What a turn of the loop produces for the other shard travels as one batch with one wake-up, in order. Work for the
 * sending shard itself runs at once; on the path of a message it is called by its name, because a lambda would be made for
 * each ({@code RouteBenchmark}).
 */
final class ShardProxy {

    private final Shard from;
    private final Shard to;
    private List<Runnable> batch = new ArrayList<>();

    ShardProxy(Shard from, Shard to) {
        this.from = from;
        this.to = to;
    }

    /** Routes a message of which the other shard is the home. */
    void route(Publication publication) {
        if (isWithin()) {
            to.onRoute(publication);
            return;
        }
        Publication kept = publication.kept();
        hop(() -> to.onRoute(kept));
    }

    /** Delivers a topic's message to the other shard's subscribers. */
    void fanOut(Publication publication) {
        if (isWithin()) {
            to.onFanOut(publication);
            return;
        }
        Publication kept = publication.kept();
        hop(() -> to.onFanOut(kept));
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
            hop(() -> receipt.onAnnounced(parts));
        }
    }

    /** Gives the origin of a publish one part of its receipt. */
    void report(OpenReceipt receipt, ReceiptPart part) {
        if (isWithin()) {
            receipt.onPart(part.matched(), part.delivered(), part.queued(), part.refused());
            return;
        }
        int matched = part.matched();
        int delivered = part.delivered();
        int queued = part.queued();
        RefusalCounts refused = part.refused().kept();
        hop(() -> receipt.onPart(matched, delivered, queued, refused));
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
        if (batch.isEmpty()) {
            return;
        }
        List<Runnable> handedOver = batch;
        batch = new ArrayList<>(handedOver.size());
        from.counters().increment(Metric.HOP_BATCHES);
        from.counters().add(Metric.HOPS, handedOver.size());
        try {
            to.loop().execute(() -> to.onBatch(handedOver));
        } catch (RejectedExecutionException e) {
            from.counters().add(Metric.HOPS_LOST, handedOver.size());
        }
    }
}
