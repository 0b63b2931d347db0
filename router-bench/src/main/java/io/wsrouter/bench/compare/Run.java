package io.wsrouter.bench.compare;

import java.util.Map;

/**
 * What one run of a test gave.
 *
 * @param row the server
 * @param test a name of {@link Trial}
 * @param round of the comparison, from 1
 * @param failure why there are no figures; empty when there are
 * @param perSecond deliveries, or handshakes where the test is about those
 * @param cpuMicros of the server for each of these
 * @param p50Micros latency; in a closed loop mostly the time in its own queue
 * @param p99Micros the same for all but a hundredth
 * @param rssKib per idle connection; 0 where the test is not about those
 * @param otherCores how many processors neither the server nor the load used, but somebody did
 * @param errors whatever went wrong, by its name; empty when nothing did
 */
record Run(
        String row,
        String test,
        int round,
        String failure,
        double perSecond,
        double cpuMicros,
        double p50Micros,
        double p99Micros,
        double rssKib,
        double otherCores,
        Map<String, Long> errors) {

    static Run failed(String row, Trial trial, int round, String failure) {
        return new Run(row, trial.word(), round, failure, 0, 0, 0, 0, 0, 0, Map.of());
    }

    boolean hasFigures() {
        return failure.isEmpty();
    }
}
