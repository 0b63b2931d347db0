package io.wsrouter.simulation;

/** A broken promise. An error, because the router survives exceptions and must not survive this. */
final class Violation extends AssertionError {

    private static final long serialVersionUID = 1L;

    private final String invariant;

    /**
     * A broken promise.
     *
     * @param invariant which one: its number in the design and a word
     */
    Violation(String invariant, String what) {
        super(invariant + ": " + what);
        this.invariant = invariant;
    }

    /** What was thrown, as a violation: anything else than one is a fault of the router, or of the simulator. */
    static Violation of(Throwable thrown) {
        if (thrown instanceof Violation violation) {
            return violation;
        }
        Violation violation = new Violation("0 fault", thrown.toString());
        violation.initCause(thrown);
        return violation;
    }

    String invariant() {
        return invariant;
    }
}
