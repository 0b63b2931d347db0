package io.wsrouter.simulation;

import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import io.wsrouter.routing.VirtualClock;
import java.util.Arrays;

/** Holds a receipt against what became of the message at each receiver. */
final class ReceiptCheck {

    private static final String INVARIANT = "5 receipts";
    private static final Outcome[] OUTCOMES = Outcome.values();

    private final Oracle oracle;
    private final VirtualClock clock;
    private final int[] refused = new int[OUTCOMES.length];
    private final int[] sure = new int[OUTCOMES.length];
    private final int[] possible = new int[OUTCOMES.length];

    ReceiptCheck(Oracle oracle, VirtualClock clock) {
        this.oracle = oracle;
        this.clock = clock;
    }

    /** Looks at a receipt in the words of the wire, behind the id. */
    void check(Sent sent, PushText push) {
        push.find(PushText.OUTCOME);
        Outcome outcome = push.outcome();
        push.find(PushText.MATCHED);
        int matched = (int) push.number();
        push.find(PushText.DELIVERED);
        int delivered = (int) push.number();
        push.find(PushText.QUEUED);
        int queued = (int) push.number();
        Arrays.fill(refused, 0);
        push.find(PushText.REFUSED_COUNTS);
        push.addCounts(refused);
        check(sent, outcome, matched, delivered, queued, push.find(PushText.UNKNOWN));
    }

    /** Looks at a receipt that no wire carries. */
    void check(Sent sent, Receipt receipt) {
        Arrays.fill(refused, 0);
        receipt.refused().forEach((outcome, count) -> refused[outcome.ordinal()] = count);
        boolean isUnsure = !receipt.unknown().isEmpty();
        check(sent, receipt.outcome(), receipt.matched(), receipt.delivered(), receipt.queued(), isUnsure);
    }

    private void check(Sent sent, Outcome outcome, int matched, int delivered, int queued, boolean isUnsure) {
        expects(sent.countReceipt() == 1, sent, "has a second receipt");
        if (sent.verdict() != null) {
            expects(
                    outcome == sent.verdict() && matched == 0,
                    sent,
                    "has the receipt " + outcome + " (expected " + sent.verdict() + ")");
            return;
        }
        int refusals = Arrays.stream(refused).sum();
        expects(
                matched == delivered + queued + refusals,
                sent,
                "has a receipt that does not add up: " + matched + " is not " + delivered + " + " + queued + " + "
                        + refusals);
        expects(
                outcome == inOneWord(matched, delivered, queued, isUnsure) || (sent.isTimed() && matched == 0),
                sent,
                "has the receipt " + outcome + " (expected " + inOneWord(matched, delivered, queued, isUnsure) + ")");
        if (oracle.isCorrupted()) {
            return; // messages that were stopped at the write count as matched
        }
        int leftAlone = refused[Outcome.CIRCUIT_OPEN.ordinal()];
        if (leftAlone > 0) {
            oracle.coverage().count(Rare.LEFT_ALONE);
            expects(oracle.mayBeLeftAlone(sent), sent, "is told of receivers that are left alone without cause");
        }
        if (isUnsure) {
            expects(sent.mayBeLost(), sent, "is unknown without cause");
        }
        if (sent.isTimed() || isUnsure) {
            checkTimed(sent, delivered);
            return;
        }
        expects(
                matched == sent.written().size() + leftAlone,
                sent,
                "has the receipt matched " + matched + " and was written to "
                        + sent.written().size());
        int late = countWhatBecame(sent);
        if (queued > 0) {
            oracle.coverage().count(Rare.RECEIPT_TIMED_OUT);
        }
        sure[Outcome.CIRCUIT_OPEN.ordinal()] = leftAlone;
        expects(queued <= late, sent, "has " + queued + " queued of " + late);
        for (Outcome each : OUTCOMES) {
            int counted = each == Outcome.DELIVERED ? delivered : refused[each.ordinal()];
            int least = sure[each.ordinal()];
            int most = least + possible[each.ordinal()];
            expects(
                    counted >= least && counted <= most,
                    sent,
                    "has the receipt " + each + " " + counted + " (expected " + least + " to " + most + ")");
        }
    }

    /** What is tried again counts once for each receiver, as delivered if any try was. */
    private void checkTimed(Sent sent, int delivered) {
        int taken = 0;
        int failed = 0;
        for (Written written : sent.written()) {
            taken += written.outcome() == Outcome.DELIVERED ? 1 : 0;
            failed += written.outcome() == Outcome.WRITE_FAILED ? 1 : 0;
        }
        expects(
                delivered <= taken,
                sent,
                "has the receipt delivered " + delivered + " (expected at most " + taken + ")");
        int counted = refused[Outcome.WRITE_FAILED.ordinal()];
        expects(
                counted <= failed,
                sent,
                "has the receipt write_failed " + counted + " (expected at most " + failed + ")");
    }

    /** Counts what must be in the receipt, and what was decided so late that it may be there or count as queued. */
    private int countWhatBecame(Sent sent) {
        Arrays.fill(sure, 0);
        Arrays.fill(possible, 0);
        long timeoutNanos = World.RECEIPT_TIMEOUT.toNanos();
        int late = 0;
        for (Written written : sent.written()) {
            Outcome outcome = written.outcome();
            if (outcome == null) {
                late++;
                expects(
                        written.ageNanos(clock.nanoTime()) >= timeoutNanos,
                        sent,
                        "has its receipt before the time, while " + written.receiver() + " has not decided");
            } else if (written.openNanos() >= timeoutNanos) {
                late++;
                possible[outcome.ordinal()]++;
            } else {
                sure[outcome.ordinal()]++;
            }
        }
        return late;
    }

    private Outcome inOneWord(int matched, int delivered, int queued, boolean isUnsure) {
        int got = delivered + queued;
        if (got > 0) {
            return got < matched || isUnsure ? Outcome.PARTIAL : queued > 0 ? Outcome.QUEUED : Outcome.DELIVERED;
        }
        if (isUnsure) {
            return Outcome.UNKNOWN;
        }
        int commonest = Outcome.NO_ROUTE.ordinal();
        for (int i = 0; i < refused.length; i++) {
            commonest = refused[i] > refused[commonest] ? i : commonest;
        }
        return OUTCOMES[commonest];
    }

    private void expects(boolean holds, Sent sent, String what) {
        oracle.expects(holds, INVARIANT, sent, what);
    }
}
