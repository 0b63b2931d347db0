package io.wsrouter.protocol;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The truthful account of one publish: {@code matched = delivered + queued + sum of refused}. Final once made.
 *
 * @param outcome the account in one word
 * @param matched the connections that the address resolved to
 * @param delivered those whose kernel socket took every byte; not that the client has read it
 * @param queued those for which it still waited when the receipt was closed
 * @param refused those that did not get it, by reason; unmodifiable
 * @param unknown the nodes that did not answer; unmodifiable
 */
public record Receipt(
        Outcome outcome, int matched, int delivered, int queued, Map<Outcome, Integer> refused, List<String> unknown) {

    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final Map<Outcome, Integer> NOBODY = Map.of();
    private static final Receipt[] DELIVERED_TO_FEW = IntStream.rangeClosed(0, 16)
            .mapToObj(matched -> new Receipt(Outcome.DELIVERED, matched, matched, 0, NOBODY, List.of()))
            .toArray(Receipt[]::new);

    /** The account of a publish that was refused before it reached any receiver. */
    public static Receipt refused(Outcome outcome) {
        return new Receipt(outcome, 0, 0, 0, Map.of(), List.of());
    }

    /**
     * The account of what the receivers answered.
     *
     * @param refusedCounts how many receivers refused, indexed by the ordinal of the outcome
     * @throws IllegalArgumentException when the figures do not add up
     */
    public static Receipt of(int matched, int delivered, int queued, int[] refusedCounts, List<String> unknown) {
        if (matched == delivered
                && matched > 0
                && matched < DELIVERED_TO_FEW.length
                && isAllZero(queued, refusedCounts)
                && unknown.isEmpty()) {
            return DELIVERED_TO_FEW[matched];
        }
        Map<Outcome, Integer> refused = NOBODY;
        int refusedTotal = 0;
        Outcome commonest = Outcome.NO_ROUTE;
        for (Outcome outcome : OUTCOMES) {
            int count = refusedCounts[outcome.ordinal()];
            if (count > 0) {
                refused = refused.isEmpty() ? new EnumMap<>(Outcome.class) : refused;
                refused.put(outcome, count);
                refusedTotal += count;
                commonest = count > refused.getOrDefault(commonest, 0) ? outcome : commonest;
            }
        }
        if (matched != delivered + queued + refusedTotal) {
            throw new IllegalArgumentException("matched " + matched + " (expected delivered " + delivered + " + queued "
                    + queued + " + refused " + refusedTotal + ")");
        }
        Outcome outcome = inOneWord(matched, delivered, queued, commonest, unknown);
        return new Receipt(
                outcome, matched, delivered, queued, Collections.unmodifiableMap(refused), List.copyOf(unknown));
    }

    private static boolean isAllZero(int queued, int[] refusedCounts) {
        int all = queued;
        for (int count : refusedCounts) {
            all |= count;
        }
        return all == 0;
    }

    private static Outcome inOneWord(
            int matched, int delivered, int queued, Outcome commonestRefusal, List<String> unknown) {
        if (delivered + queued == 0 && !unknown.isEmpty()) {
            return Outcome.UNKNOWN;
        }
        if (delivered + queued == 0) {
            return commonestRefusal;
        }
        if (delivered + queued < matched || !unknown.isEmpty()) {
            return Outcome.PARTIAL;
        }
        return queued > 0 ? Outcome.QUEUED : Outcome.DELIVERED;
    }
}
