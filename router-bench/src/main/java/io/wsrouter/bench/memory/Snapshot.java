package io.wsrouter.bench.memory;

import java.io.IOException;
import java.util.Map;

/**
 * The memory of a server at one moment, after it has collected its garbage.
 *
 * @param connections how many it has
 * @param nativeBytes committed by area, as the JVM tracks them
 * @param heap its live objects
 */
record Snapshot(int connections, Map<String, Long> nativeBytes, Histogram heap) {

    static Snapshot of(ServerProcess server, int connections) throws IOException {
        Histogram heap = server.histogram();
        return new Snapshot(connections, server.nativeBytes(), heap);
    }

    /** A figure's growth since {@code before}, for each connection that has come. */
    double each(Snapshot before, long figure, long figureBefore) {
        return (double) (figure - figureBefore) / (connections - before.connections);
    }
}
