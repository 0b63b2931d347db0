package io.wsrouter.routing;

import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A receipt that still waits for some of its parts. Belongs to the shard where the publish came in.
 *
 * <p>The home shard of the address announces how many parts there will be; parts may come before the announcement.
 */
final class OpenReceipt {

    private final Consumer<Receipt> listener;
    private final RefusalCounts refused = new RefusalCounts();
    private List<String> unknown = List.of();
    private int matched;
    private int delivered;
    private int queued;
    private int missingParts;
    private boolean isAnnounced;
    private boolean hasRemoteParts;
    private Outcome nobody = Outcome.NO_ROUTE;

    /** A receipt that goes to {@code listener} once, when it is complete. */
    OpenReceipt(Consumer<Receipt> listener) {
        this.listener = listener;
    }

    /** Begins again, for another publish. */
    void reopen() {
        refused.clear();
        unknown = List.of();
        matched = 0;
        delivered = 0;
        queued = 0;
        missingParts = 0;
        isAnnounced = false;
        hasRemoteParts = false;
        nobody = Outcome.NO_ROUTE;
    }

    /** Whether all who knew of it have answered: of other nodes we cannot be sure that they will not answer twice. */
    boolean isReusable() {
        return !hasRemoteParts;
    }

    void onAnnounced(int parts) {
        isAnnounced = true;
        missingParts += parts;
        closeWhenComplete();
    }

    /** Adds a part; {@code partNobody} is what became of the message if the part has matched nobody. */
    void onPart(int partMatched, int partDelivered, int partQueued, RefusalCounts partRefused, Outcome partNobody) {
        matched += partMatched;
        delivered += partDelivered;
        queued += partQueued;
        refused.add(partRefused);
        nobody = partNobody == Outcome.NO_ROUTE ? nobody : partNobody;
        missingParts--;
        closeWhenComplete();
    }

    /** Adds what the receivers on other nodes answered. */
    void onRemotePart(Receipt remote) {
        hasRemoteParts = true;
        matched += remote.matched();
        delivered += remote.delivered();
        queued += remote.queued();
        remote.refused().forEach(refused::add);
        if (!remote.unknown().isEmpty()) {
            unknown = Stream.concat(unknown.stream(), remote.unknown().stream()).toList();
        }
        missingParts--;
        closeWhenComplete();
    }

    private void closeWhenComplete() {
        if (isAnnounced && missingParts == 0) {
            listener.accept(receipt());
        }
    }

    private Receipt receipt() {
        return nobody != Outcome.NO_ROUTE && matched == 0 && unknown.isEmpty()
                ? Receipt.refused(nobody)
                : Receipt.of(matched, delivered, queued, refused.byOrdinal(), unknown);
    }
}
