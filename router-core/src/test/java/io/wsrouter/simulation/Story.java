package io.wsrouter.simulation;

import java.util.ArrayList;
import java.util.List;

/** What happened, in words; only for runs that somebody is going to read about. */
final class Story {

    private static final int MOST_LINES = 2_000;

    private final boolean isTold;
    private final List<String> lines = new ArrayList<>();

    private Story(boolean isTold) {
        this.isTold = isTold;
    }

    static Story told() {
        return new Story(true);
    }

    static Story untold() {
        return new Story(false);
    }

    /** Whether it is worth making up a line. */
    boolean isTold() {
        return isTold;
    }

    void tell(String line) {
        if (isTold && lines.size() < MOST_LINES) {
            lines.add(line);
        }
    }

    List<String> lines() {
        return lines;
    }
}
