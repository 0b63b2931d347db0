package io.wsrouter.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Receipt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client reads in a frame that the router sent.
 *
 * @param json one object
 */
public record Push(JsonNode json) {

    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Reads a frame as strictly as a client may: one object, no key twice, nothing after it. */
    public static Push parse(String frame) {
        try {
            JsonNode json = STRICT.readTree(frame);
            if (!json.isObject()) {
                throw new AssertionError("not an object: " + frame);
            }
            return new Push(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + frame, e);
        }
    }

    public String type() {
        return text("type");
    }

    public @Nullable String id() {
        return json.hasNonNull("id") ? text("id") : null;
    }

    public String text(String key) {
        return json.required(key).textValue();
    }

    public long number(String key) {
        return json.required(key).longValue();
    }

    /** An object of numbers by outcome, such as {@code refused}. */
    public Map<Outcome, Integer> counts(String key) {
        Map<Outcome, Integer> counts = new LinkedHashMap<>();
        json.required(key)
                .properties()
                .forEach(e -> counts.put(outcome(e.getKey()), e.getValue().intValue()));
        return counts;
    }

    /** Everything that a receipt says. */
    public Receipt receipt() {
        List<String> unknown = new ArrayList<>();
        json.path("unknown").forEach(node -> unknown.add(node.textValue()));
        return new Receipt(
                outcome(text("outcome")),
                (int) number("matched"),
                (int) number("delivered"),
                (int) number("queued"),
                counts("refused"),
                unknown);
    }

    private static Outcome outcome(String word) {
        return Outcome.valueOf(word.toUpperCase(Locale.ROOT));
    }
}
