package io.wsrouter.routing;

import io.wsrouter.connection.Connection;
import io.wsrouter.connection.Delivery;
import io.wsrouter.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/** The delivery of a message that is tried once to a receiver that has failed before: its breaker hears of it, too. */
final class GuardedDelivery implements Delivery {

    private final Breakers breakers;
    private final Connection receiver;
    private final long attempt;
    private final @Nullable ReceiptPart part;

    /** The attempt that the breaker of {@code receiver} calls {@code attempt}. */
    GuardedDelivery(Breakers breakers, Connection receiver, long attempt, @Nullable ReceiptPart part) {
        this.breakers = breakers;
        this.receiver = receiver;
        this.attempt = attempt;
        this.part = part;
    }

    @Override
    public void onDelivered() {
        breakers.onHealed(receiver);
        if (part != null) {
            part.onDelivered();
        }
    }

    @Override
    public void onRefused(Outcome outcome) {
        if (outcome == Outcome.WRITE_FAILED) {
            breakers.onFailure(receiver, attempt);
        } else {
            breakers.onUndecided(receiver, attempt);
        }
        if (part != null) {
            part.onRefused(outcome);
        }
    }
}
