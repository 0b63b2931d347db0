package io.wsrouter.connection;

import io.wsrouter.address.Address;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.protocol.Message;
import org.jspecify.annotations.Nullable;

/** A connection without a socket, for what concerns the tables alone. */
final class StubConnection extends Connection {

    StubConnection(String user) {
        super(new Principal(Address.user(user), Grants.NONE, Long.MAX_VALUE));
    }

    @Override
    public WriteResult write(Message message, @Nullable Delivery delivery) {
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
