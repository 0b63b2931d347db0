package io.wsrouter.bench.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a group of connections does. */
public enum LoadScenario {
    /** Publishers send to random users. */
    UNICAST,
    /** Publishers send to random users, each of whom has several connections. */
    DEVICES,
    /** Publishers send to topics in turn; each connection subscribes to one topic. */
    FANOUT,
    /** Publishers send to one topic that every connection subscribes to. */
    BROADCAST,
    /** Connections come at a rate, send a message to themselves, and leave politely when they have it. */
    CHURN,
    /** Connections open and stay. */
    HOLD,
    /** As unicast, but some of the users stop reading, and come back when they have been cut off. */
    SLOW,
    /** As unicast, but all connections are reset at once and come back. */
    STORM;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The name in commands and files. */
    public String word() {
        return word;
    }

    /** Whether messages go to topics. */
    boolean hasTopics() {
        return this == FANOUT || this == BROADCAST;
    }

    /** Whether several connections listen to one address. */
    boolean isShared() {
        return hasTopics() || this == DEVICES;
    }

    /** Whether there is nothing to do without publishers. */
    boolean needsPublishers() {
        return this != CHURN && this != HOLD;
    }

    /**
     * The scenario of that name.
     *
     * @throws PlanException when there is none
     */
    static LoadScenario of(String key, String word) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new PlanException(key, word, "one of " + words()));
    }

    static String words() {
        return Arrays.stream(values()).map(LoadScenario::word).collect(Collectors.joining(", "));
    }
}
