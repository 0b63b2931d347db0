package io.wsrouter.bench.compare;

import java.io.IOException;

/** Loads servers. */
interface Loader {

    /**
     * Runs a test on a server that is up, and ends all connections. Blocks.
     *
     * @param round to note in the result
     * @param warmupSeconds of load before the measured time
     * @param seconds of the measured time
     * @throws CompareException when nothing can be said about it
     */
    Run load(Contender contender, ServerProcess server, Trial trial, int round, double warmupSeconds, double seconds)
            throws IOException, InterruptedException;
}
