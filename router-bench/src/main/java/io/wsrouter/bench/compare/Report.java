package io.wsrouter.bench.compare;

import java.util.List;
import java.util.Map;

/**
 * A comparison.
 *
 * @param facts what is needed to repeat it: command, machine, versions
 * @param loops the threads of each server that has a choice, and of the floor with several
 * @param skipped servers that were not there, with the reason
 * @param runs every one, in the order they were made
 */
record Report(Map<String, String> facts, int loops, Map<String, String> skipped, List<Run> runs) {

    /** The row that a test's costs are held against. */
    String floorOf(Trial trial) {
        return "floor" + (trial.usesAllLoops() ? loops : 1);
    }

    List<String> rows() {
        return runs.stream().map(Run::row).distinct().toList();
    }

    List<Trial> trials() {
        return runs.stream().map(run -> Trial.of(run.test())).distinct().toList();
    }

    List<Run> of(String row, Trial trial) {
        return runs.stream()
                .filter(run -> run.row().equals(row) && run.test().equals(trial.word()))
                .toList();
    }
}
