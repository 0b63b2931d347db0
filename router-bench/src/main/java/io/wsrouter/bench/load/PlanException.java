package io.wsrouter.bench.load;

/** A plan that cannot be run. The message names each key, its value and what was expected. */
public final class PlanException extends RuntimeException {

    private static final long serialVersionUID = 1;

    PlanException(String message) {
        super(message);
    }

    PlanException(String key, Object value, String expected) {
        this(key + ": " + value + " (expected " + expected + ")");
    }
}
