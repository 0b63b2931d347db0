package io.wsrouter.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes a run that breaks a promise short: leaves out whatever the same break can do without. Source: Zeller and Hildebrandt,
 * "Simplifying and isolating failure-inducing input", 2002.
 */
final class Shrinker {

    private static final int FIRST_TAIL = 50;

    private final long deadlineNanos;
    private int tries;

    Shrinker(long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
    }

    /** The shortest run found that breaks the same promise. */
    Trace shrink(Trace broken) {
        Trace best = shrinkToTail(broken);
        for (int chunk = Math.max(1, best.actions().size() / 2); ; chunk = Math.max(1, chunk / 2)) {
            int before = best.actions().size();
            best = without(best, chunk);
            if (System.nanoTime() - deadlineNanos > 0
                    || (chunk == 1 && best.actions().size() == before)) {
                return best;
            }
        }
    }

    /** How many runs it took. */
    int tries() {
        return tries;
    }

    /** What broke it mostly began not long before. */
    private Trace shrinkToTail(Trace broken) {
        List<Action> actions = broken.actions();
        for (int tail = FIRST_TAIL; tail < actions.size(); tail *= 2) {
            Trace trace = retry(broken, actions.subList(actions.size() - tail, actions.size()));
            if (trace != null) {
                return trace;
            }
        }
        return broken;
    }

    private Trace without(Trace broken, int chunk) {
        Trace best = broken;
        int end = best.actions().size();
        while (end > 0 && System.nanoTime() - deadlineNanos < 0) {
            int start = Math.max(0, end - chunk);
            List<Action> fewer = new ArrayList<>(best.actions().subList(0, start));
            fewer.addAll(best.actions()
                    .subList(
                            Math.min(end, best.actions().size()), best.actions().size()));
            Trace trace = retry(broken, fewer);
            if (trace != null) {
                best = trace;
            }
            end = Math.min(start, best.actions().size());
        }
        return best;
    }

    private Trace retry(Trace broken, List<Action> actions) {
        tries++;
        Trace trace = Trace.ofActions(broken.world(), actions, Story.untold());
        boolean isSame = trace.violation() != null
                && trace.violation().invariant().equals(broken.violation().invariant());
        return isSame ? trace : null;
    }
}
