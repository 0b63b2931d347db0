package io.wsrouter.bench;

import io.wsrouter.address.Address;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Delivery;
import io.wsrouter.connection.WriteResult;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection whose socket takes everything at once. */
public final class DiscardingConnection extends Connection {

    private static final AddressPattern ANY_TOPIC = AddressPattern.parse("topic:*");
    private static final Grants EVERYTHING =
            new Grants(List.of(AddressPattern.parse("user:*"), ANY_TOPIC), List.of(ANY_TOPIC), false);
    private static final long NEVER = 4_102_444_800L;

    private final Runnable onWritten;

    /** A connection of {@code user}, who may do everything; {@code onWritten} runs at each write. */
    public DiscardingConnection(Address user, Runnable onWritten) {
        super(new Principal(user, EVERYTHING, NEVER));
        this.onWritten = onWritten;
    }

    @Override
    public WriteResult write(Message message, @Nullable Delivery delivery) {
        if (delivery != null) {
            delivery.onDelivered();
        }
        onWritten.run();
        return WriteResult.ACCEPTED;
    }

    @Override
    public void push(byte[] json, int lengthBytes) {}

    @Override
    public void ping() {}

    @Override
    public void close(CloseReason reason) {}

    @Override
    public boolean isSocketOpen() {
        return true;
    }
}
