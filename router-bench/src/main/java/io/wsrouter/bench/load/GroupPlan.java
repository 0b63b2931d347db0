package io.wsrouter.bench.load;

import java.util.ArrayList;
import java.util.List;

/**
 * What one group of a run does. All figures are of the whole run, however many processes share them.
 *
 * @param name tells groups apart in the result
 * @param connections that receive, without those of the publishers
 * @param topics that the connections subscribe to, in turn, or users that they belong to; 0 where the scenario has neither
 * @param publishers connections that only publish
 * @param rate of publishes a second, all publishers together; 0 for a closed loop
 * @param window of a closed loop: how many publishes of a publisher may be under way; 0 for an open loop
 * @param sizeBytes of the data of a message
 * @param receipts whether every publish asks for one
 * @param slow how many of the connections stop reading
 * @param arrivals of connections a second that come and go
 * @param cuts how often all connections are reset within the measured time
 */
public record GroupPlan(
        String name,
        LoadScenario scenario,
        int connections,
        int topics,
        int publishers,
        double rate,
        int window,
        int sizeBytes,
        boolean receipts,
        int slow,
        double arrivals,
        int cuts) {

    static final int MOST_BYTES = 1 << 20;
    private static final int MOST_NUMBERS = 1 << 24;

    boolean isOpenLoop() {
        return rate > 0;
    }

    /** Whether connections send to themselves. */
    boolean sendsToItself() {
        return scenario == LoadScenario.CHURN;
    }

    /** How many addresses its messages go to. */
    int targets() {
        return scenario.isShared() ? topics : connections;
    }

    /** How many receivers the address of that place has. */
    int receiversOf(int target) {
        return scenario.isShared() ? connections / topics + (target < connections % topics ? 1 : 0) : 1;
    }

    /** How many different publishers a receiver may hear of: all of them, and itself. */
    int sources() {
        return publishers + (sendsToItself() ? 1 : 0);
    }

    /** Whether a message to this address may be given up although nobody did wrong. */
    boolean mayGiveUp(int target) {
        return scenario == LoadScenario.STORM || (scenario == LoadScenario.SLOW && target < slow);
    }

    /** Whether something is wrong when no message is received at all. */
    boolean needsMessages() {
        return scenario != LoadScenario.HOLD;
    }

    /** What is wrong with it, each with key, value and what was expected. */
    List<String> errors(String prefix) {
        Errors errors = new Errors(prefix);
        errors.require(
                "connections",
                connections,
                connections >= 1 && connections < MOST_NUMBERS,
                "1 to " + (MOST_NUMBERS - 1));
        errors.require(
                scenario == LoadScenario.DEVICES ? "users" : "topics",
                topics,
                scenario.isShared() ? topics >= 1 && topics <= connections : topics == 0,
                scenario.isShared() ? "1 to the number of connections" : "none: " + scenario.word() + " has no topics");
        errors.require("publishers", publishers, publishers >= 0 && publishers < 1 << 20, "0 to 1048575");
        errors.require(
                "publishers",
                publishers,
                publishers > 0 || !scenario.needsPublishers(),
                "at least 1 for " + scenario.word());
        errors.require("rate", rate, rate >= 0 && rate <= 1e8, "publishes a second, up to 100000000");
        errors.require("window", window, window >= 0 && window <= 1 << 16, "publishes under way, up to 65536");
        errors.require(
                "rate and window",
                rate + " and " + window,
                publishers == 0 || rate > 0 != window > 0,
                "one of them: rate for an open loop, window for a closed one");
        errors.require(
                "size",
                sizeBytes,
                sizeBytes >= Payload.LEAST_BYTES && sizeBytes <= MOST_BYTES,
                Payload.LEAST_BYTES + " bytes to 1MiB");
        boolean isSlow = scenario == LoadScenario.SLOW;
        errors.require(
                "slow",
                slow,
                isSlow ? slow >= 1 && slow <= connections : slow == 0,
                isSlow ? "1 to the number of connections" : "none: only in scenario slow");
        boolean isChurn = scenario == LoadScenario.CHURN;
        errors.require(
                "arrivals",
                arrivals,
                isChurn ? arrivals > 0 && arrivals <= 1e6 : arrivals == 0,
                isChurn ? "connections a second, above 0" : "none: only in scenario churn");
        boolean isStorm = scenario == LoadScenario.STORM;
        errors.require(
                "cuts",
                cuts,
                isStorm ? cuts >= 1 && cuts <= 100 : cuts == 0,
                isStorm ? "1 to 100" : "none: only in scenario storm");
        return errors.list;
    }

    private record Errors(String prefix, List<String> list) {

        Errors(String prefix) {
            this(prefix, new ArrayList<>());
        }

        void require(String key, Object value, boolean holds, String expected) {
            if (!holds) {
                list.add(prefix + key + ": " + value + " (expected " + expected + ")");
            }
        }
    }
}
