package io.wsrouter.bench.load;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a run does: enough to repeat it on another server.
 *
 * @param dialect how the server is spoken to, a name of {@link Dialects}
 * @param seed of all random choices
 * @param warmupSeconds of load before the measured time
 * @param durationSeconds of the measured time
 * @param drainSeconds after it, at most, until what is under way has come
 * @param connectSeconds at most, until all connections are open
 * @param handshakeSeconds at most, until one connection is ready; then it is reset and tried again
 * @param handshakesAtOnce of a process
 * @param loops of a process
 * @param hasOnePublishingUser whether the tokens of all publishers are one user's
 */
public record LoadPlan(
        String dialect,
        long seed,
        double warmupSeconds,
        double durationSeconds,
        double drainSeconds,
        double connectSeconds,
        double handshakeSeconds,
        int handshakesAtOnce,
        int loops,
        boolean hasOnePublishingUser,
        List<GroupPlan> groups) {

    /** Connections of one process: what fits below 20,000 open files. */
    static final int MOST_CONNECTIONS_OF_A_PROCESS = 19_800;

    /** The longest that all connections together may take. */
    static final int MOST_CONNECT_SECONDS = 3_600;

    /** A plan of groups with the defaults of everything else. */
    public static LoadPlan of(String dialect, long seed, List<GroupPlan> groups) {
        return new LoadPlan(dialect, seed, 2, 10, 10, 60, 10, 200, 2, false, groups);
    }

    /** The same with other times. */
    public LoadPlan lasting(double warmup, double duration) {
        return new LoadPlan(
                dialect,
                seed,
                warmup,
                duration,
                drainSeconds,
                connectSeconds,
                handshakeSeconds,
                handshakesAtOnce,
                loops,
                hasOnePublishingUser,
                groups);
    }

    /** All connections, those of publishers included. */
    public int connections() {
        return groups.stream()
                .mapToInt(group -> group.connections() + group.publishers())
                .sum();
    }

    /** Those that are opened before the load, without visitors. */
    int connectionsAtStart() {
        return groups.stream()
                .mapToInt(group -> (group.sendsToItself() ? 0 : group.connections()) + group.publishers())
                .sum();
    }

    /**
     * Checks it for a number of processes.
     *
     * @return this
     * @throws PlanException naming every key that is wrong
     */
    public LoadPlan checked(int processes) {
        List<String> errors = new ArrayList<>();
        require(errors, "duration", durationSeconds, durationSeconds > 0 && durationSeconds <= 86_400, "up to a day");
        require(errors, "warmup", warmupSeconds, warmupSeconds >= 0 && warmupSeconds <= 86_400, "up to a day");
        require(errors, "drain", drainSeconds, drainSeconds >= 0 && drainSeconds <= 3_600, "up to an hour");
        require(
                errors,
                "connect-timeout",
                connectSeconds,
                connectSeconds > 0 && connectSeconds <= MOST_CONNECT_SECONDS,
                "up to an hour");
        require(
                errors,
                "handshake-timeout",
                handshakeSeconds,
                handshakeSeconds > 0 && handshakeSeconds <= MOST_CONNECT_SECONDS,
                "up to an hour");
        require(errors, "loops", loops, loops >= 1 && loops <= 64, "1 to 64");
        require(errors, "handshakes-at-once", handshakesAtOnce, handshakesAtOnce >= 1, "at least 1");
        require(errors, "groups", groups.size(), !groups.isEmpty() && groups.size() <= 64, "1 to 64");
        Set<String> names = new HashSet<>();
        for (GroupPlan group : groups) {
            require(errors, "groups", group.name(), names.add(group.name()), "each name once");
            errors.addAll(group.errors(groups.size() == 1 ? "" : "groups." + group.name() + "."));
        }
        require(
                errors,
                "connections",
                connections(),
                connections() <= (long) processes * MOST_CONNECTIONS_OF_A_PROCESS,
                "at most " + MOST_CONNECTIONS_OF_A_PROCESS + " with the publishers for each of " + processes
                        + " processes; see --processes");
        if (!errors.isEmpty()) {
            throw new PlanException(String.join("\n", errors));
        }
        return this;
    }

    private static void require(List<String> errors, String key, Object value, boolean holds, String expected) {
        if (!holds) {
            errors.add(key + ": " + value + " (expected " + expected + ")");
        }
    }
}
