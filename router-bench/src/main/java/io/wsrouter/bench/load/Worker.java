package io.wsrouter.bench.load;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One process's part of a run, here or elsewhere. One thread at a time asks it, in the order of these methods. Blocks. */
interface Worker extends AutoCloseable {

    /** Who it is. */
    Info info() throws IOException;

    /** Takes its part. */
    void prepare(Assignment assignment) throws IOException;

    /** Opens its connections and waits until they are ready, or the planned time is over; tells how many are. */
    Connected connect() throws IOException;

    /** Starts the load at a time of its own clock. */
    void start(long startNanos) throws IOException;

    /** What it has counted until now. */
    Sample sample() throws IOException;

    /** Ends its connections and tells all it knows. */
    Part finish() throws IOException;

    @Override
    void close() throws IOException;

    /**
     * A process of the load.
     *
     * @param clock the same for all processes that share a clock
     * @param nanos of that clock now
     */
    record Info(String clock, long nanos, Machine machine, ProcessInfo process) {}

    /** What a process has to know. Secrets go another way. */
    record Assignment(
            LoadPlan plan,
            String run,
            String url,
            int index,
            int count,
            int host,
            @Nullable String certificates) {}

    /** How many connections are ready, of how many. */
    record Connected(int ready, int awaited, double seconds) {}

    /**
     * What a process has counted until now.
     *
     * @param nanos of its clock
     * @param cpuNanos that it has used
     * @param connections that are ready
     */
    record Sample(long nanos, long cpuNanos, int connections, List<GroupSample> groups) {}

    /**
     * Of one group.
     *
     * @param expected receptions of what has been sent
     * @param received of them
     * @param refused of them, as receipts tell
     * @param waiting publishes for their receipts
     * @param latency of what has been received since the last sample, a compressed histogram
     */
    record GroupSample(long sent, long expected, long received, long refused, long waiting, String latency) {}

    /** All that a process knows at the end. */
    record Part(List<GroupPart> groups) {}

    /**
     * Of one group.
     *
     * @param counts by the words of {@link Count}
     * @param failures how often which
     * @param latency of the measured time; this and the following are compressed histograms of nanoseconds
     * @param handshakes of connections that were there from the start
     * @param returns of connections that came later, from the time that they were wanted
     * @param sendLag how late messages were sent
     * @param sentTo by address; this and the following are packed, see {@link Packed}
     */
    record GroupPart(
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
            String uncertainFor) {}
}
