package io.wsrouter.routing;

import io.wsrouter.connection.Connection;
import io.wsrouter.protocol.Message;
import org.jspecify.annotations.Nullable;

/**
 * A judged message on its way through the shards.
 *
 * @param origin the index of the shard that waits for the account
 * @param receipt where the account is made up, on the origin's loop; null when the publisher asked for none
 * @param publisher the connection that hears of refusals when there is no receipt; null when nobody does
 * @param isFromAfar whether it came over the backplane and so stays on this node
 */
record Publication(
        Message message,
        int origin,
        @Nullable OpenReceipt receipt,
        @Nullable Connection publisher,
        boolean isFromAfar) {}
