package io.wsrouter.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Recomputes what a result claims from what it has seen, and compares what was seen twice. */
public final class Verification {

    private final List<String> broken = new ArrayList<>();

    private Verification() {}

    /** The claims of a result that do not hold, each with what is written and what follows from the rest. */
    public static List<String> of(LoadResult result) throws IOException {
        Verification verification = new Verification();
        verification.compareShape(result);
        if (verification.broken.isEmpty()) {
            verification.compareCounts(result);
            JsonNode written = ResultFile.JSON.valueToTree(result);
            JsonNode follows = ResultFile.JSON.valueToTree(Conclusions.of(result));
            verification.compare("", written, follows);
        }
        return verification.broken;
    }

    // ---- what the claims are made of

    private void compareShape(LoadResult result) throws IOException {
        int groups = result.plan().groups().size();
        require("groups", result.groups().size(), groups);
        for (LoadResult.Second second : result.series()) {
            require(
                    "series at " + second.atSeconds() + ": groups",
                    second.groups().size(),
                    groups);
        }
        for (int i = 0; i < Math.min(groups, result.groups().size()); i++) {
            LoadResult.Group group = result.groups().get(i);
            GroupPlan plan = result.plan().groups().get(i);
            for (String numbers :
                    List.of(group.sentTo(), group.receivedBy(), group.refusedFor(), group.uncertainFor())) {
                require(group.name() + ": addresses", Packed.ints(numbers).length, plan.targets());
            }
        }
    }

    /** What was counted in two places has to agree. */
    private void compareCounts(LoadResult result) throws IOException {
        for (int i = 0; i < result.groups().size(); i++) {
            LoadResult.Group group = result.groups().get(i);
            String name = "groups." + group.name() + '.';
            require(name + "counts.sent", Conclusions.count(group, Count.SENT), sum(group.sentTo()));
            require(name + "counts.received", Conclusions.count(group, Count.RECEIVED), sum(group.receivedBy()));
            require(
                    name + "counts.receipts",
                    Conclusions.count(group, Count.RECEIPTS),
                    group.outcomes().values().stream()
                            .mapToLong(Long::longValue)
                            .sum());
            long asked = result.plan().groups().get(i).receipts() ? Conclusions.count(group, Count.SENT) : 0;
            require(
                    name + "counts.receipts_missing",
                    Conclusions.count(group, Count.RECEIPTS_MISSING),
                    asked - Conclusions.count(group, Count.RECEIPTS));
            int index = i;
            requireAtMost(
                    "series: sent of " + group.name(),
                    result.series().stream()
                            .mapToLong(second -> second.groups().get(index).sent())
                            .sum(),
                    Conclusions.count(group, Count.SENT));
            requireAtMost(
                    "series: received of " + group.name(),
                    result.series().stream()
                            .mapToLong(second -> second.groups().get(index).received())
                            .sum(),
                    Conclusions.count(group, Count.RECEIVED));
            requireAtMost(
                    name + "latency count",
                    Packed.histogram(group.latency()).getTotalCount(),
                    Conclusions.count(group, Count.RECEIVED));
        }
        requireWindow(result);
    }

    /** The measured seconds add up to what was planned; a tick may be late by as much as a busy machine makes it. */
    private void requireWindow(LoadResult result) {
        double measured = result.series().stream()
                .filter(second -> second.phase().equals(Conclusions.MEASURE))
                .mapToDouble(LoadResult.Second::seconds)
                .sum();
        double planned = result.plan().durationSeconds();
        if (Math.abs(measured - planned) > 0.5 + planned / 10) {
            broken.add("series: " + measured + " s measured (planned " + planned + " s)");
        }
    }

    private static long sum(String packed) throws IOException {
        long sum = 0;
        for (int number : Packed.ints(packed)) {
            sum += number;
        }
        return sum;
    }

    private void require(String what, long written, long follows) {
        if (written != follows) {
            broken.add(what + ": " + written + " (follows " + follows + ")");
        }
    }

    private void requireAtMost(String what, long written, long most) {
        if (written > most) {
            broken.add(what + ": " + written + " (at most " + most + " were counted at the end)");
        }
    }

    // ---- the claims

    private void compare(String path, JsonNode written, JsonNode follows) {
        if (written instanceof ObjectNode && follows instanceof ObjectNode) {
            for (Map.Entry<String, JsonNode> entry : written.properties()) {
                String key = path.isEmpty() ? entry.getKey() : path + '.' + entry.getKey();
                compare(key, entry.getValue(), follows.path(entry.getKey()));
            }
            for (Map.Entry<String, JsonNode> entry : follows.properties()) {
                if (!written.has(entry.getKey())) {
                    broken.add(path + '.' + entry.getKey() + ": missing (follows " + entry.getValue() + ")");
                }
            }
        } else if (written.isArray() && follows.isArray() && written.size() == follows.size()) {
            for (int i = 0; i < written.size(); i++) {
                String name = written.get(i).path("name").asText(Integer.toString(i));
                compare(path + '.' + name, written.get(i), follows.get(i));
            }
        } else if (!written.equals(follows)) {
            broken.add(path + ": " + written + " (follows " + follows + ")");
        }
    }
}
