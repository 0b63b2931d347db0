package io.wsrouter.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A mix of groups from a YAML file, see {@code docs/load.md}. All that is wrong is told at once, each with its key and what was
 * expected.
 *
 * @param groups by name
 */
record MixFile(
        @Nullable Double warmupSeconds,
        @Nullable Double durationSeconds,
        @Nullable Long seed,
        List<GroupPlan> groups) {

    private static final List<String> KEYS = List.of("warmup", "duration", "seed", "rate", "groups");
    private static final List<String> GROUP_KEYS = List.of(
            "scenario",
            "connections",
            "topics",
            "users",
            "subscribers",
            "publishers",
            "rate",
            "weight",
            "window",
            "size",
            "receipts",
            "slow",
            "arrivals",
            "cuts");

    /**
     * Reads a file.
     *
     * @throws PlanException naming all that is wrong
     */
    static MixFile read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new PlanException("mix", file, "a file that can be read");
        }
    }

    /** Reads the text of a file. */
    static MixFile parse(String yaml) {
        return new Reader(tree(yaml)).read();
    }

    private static JsonNode tree(String yaml) {
        try {
            return YAMLMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                    .build()
                    .readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new PlanException("mix: " + e.getOriginalMessage() + " (expected YAML, line "
                    + (e.getLocation() == null ? 0 : e.getLocation().getLineNr()) + ")");
        }
    }

    private static final class Reader {

        private final JsonNode root;
        private final List<String> errors = new ArrayList<>();
        private double weights;

        Reader(JsonNode root) {
            this.root = root;
        }

        MixFile read() {
            if (!(root instanceof ObjectNode)) {
                throw new PlanException("mix: no mapping (expected the keys " + String.join(", ", KEYS) + ")");
            }
            requireKnown("", root, KEYS);
            Double total = decimal("", root, "rate");
            JsonNode listed = root.path("groups");
            if (!(listed instanceof ObjectNode) || listed.isEmpty()) {
                errors.add("groups: " + (listed.isMissingNode() ? "missing" : listed.toString())
                        + " (expected a mapping of names to groups)");
            }
            sumWeights(listed, total);
            List<GroupPlan> groups = new ArrayList<>();
            for (Map.Entry<String, JsonNode> entry : listed.properties()) {
                addGroup(groups, entry.getKey(), entry.getValue(), total);
            }
            Double warmup = seconds("warmup");
            Double duration = seconds("duration");
            Long seed = value("", root, "seed", "an integer", JsonNode::isIntegralNumber, JsonNode::asLong);
            if (!errors.isEmpty()) {
                throw new PlanException(String.join("\n", errors));
            }
            return new MixFile(warmup, duration, seed, groups);
        }

        private void requireKnown(String prefix, JsonNode node, List<String> known) {
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                if (!known.contains(entry.getKey())) {
                    errors.add(
                            prefix + entry.getKey() + ": unknown (expected one of " + String.join(", ", known) + ")");
                }
            }
        }

        private void sumWeights(JsonNode listed, @Nullable Double total) {
            for (JsonNode group : listed) {
                weights += group.path("weight").asDouble(0);
            }
            if (total != null && weights <= 0) {
                errors.add("rate: " + total + " (expected groups with a weight to share it)");
            }
        }

        private void addGroup(List<GroupPlan> groups, String name, JsonNode node, @Nullable Double total) {
            String prefix = "groups." + name + '.';
            if (!(node instanceof ObjectNode)) {
                errors.add(
                        "groups." + name + ": " + node + " (expected the keys " + String.join(", ", GROUP_KEYS) + ")");
                return;
            }
            requireKnown(prefix, node, GROUP_KEYS);
            String word = node.path("scenario").asText("missing");
            int before = errors.size();
            GroupOptions options = options(prefix, node, total);
            try {
                LoadScenario scenario = LoadScenario.of(prefix + "scenario", word);
                if (errors.size() == before) {
                    GroupPlan plan = options.plan(name, scenario, prefix);
                    errors.addAll(plan.errors(prefix));
                    groups.add(plan);
                }
            } catch (PlanException e) {
                errors.add(e.getMessage());
            }
        }

        private GroupOptions options(String prefix, JsonNode node, @Nullable Double total) {
            Double rate = decimal(prefix, node, "rate");
            Double weight = decimal(prefix, node, "weight");
            if (weight != null && (rate != null || total == null)) {
                errors.add(prefix + "weight: " + weight
                        + " (expected a rate for all groups beside it, and none of the group's own)");
            }
            return new GroupOptions(
                    integer(prefix, node, "connections"),
                    integer(prefix, node, node.has("users") ? "users" : "topics"),
                    integer(prefix, node, "subscribers"),
                    integer(prefix, node, "publishers"),
                    weight == null || total == null ? rate : Double.valueOf(total * weight / weights),
                    integer(prefix, node, "window"),
                    size(prefix, node),
                    value(prefix, node, "receipts", "true or false", JsonNode::isBoolean, JsonNode::asBoolean),
                    integer(prefix, node, "slow"),
                    decimal(prefix, node, "arrivals"),
                    integer(prefix, node, "cuts"));
        }

        private @Nullable Integer integer(String prefix, JsonNode node, String key) {
            return value(
                    prefix,
                    node,
                    key,
                    "an integer",
                    value -> value.isIntegralNumber() && value.canConvertToInt(),
                    JsonNode::asInt);
        }

        private @Nullable Double decimal(String prefix, JsonNode node, String key) {
            return value(
                    prefix,
                    node,
                    key,
                    "a number above 0",
                    value -> value.isNumber() && value.asDouble() > 0,
                    JsonNode::asDouble);
        }

        private <T> @Nullable T value(
                String prefix,
                JsonNode node,
                String key,
                String expected,
                Function<JsonNode, Boolean> isGood,
                Function<JsonNode, T> read) {
            JsonNode value = node.get(key);
            if (value == null || isGood.apply(value)) {
                return value == null ? null : read.apply(value);
            }
            errors.add(prefix + key + ": " + value + " (expected " + expected + ")");
            return null;
        }

        private @Nullable Double seconds(String key) {
            JsonNode value = root.get(key);
            try {
                return value == null ? null : Quantity.seconds(key, value.asText());
            } catch (PlanException e) {
                errors.add(e.getMessage());
                return null;
            }
        }

        private @Nullable Integer size(String prefix, JsonNode node) {
            JsonNode value = node.get("size");
            try {
                return value == null ? null : Quantity.bytes(prefix + "size", value.asText());
            } catch (PlanException e) {
                errors.add(e.getMessage());
                return null;
            }
        }
    }
}
