package io.wsrouter.bench.growth;

import io.wsrouter.bench.load.GroupPlan;
import io.wsrouter.bench.load.LoadScenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What grows while everything else stays as it is. */
enum GrowthAxis {
    /** How many users are written to, one connection each. */
    CONNECTIONS("connections", "connections") {
        @Override
        List<LoadPoint> points() {
            List<LoadPoint> points = new ArrayList<>();
            for (int x : new int[] {100, 300, 1_000, 3_000, 6_000, 10_000, 19_000}) {
                points.add(point("as fast as it goes", x, unicast(x, PUBLISHERS, 8, SIZE_BYTES)));
            }
            for (int x : new int[] {100, 1_000, 6_000, 19_000}) {
                points.add(point("20,000 messages/s", x, paced(x)));
            }
            return points;
        }
    },
    /** How many connections each message to a user goes to; as many connections in all. */
    CONNECTIONS_PER_USER("connections-per-user", "connections of each user") {
        @Override
        List<LoadPoint> points() {
            return IntStream.of(1, 2, 4, 8, 16, 32, 128)
                    .mapToObj(x -> point("1,024 connections", x, devices(x)))
                    .toList();
        }
    },
    /** How many connections each message to a topic goes to; as many connections in all. */
    SUBSCRIBERS("subscribers", "subscribers of each topic") {
        @Override
        List<LoadPoint> points() {
            return IntStream.of(1, 10, 100, 1_000, 3_000, 10_000)
                    .mapToObj(x -> point("10,000 connections", x, topics(10_000, x, 1_000, SIZE_BYTES)))
                    .toList();
        }
    },
    /** The bytes of a message's data. */
    SIZE("size", "data of a message") {
        @Override
        List<LoadPoint> points() {
            List<LoadPoint> points = new ArrayList<>();
            for (int x : new int[] {32, 128, 512, 2 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10}) {
                points.add(point("to one of 1,000 users", x, unicast(1_000, PUBLISHERS, 4, x)));
            }
            for (int x : new int[] {32, 512, 2 << 10, 8 << 10, 32 << 10, 64 << 10}) {
                points.add(point("to a topic of 1,000", x, topics(1_000, 1_000, 1_000, x)));
            }
            return points;
        }
    },
    /** The event loops of the router. */
    LOOPS("loops", "loops") {
        @Override
        List<LoadPoint> points() {
            List<LoadPoint> points = new ArrayList<>();
            for (int x = 1; x <= 3; x++) {
                points.add(new LoadPoint("to one of 1,000 users", x, x, unicast(1_000, PUBLISHERS, 8, SIZE_BYTES)));
                points.add(new LoadPoint("to a topic of 100", x, x, topics(1_000, 100, 1_000, SIZE_BYTES)));
            }
            return points;
        }
    },
    /** How many idle connections there are: memory. */
    MEMORY("memory", "idle connections"),
    /** How many topics each of 2,000 idle connections subscribes to: memory. */
    SUBSCRIPTIONS("subscriptions", "subscriptions of each connection");

    static final int DEFAULT_LOOPS = 2;

    private static final int PUBLISHERS = 64;
    private static final int SIZE_BYTES = 128;

    private final String word;
    private final String label;

    GrowthAxis(String word, String label) {
        this.word = word;
        this.label = label;
    }

    /** The name in commands and files. */
    String word() {
        return word;
    }

    /** What it counts. */
    String label() {
        return label;
    }

    /** The loads to measure; none where it is memory that is measured. */
    List<LoadPoint> points() {
        return List.of();
    }

    /** Whether the cost is memory instead of processor time. */
    boolean isMemory() {
        return this == MEMORY || this == SUBSCRIPTIONS;
    }

    /** The most loops that a point needs. */
    int mostLoops() {
        return points().stream().mapToInt(LoadPoint::serverLoops).max().orElse(DEFAULT_LOOPS);
    }

    /**
     * The axes of these names, or all without one.
     *
     * @throws IllegalArgumentException when there is none of a name
     */
    static List<GrowthAxis> of(List<String> words) {
        return words.isEmpty()
                ? List.of(values())
                : words.stream().map(GrowthAxis::of).toList();
    }

    private static GrowthAxis of(String word) {
        return Arrays.stream(values())
                .filter(axis -> axis.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("axis: " + word + " (expected one of "
                        + Arrays.stream(values()).map(GrowthAxis::word).collect(Collectors.joining(", ")) + ")"));
    }

    // ---- loads

    /** What brings a new server to its speed. */
    static List<GroupPlan> warmUp() {
        return List.of(unicast(1_000, PUBLISHERS, 8, SIZE_BYTES), topics(1_000, 1_000, 1_000, SIZE_BYTES));
    }

    private static LoadPoint point(String line, int x, GroupPlan group) {
        return new LoadPoint(line, x, DEFAULT_LOOPS, group);
    }

    private static GroupPlan unicast(int connections, int publishers, int window, int sizeBytes) {
        return new GroupPlan(
                "unicast", LoadScenario.UNICAST, connections, 0, publishers, 0, window, sizeBytes, false, 0, 0, 0);
    }

    private static GroupPlan paced(int connections) {
        return new GroupPlan(
                "paced", LoadScenario.UNICAST, connections, 0, PUBLISHERS, 20_000, 0, SIZE_BYTES, false, 0, 0, 0);
    }

    /** About 512 deliveries under way, as in {@link #unicast}. */
    private static GroupPlan devices(int each) {
        int messages = Math.max(1, 512 / each);
        return new GroupPlan(
                "devices",
                LoadScenario.DEVICES,
                1_024,
                1_024 / each,
                Math.min(PUBLISHERS, messages),
                0,
                Math.max(1, messages / PUBLISHERS),
                SIZE_BYTES,
                false,
                0,
                0,
                0);
    }

    /** About so many deliveries under way, or one message. */
    private static GroupPlan topics(int connections, int subscribers, int deliveries, int sizeBytes) {
        int messages = Math.max(1, deliveries / subscribers);
        return new GroupPlan(
                "topics",
                LoadScenario.FANOUT,
                connections,
                Math.max(1, connections / subscribers),
                Math.min(PUBLISHERS, messages),
                0,
                Math.max(1, messages / PUBLISHERS),
                sizeBytes,
                false,
                0,
                0,
                0);
    }
}
