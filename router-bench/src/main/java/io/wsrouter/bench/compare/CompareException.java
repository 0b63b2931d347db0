package io.wsrouter.bench.compare;

/** The comparison cannot go on, or a server of it cannot; the message says why. */
final class CompareException extends RuntimeException {

    private static final long serialVersionUID = 1;

    CompareException(String message) {
        super(message);
    }

    CompareException(String message, Throwable cause) {
        super(message, cause);
    }
}
