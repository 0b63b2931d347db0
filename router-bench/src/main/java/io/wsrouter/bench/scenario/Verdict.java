package io.wsrouter.bench.scenario;

import java.io.PrintWriter;
import java.util.Locale;

/** What a scenario found, line by line. Belongs to one thread. */
final class Verdict {

    private final PrintWriter out;
    private int violations;

    Verdict(PrintWriter out) {
        this.out = out;
    }

    /** Prints a line of progress or a figure. */
    void say(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
        out.flush();
    }

    /** Prints whether two figures that have to be equal are. */
    void equal(String what, long actual, long expected) {
        check(actual == expected, "%s: %,d (expected %,d)", what, actual, expected);
    }

    /** Prints whether nothing bad of a kind has happened. */
    void none(String what, long count) {
        check(count == 0, "%s: %,d", what, count);
    }

    /** Prints a statement and whether it holds. */
    void check(boolean holds, String format, Object... arguments) {
        if (!holds) {
            violations++;
        }
        say((holds ? "ok    " : "FAIL  ") + format, arguments);
    }

    int violations() {
        return violations;
    }
}
