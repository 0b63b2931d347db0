package io.wsrouter.seed;

import io.wsrouter.auth.Principal;
import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Delivery;
import io.wsrouter.connection.WriteResult;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Message;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A connection without a socket, for routers under more load than sockets can make. It takes all that is for it. */
final class MemoryConnection extends Connection {

    private final LongAdder astray;
    private int received;

    /** Counts in {@code astray} what it should never have been given. */
    MemoryConnection(Principal principal, LongAdder astray) {
        super(principal);
        this.astray = astray;
    }

    @Override
    public WriteResult write(Message message, @Nullable Delivery delivery) {
        boolean isMine = switch (message.to().kind()) {
            case USER, CONNECTION -> message.to().owner().equals(principal().user());
            case TOPIC -> true;
        };
        if (!isMine || !isOpen()) {
            astray.increment();
        }
        received++;
        if (delivery != null) {
            delivery.onDelivered();
        }
        return WriteResult.ACCEPTED;
    }

    @Override
    public void push(byte[] json, int lengthBytes) {
        if (!isOpen()) {
            astray.increment();
        }
    }

    @Override
    public void ping() {}

    @Override
    public void close(CloseReason reason) {}

    @Override
    public boolean isSocketOpen() {
        return true;
    }

    /** The messages it was given. Its shard's loop. */
    int received() {
        return received;
    }
}
