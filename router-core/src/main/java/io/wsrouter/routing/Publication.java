package io.wsrouter.routing;

import io.wsrouter.connection.Connection;
import io.wsrouter.protocol.Message;
import org.jspecify.annotations.Nullable;

/**
 * A judged message on its way through the shards. A shard has one that it uses for every publish, valid while it is routed
 * there, and a batch of hops has some, valid while it runs; who keeps one longer takes what {@link #kept} returns, which never
 * changes.
 */
final class Publication {

    private final boolean isBorrowed;
    private int origin;
    private boolean isFromAfar;
    private Message message;
    private @Nullable OpenReceipt receipt;
    private @Nullable Connection publisher;

    /**
     * A publication for good.
     *
     * @param origin the index of the shard that waits for the account
     * @param receipt where the account is made up, on the origin's loop; null when the publisher asked for none
     * @param publisher the connection that hears of refusals when there is no receipt; null when nobody does
     * @param isFromAfar whether it came over the backplane and so stays on this node
     */
    Publication(
            Message message,
            int origin,
            @Nullable OpenReceipt receipt,
            @Nullable Connection publisher,
            boolean isFromAfar) {
        this(false, message.kept(), origin, receipt, publisher, isFromAfar);
    }

    private Publication(
            boolean isBorrowed,
            Message message,
            int origin,
            @Nullable OpenReceipt receipt,
            @Nullable Connection publisher,
            boolean isFromAfar) {
        this.isBorrowed = isBorrowed;
        this.message = message;
        this.origin = origin;
        this.receipt = receipt;
        this.publisher = publisher;
        this.isFromAfar = isFromAfar;
    }

    /** The publication of a shard, to be used for every publish of its connections. */
    static Publication borrowed(int origin, Message message) {
        return new Publication(true, message, origin, null, null, false);
    }

    /** Becomes the next publication of a connection of its shard. */
    void become(Message newMessage, @Nullable OpenReceipt newReceipt, @Nullable Connection newPublisher) {
        message = newMessage;
        receipt = newReceipt;
        publisher = newPublisher;
    }

    /** Becomes what another publication is on another loop, with {@code copy} of its message. */
    void become(Publication other, Message copy) {
        become(copy, other.receipt, other.publisher);
        origin = other.origin;
        isFromAfar = other.isFromAfar;
    }

    /** Lets go of whom it would tell, when it has been routed. */
    void forget() {
        receipt = null;
        publisher = null;
    }

    /** Whether it is valid only while it is routed. */
    boolean isBorrowed() {
        return isBorrowed;
    }

    /** The same publication for good: itself, or a copy when it is its shard's. */
    Publication kept() {
        return !isBorrowed ? this : new Publication(message, origin, receipt, publisher, isFromAfar);
    }

    Message message() {
        return message;
    }

    int origin() {
        return origin;
    }

    @Nullable
    OpenReceipt receipt() {
        return receipt;
    }

    @Nullable
    Connection publisher() {
        return publisher;
    }

    boolean isFromAfar() {
        return isFromAfar;
    }
}
