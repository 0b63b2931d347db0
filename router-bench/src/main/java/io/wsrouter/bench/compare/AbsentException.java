package io.wsrouter.bench.compare;

/** A server cannot be compared here, since something of it is missing; the message says what. */
final class AbsentException extends Exception {

    private static final long serialVersionUID = 1;

    AbsentException(String reason) {
        super(reason);
    }
}
