package io.wsrouter.connection;

import io.wsrouter.protocol.Outcome;

/** Hears what became of one message at one connection: exactly one call, on the loop of the connection's shard. */
public interface Delivery {

    /** The kernel socket took every byte. */
    void onDelivered();

    /** It was not delivered and will not be. */
    void onRefused(Outcome outcome);

    /** It waited and had to go for a newer one, as the policy for slow consumers has it: trying it again makes no sense. */
    default void onSuperseded() {
        onRefused(Outcome.SLOW_CONSUMER);
    }
}
