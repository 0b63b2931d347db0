package io.wsrouter.connection;

import io.wsrouter.address.Address;
import io.wsrouter.protocol.Message;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One message that waits for one connection. It is its own place in its {@link Lane}. */
public final class Waiting {

    /** What it takes on the heap. */
    static final int BYTES = 40;

    @Nullable
    Waiting older;

    @Nullable
    Waiting newer;

    private final QueuedFrame frame;
    private final @Nullable Delivery delivery;
    private final long sinceNanos;
    private final int eventHash;

    Waiting(QueuedFrame frame, @Nullable Delivery delivery, long sinceNanos, int eventHash) {
        this.frame = frame;
        this.delivery = delivery;
        this.sinceNanos = sinceNanos;
        this.eventHash = eventHash;
    }

    /** The message, for good. */
    public Message message() {
        return frame.message();
    }

    /** Who hears what becomes of it; null when nobody asks. */
    public @Nullable Delivery delivery() {
        return delivery;
    }

    QueuedFrame frame() {
        return frame;
    }

    long sinceNanos() {
        return sinceNanos;
    }

    boolean isExpired(long nowNanos) {
        long deadlineNanos = message().deadlineNanos();
        return deadlineNanos != Message.NO_DEADLINE && nowNanos - deadlineNanos >= 0;
    }

    /** Whether it goes to the same address and names the same event, byte for byte. */
    boolean hasEvent(Address to, byte[] event, int hash) {
        return hash == eventHash
                && message().hasEvent()
                && message().to().equals(to)
                && Arrays.equals(message().event(), event);
    }
}
