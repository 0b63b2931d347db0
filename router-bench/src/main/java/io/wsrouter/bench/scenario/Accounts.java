package io.wsrouter.bench.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** Holds every message of the scenario slow against its receipt and against what was read, when all have gone. */
final class Accounts {

    private static final int DRAINING = 1012;

    private final Population population;
    private final Verdict verdict;

    Accounts(Population population, Verdict verdict) {
        this.population = population;
        this.verdict = verdict;
    }

    private Stream<Ledger> ledgers() {
        return Stream.concat(population.steadyLedgers(), population.floodLedgers());
    }

    private long sum(ToLongFunction<Ledger> figure) {
        return ledgers().mapToLong(figure).sum();
    }

    /** Every publish has one receipt, and every receipt adds up. */
    void checkReceipts() {
        say("steady", population.steadyLedgers().toList());
        say("flood", population.floodLedgers().toList());
        verdict.none("publishes without a receipt", sum(Ledger::outstanding));
        verdict.none("receipts for nothing or given twice", sum(Ledger::strangeReceipts));
        verdict.none("receipts that do not add up", sum(Ledger::wrongSums));
        verdict.none("other pushes to publishers", sum(Ledger::otherPushes));
        verdict.none("batches over HTTP without an answer", population.failedBatches());
        verdict.say("      connections of stragglers closed, by code: %s", population.closes());
    }

    private void say(String name, List<Ledger> ledgers) {
        Map<String, Long> outcomes = Population.sum(ledgers.stream().map(Ledger::outcomes));
        Map<String, Long> refusals = Population.sum(ledgers.stream().map(Ledger::refusals));
        verdict.say(
                "      %s: published %,d; %s; refused by receivers %s",
                name, ledgers.stream().mapToLong(Ledger::size).sum(), outcomes, refusals);
    }

    /** Those who read well have got all, and nobody has got more than the receipts say. */
    void checkReadings() {
        int measured = population.measured().size();
        long undelivered = 0;
        long unread = 0;
        long unreadOfTopic = 0;
        long beyond = 0;
        long deliveredUnread = 0;
        long queuedUnread = 0;
        for (Ledger ledger : ledgers().toList()) {
            for (int i = 0; i < ledger.size(); i++) {
                int read = population.received(ledger, i);
                int readByStragglers = population.receivedByStragglers(ledger, i);
                int granted = ledger.delivered(i) + ledger.queued(i);
                if (ledger.user(i) == Ledger.TOPIC) {
                    unreadOfTopic += Math.abs(measured - read);
                } else if (ledger.user(i) < measured) {
                    undelivered += ledger.matched(i) == 1 && ledger.delivered(i) == 1 ? 0 : 1;
                    unread += Math.abs(ledger.delivered(i) - read);
                }
                int readByAll = read + readByStragglers;
                beyond += Math.max(0, readByAll - granted);
                deliveredUnread += Math.max(0, ledger.delivered(i) - readByAll);
                queuedUnread += Math.min(ledger.queued(i), Math.max(0, granted - readByAll));
            }
        }
        verdict.none("messages to those who read well that were not delivered to 1 of 1", undelivered);
        verdict.none("of them, receipts and readings that differ", unread);
        verdict.none("messages of the topic that one who reads well did not read once", unreadOfTopic);
        verdict.none("readings beyond delivered + queued of the receipt", beyond);
        verdict.say("      queued when the receipt was due, and not read later: %,d", queuedUnread);
        checkTold(deliveredUnread);
        checkReaders("those who read well", population.measured());
        checkReaders("the stragglers", population.stragglers());
        verdict.equal(
                "connections of those who read well that held to the end",
                population.measured().stream()
                        .filter(reader -> reader.hasClosedOnceWith(DRAINING))
                        .count(),
                measured);
    }

    /**
     * Who was never cut off has read all that was delivered, and was told of every message that it did not get because it was
     * too slow.
     */
    private void checkTold(long deliveredUnread) {
        List<Reader> readers = Stream.concat(population.measured().stream(), population.stragglers().stream())
                .toList();
        long missed = sum(Accounts::matched) - sum(Accounts::refusedBesides) - sum(readers, Reader::received);
        long told = sum(readers, Reader::told);
        if (population.closes().keySet().equals(Set.of(DRAINING))) {
            verdict.none("delivered and not read", deliveredUnread);
            verdict.equal("messages that receivers were told they have missed", told, missed);
        } else {
            verdict.say("      delivered, and lost with a connection that was cut off: %,d", deliveredUnread);
            verdict.say("      messages missed: %,d; told of before the connection was cut off: %,d", missed, told);
        }
    }

    private void checkReaders(String whose, List<Reader> readers) {
        verdict.say("      %s read %,d", whose, sum(readers, Reader::received));
        verdict.none("misdelivered to " + whose, sum(readers, Reader::misdelivered));
        verdict.none("corrupt at " + whose, sum(readers, Reader::corrupt));
        verdict.none("out of order or twice at " + whose, sum(readers, Reader::outOfOrder));
        verdict.none("other pushes to " + whose, sum(readers, Reader::otherPushes));
    }

    private static long sum(List<Reader> readers, ToLongFunction<Reader> figure) {
        return readers.stream().mapToLong(figure).sum();
    }

    /** The router's own figures are those of the receipts. */
    void checkStats(JsonNode stats) {
        verdict.equal("router: published", stats.path("published").asLong(), sum(Ledger::size));
        long matched = sum(Accounts::matched);
        verdict.equal("router: matched", stats.path("matched").asLong(), matched);
        verdict.equal("router: delivered + refused", decided(stats), matched);
        verdict.equal("router: connections", stats.path("connections").asLong(), population.connections());
        for (String figure : List.of("misdelivery_refused", "duplicate_ids", "bugs")) {
            verdict.none("router: " + figure, stats.path(figure).asLong());
        }
    }

    /** Whether nothing waits any more of what has found a receiver, and everybody is there again. */
    static boolean isSettled(JsonNode stats, Population population) {
        return decided(stats) == stats.path("matched").asLong()
                && stats.path("connections").asLong() == population.connections();
    }

    private static long decided(JsonNode stats) {
        return stats.path("delivered").asLong() + stats.path("refused").asLong();
    }

    /** How many receivers have refused for another reason than that they were too slow. */
    private static long refusedBesides(Ledger ledger) {
        return ledger.refusals().entrySet().stream()
                .filter(refusal -> !refusal.getKey().equals("slow_consumer"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static long matched(Ledger ledger) {
        long matched = 0;
        for (int i = 0; i < ledger.size(); i++) {
            matched += ledger.matched(i);
        }
        return matched;
    }
}
