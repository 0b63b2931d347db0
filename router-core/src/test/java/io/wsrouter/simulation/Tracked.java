package io.wsrouter.simulation;

import io.wsrouter.connection.Delivery;
import io.wsrouter.protocol.Outcome;

/** The delivery of one message at one connection, which the oracle hears of first. */
final class Tracked implements Delivery {

    private final VirtualConnection connection;
    private final Written written;
    private final Delivery asked;

    /** A delivery; {@code asked} is the router's own, or null when it did not ask. */
    Tracked(VirtualConnection connection, Written written, Delivery asked) {
        this.connection = connection;
        this.written = written;
        this.asked = asked;
    }

    Written written() {
        return written;
    }

    boolean isOf(Delivery delivery) {
        return asked == delivery;
    }

    @Override
    public void onDelivered() {
        connection.atHome(() -> {
            connection.oracle().decided(written, Outcome.DELIVERED);
            if (asked != null) {
                asked.onDelivered();
            }
        });
    }

    @Override
    public void onRefused(Outcome outcome) {
        connection.atHome(() -> {
            connection.oracle().decided(written, outcome);
            if (asked != null) {
                asked.onRefused(outcome);
            }
        });
    }

    @Override
    public void onSuperseded() {
        connection.atHome(() -> {
            connection.oracle().superseded(written);
            if (asked != null) {
                asked.onSuperseded();
            }
        });
    }
}
