package io.wsrouter.routing;

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

    void onPart(int partMatched, int partDelivered, int partQueued, RefusalCounts partRefused) {
        matched += partMatched;
        delivered += partDelivered;
        queued += partQueued;
        refused.add(partRefused);
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
            listener.accept(Receipt.of(matched, delivered, queued, refused.byOrdinal(), unknown));
        }
    }
}
