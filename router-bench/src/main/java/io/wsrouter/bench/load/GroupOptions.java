package io.wsrouter.bench.load;

import org.jspecify.annotations.Nullable;

/**
 * What somebody has said of a group, in a command or a mix file; what is null has a default that depends on the scenario.
 *
 * @param topics of fanout, or users of devices
 * @param subscribers of each topic
 */
record GroupOptions(
        @Nullable Integer connections,
        @Nullable Integer topics,
        @Nullable Integer subscribers,
        @Nullable Integer publishers,
        @Nullable Double rate,
        @Nullable Integer window,
        @Nullable Integer sizeBytes,
        @Nullable Boolean receipts,
        @Nullable Integer slow,
        @Nullable Double arrivals,
        @Nullable Integer cuts) {

    private static final int CONNECTIONS = 1_000;
    private static final int TOPICS = 10;
    private static final int DEVICES = 4;
    private static final int PUBLISHERS = 16;
    private static final double RATE = 1_000;
    private static final int SIZE_BYTES = 128;
    private static final int SLOW = 10;
    /** With these, who does not read has more than 1.5 MiB coming within three seconds. */
    private static final int CONNECTIONS_BESIDE_SLOW = 50;

    private static final int SIZE_BYTES_FOR_SLOW = 32 * 1024;
    private static final double ARRIVALS = 100;

    /** The plan of a group of that name. It is not checked yet, but for what it could not express. */
    GroupPlan plan(String name, LoadScenario scenario, String prefix) {
        int planned = plannedConnections(scenario, prefix);
        int senders = or(publishers, scenario.needsPublishers() ? PUBLISHERS : 0);
        int kept = or(window, 0);
        double pace = or(rate, senders == 0 || kept > 0 ? 0 : RATE);
        boolean isAsked = scenario == LoadScenario.SLOW
                || scenario == LoadScenario.STORM
                || (scenario == LoadScenario.CHURN && senders > 0);
        return new GroupPlan(
                name,
                scenario,
                planned,
                or(topics, topics(scenario, planned)),
                senders,
                pace,
                kept,
                or(sizeBytes, scenario == LoadScenario.SLOW ? SIZE_BYTES_FOR_SLOW : SIZE_BYTES),
                receipts == null ? isAsked : receipts,
                or(slow, scenario == LoadScenario.SLOW ? Math.min(SLOW, planned) : 0),
                or(arrivals, scenario == LoadScenario.CHURN ? ARRIVALS : 0),
                or(cuts, scenario == LoadScenario.STORM ? 1 : 0));
    }

    private int plannedConnections(LoadScenario scenario, String prefix) {
        if (subscribers == null) {
            return or(connections, scenario == LoadScenario.SLOW ? CONNECTIONS_BESIDE_SLOW : CONNECTIONS);
        }
        if (scenario != LoadScenario.FANOUT) {
            throw new PlanException(prefix + "subscribers", subscribers, "none: only in scenario fanout");
        }
        if (connections != null) {
            throw new PlanException(
                    prefix + "subscribers",
                    subscribers,
                    "no connections beside it, which are topics times subscribers");
        }
        return (int) Math.min(Integer.MAX_VALUE, (long) or(topics, TOPICS) * subscribers);
    }

    private int topics(LoadScenario scenario, int planned) {
        return switch (scenario) {
            case FANOUT -> subscribers == null ? Math.min(TOPICS, planned) : TOPICS;
            case DEVICES -> Math.max(1, planned / DEVICES);
            case BROADCAST -> 1;
            default -> 0;
        };
    }

    private static int or(@Nullable Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }

    private static double or(@Nullable Double given, double otherwise) {
        return given == null ? otherwise : given;
    }
}
