package io.wsrouter.bench.load;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a run: what was done, where, what was seen, and what follows from it. Bytes are Base64 in the file.
 * What {@link Claims} makes is recomputed from the rest by {@code scripts/bench verify}.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LoadResult(
        String format,
        Run run,
        LoadPlan plan,
        Server server,
        List<Load> load,
        Connecting connecting,
        List<Second> series,
        List<Group> groups,
        Claims claims) {

    /** The format that this program writes. */
    public static final String FORMAT = "ws-router-load/1";

    /**
     * Which run it was.
     *
     * @param id in all names of the run
     * @param command that repeats it
     */
    public record Run(String id, String startedAt, List<String> command) {}

    /**
     * What was loaded. What is not known is null.
     *
     * @param isOurs whether it was started for the run
     * @param settings that it was started with
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Server(
            String url,
            boolean isOurs,
            List<String> settings,
            List<ServerProcess> processes,
            @Nullable Machine machine,
            long rssBytesBefore) {}

    /** A process of the server. */
    public record ServerProcess(long pid, List<String> command, String java, String affinity) {}

    /**
     * A process of the load.
     *
     * @param host its number; latency is known between processes of one host only
     */
    public record Load(int host, Machine machine, ProcessInfo process) {}

    /**
     * How many connections were to be open before the load, and were.
     *
     * @param serverCpuSeconds spent meanwhile, null where unknown
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Connecting(
            int awaited,
            int ready,
            double seconds,
            @Nullable Double serverCpuSeconds) {}

    /**
     * About a second of the run.
     *
     * @param phase warmup, measure or drain
     * @param atSeconds when it ended, since the start of the load
     * @param seconds how long it was
     * @param connections that were ready at its end
     * @param p50Micros of what was received in it; this and the next two are claims
     * @param serverCpuSeconds spent in it, null where unknown
     * @param stats of the server at its end, null where unknown
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Second(
            String phase,
            double atSeconds,
            double seconds,
            int connections,
            long sent,
            long received,
            double p50Micros,
            double p99Micros,
            double maxMicros,
            double loadCpuSeconds,
            @Nullable Double serverCpuSeconds,
            @Nullable Long serverRssBytes,
            @Nullable JsonNode stats,
            List<SecondOfGroup> groups) {}

    /** The same of one group; {@code latency} is a compressed histogram of nanoseconds. */
    public record SecondOfGroup(long sent, long received, long refused, long waiting, String latency) {}

    /**
     * What was seen of one group.
     *
     * @param counts by the words of {@link Count}
     * @param outcomes of receipts
     * @param failures of handshakes, reasons of closes and strange frames
     * @param latency of messages whose intended time was in the measured window: a compressed histogram of nanoseconds, as the
     *     next three
     * @param sentTo by address; this and the next three are deflated big-endian ints
     * @param claims what follows
     */
    public record Group(
            String name,
            Map<String, Long> counts,
            Map<String, Long> outcomes,
            Map<String, Long> failures,
            String latency,
            String handshakes,
            String returns,
            String sendLag,
            String sentTo,
            String receivedBy,
            String refusedFor,
            String uncertainFor,
            GroupClaims claims) {}

    /**
     * What follows from the counts and histograms of a group.
     *
     * @param expected receptions of all that was sent
     * @param received of them
     * @param refused of them, as receipts tell
     * @param givenUp of them, at receivers that were cut off or did not read, as planned
     * @param lost of them, without any explanation
     * @param contradicted received although a receipt calls them refused
     */
    public record GroupClaims(
            long expected,
            long received,
            long refused,
            long givenUp,
            long lost,
            long contradicted,
            Percentiles latencyMicros,
            Percentiles handshakeMicros,
            Percentiles returnMicros,
            Percentiles sendLagMicros) {}

    /** Of a histogram, in microseconds. */
    public record Percentiles(long count, double mean, double p50, double p90, double p99, double p999, double max) {}

    /**
     * What follows for the whole run. Rates and processor times are of the measured seconds.
     *
     * @param serverCpuMicrosPerMessage per message received
     * @param holds whether nothing was wrong
     * @param faults each with its group and its count
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Claims(
            double measuredSeconds,
            double sentPerSecond,
            double receivedPerSecond,
            double connectionsPerSecond,
            Percentiles latencyMicros,
            double loadCpuMicrosPerMessage,
            double loadCores,
            @Nullable Double serverCpuMicrosPerMessage,
            @Nullable Double serverCores,
            @Nullable Long serverMostRssBytes,
            @Nullable Double serverRssBytesPerConnection,
            long lost,
            long misdelivered,
            long reordered,
            long duplicated,
            long corrupt,
            boolean holds,
            List<String> faults) {}
}
