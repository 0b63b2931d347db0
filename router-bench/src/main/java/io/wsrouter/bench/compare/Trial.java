package io.wsrouter.bench.compare;

import io.wsrouter.bench.load.GroupPlan;
import io.wsrouter.bench.load.LoadPlan;
import io.wsrouter.bench.load.LoadScenario;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tests. All messages have 128 bytes of payload. */
enum Trial {
    UNI1K("64 publishers to random ones of 1,000 users, window 8", true),
    UNI20K("64 publishers to random ones of 19,500 users, window 8", true),
    LAT20K("64 publishers to random ones of 1,000 users, 20,000 messages a second, open loop", false),
    FAN1K("1 publisher to 1,000 subscribers of a topic, window 1", true),
    FAN10K("1 publisher to 10,000 subscribers of a topic, window 1", false),
    FAN1KP("4 publishers to 1,000 subscribers of a topic, window 16", false),
    CONNECT("19,500 handshakes, 64 at a time, then idle", false);

    private static final int PAYLOAD_BYTES = 128;
    private static final int HANDSHAKES_AT_ONCE = 64;

    private final String text;
    private final boolean usesAllLoops;

    Trial(String text, boolean usesAllLoops) {
        this.text = text;
        this.usesAllLoops = usesAllLoops;
    }

    /**
     * The test of that name.
     *
     * @throws IllegalArgumentException naming what was wrong and what was expected
     */
    static Trial of(String word) {
        return Arrays.stream(values())
                .filter(trial -> trial.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("test " + word + " (expected one of "
                        + Arrays.stream(values()).map(Trial::word).collect(Collectors.joining(", ")) + ")"));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String text() {
        return text;
    }

    /** Whether it is held against a floor with as many threads as the servers have, and not against one thread. */
    boolean usesAllLoops() {
        return usesAllLoops;
    }

    /** What the load engine has to do. */
    LoadPlan plan(Contender contender, long seed, int loops, double warmupSeconds, double seconds) {
        boolean hasReceipts = contender.hasReceipts();
        GroupPlan group = switch (this) {
            case UNI1K -> unicast(1_000, 0, 8, hasReceipts);
            case UNI20K -> unicast(19_500, 0, 8, hasReceipts);
            case LAT20K -> unicast(1_000, 20_000, 0, hasReceipts);
            case FAN1K -> fanOut(1_000, 1, 1, hasReceipts);
            case FAN10K -> fanOut(10_000, 1, 1, hasReceipts);
            case FAN1KP -> fanOut(1_000, 4, 16, hasReceipts);
            case CONNECT -> new GroupPlan(word(), LoadScenario.HOLD, 19_500, 0, 0, 0, 0, PAYLOAD_BYTES, false, 0, 0, 0);
        };
        LoadPlan defaults = LoadPlan.of(contender.dialect(), seed, List.of(group));
        return new LoadPlan(
                defaults.dialect(),
                seed,
                this == CONNECT ? 0 : warmupSeconds,
                this == CONNECT ? 1 : seconds,
                defaults.drainSeconds(),
                defaults.connectSeconds(),
                defaults.handshakeSeconds(),
                HANDSHAKES_AT_ONCE,
                loops,
                contender.hasOnePublishingUser(),
                defaults.groups());
    }

    private GroupPlan unicast(int users, double rate, int window, boolean hasReceipts) {
        return new GroupPlan(
                word(), LoadScenario.UNICAST, users, 0, 64, rate, window, PAYLOAD_BYTES, hasReceipts, 0, 0, 0);
    }

    private GroupPlan fanOut(int subscribers, int publishers, int window, boolean hasReceipts) {
        return new GroupPlan(
                word(),
                LoadScenario.FANOUT,
                subscribers,
                1,
                publishers,
                0,
                window,
                PAYLOAD_BYTES,
                hasReceipts,
                0,
                0,
                0);
    }
}
