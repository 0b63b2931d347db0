package io.wsrouter.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.bench.load.LoadResult.Second;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A number of the server's statistics that is not the same at the end of a run.
 *
 * @param name the path to it
 * @param first in the first sample, 0 where it was not there
 */
record CounterChange(String name, double first, double last) {

    /** All of a run, by name. */
    static List<CounterChange> of(List<Second> series) {
        List<JsonNode> stats =
                series.stream().map(Second::stats).filter(Objects::nonNull).toList();
        if (stats.isEmpty()) {
            return List.of();
        }
        Map<String, Double> first = numbers(stats.get(0));
        List<CounterChange> changes = new ArrayList<>();
        numbers(stats.get(stats.size() - 1)).forEach((name, last) -> {
            double before = first.getOrDefault(name, 0.0);
            if (before != last) {
                changes.add(new CounterChange(name, before, last));
            }
        });
        return changes;
    }

    private static Map<String, Double> numbers(JsonNode stats) {
        Map<String, Double> numbers = new TreeMap<>();
        addNumbers("", stats, numbers);
        return numbers;
    }

    private static void addNumbers(String path, JsonNode node, Map<String, Double> into) {
        String prefix = path.isEmpty() ? "" : path + '.';
        if (node.isNumber()) {
            into.put(path, node.doubleValue());
        }
        node.properties().forEach(entry -> addNumbers(prefix + entry.getKey(), entry.getValue(), into));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            addNumbers(prefix + i, node.get(i), into);
        }
    }
}
