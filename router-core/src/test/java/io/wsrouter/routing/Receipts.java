package io.wsrouter.routing;

import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import java.util.List;
import java.util.Map;

/** Receipts to compare with. */
final class Receipts {

    private Receipts() {}

    static Receipt delivered(int count) {
        return new Receipt(Outcome.DELIVERED, count, count, 0, Map.of(), List.of());
    }

    static Receipt queued(int queued, int delivered) {
        return new Receipt(Outcome.QUEUED, queued + delivered, delivered, queued, Map.of(), List.of());
    }

    /** None got it, for one and the same reason. */
    static Receipt noneOf(int matched, Outcome reason) {
        return new Receipt(reason, matched, 0, 0, Map.of(reason, matched), List.of());
    }

    static Receipt partial(int delivered, int queued, Map<Outcome, Integer> refused) {
        int matched = delivered
                + queued
                + refused.values().stream().mapToInt(Integer::intValue).sum();
        return new Receipt(Outcome.PARTIAL, matched, delivered, queued, refused, List.of());
    }

    static Receipt noRoute() {
        return Receipt.refused(Outcome.NO_ROUTE);
    }
}
