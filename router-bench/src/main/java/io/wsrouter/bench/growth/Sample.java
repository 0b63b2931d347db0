package io.wsrouter.bench.growth;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.wsrouter.bench.load.LoadResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was measured once.
 *
 * @param cost bytes, or microseconds of the server's processors for each message that was received
 * @param load what else was seen, where it is processor time
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Sample(double cost, @Nullable Load load) {

    /** What was received, how late, how many processors it took at both ends, and what was wrong. */
    record Load(
            double messagesPerSecond, double p50Micros, double serverCores, double loadCores, List<String> faults) {}

    static Sample of(LoadResult.Claims claims) {
        Double cpu = claims.serverCpuMicrosPerMessage();
        Double cores = claims.serverCores();
        return new Sample(
                cpu == null ? Double.NaN : cpu,
                new Load(
                        claims.receivedPerSecond(),
                        claims.latencyMicros().p50(),
                        cores == null ? Double.NaN : cores,
                        claims.loadCores(),
                        claims.faults()));
    }

    List<String> faults() {
        return load == null ? List.of() : load.faults;
    }
}
