package io.wsrouter.bench.scenario;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/**
 * One push of the router as a client reads it: its texts and numbers by key. The counts of {@code refused} are under
 * {@code refused.} and their outcome. Absent keys read as an empty text and zero.
 */
final class Push {

    private static final JsonFactory JSON = new JsonFactory();
    private static final String REFUSED = "refused.";

    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();

    private Push() {}

    /**
     * Reads a frame.
     *
     * @throws IOException when it is not a JSON object
     */
    static Push read(byte[] utf8) throws IOException {
        Push push = new Push();
        try (JsonParser parser = JSON.createParser(utf8)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("a push that is no object");
            }
            push.readObject(parser, "");
        }
        return push;
    }

    private void readObject(JsonParser parser, String prefix) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = prefix + parser.currentName();
            switch (parser.nextToken()) {
                case VALUE_STRING -> texts.put(key, parser.getText());
                case VALUE_NUMBER_INT -> counts.put(key, (int) parser.getLongValue());
                case START_OBJECT -> readObject(parser, key + '.');
                default -> parser.skipChildren();
            }
        }
    }

    String type() {
        return text("type");
    }

    String text(String key) {
        return texts.getOrDefault(key, "");
    }

    int count(String key) {
        return counts.getOrDefault(key, 0);
    }

    /** How many receivers of a receipt refused with {@code outcome}. */
    int refused(String outcome) {
        return count(REFUSED + outcome);
    }

    /** Tells how many receivers of a receipt refused with each outcome. */
    void forEachRefusal(ObjIntConsumer<String> refusal) {
        counts.forEach((key, count) -> {
            if (key.startsWith(REFUSED)) {
                refusal.accept(key.substring(REFUSED.length()), count);
            }
        });
    }

    /** How many receivers of a receipt refused. */
    int refused() {
        int sum = 0;
        for (Map.Entry<String, Integer> count : counts.entrySet()) {
            sum += count.getKey().startsWith(REFUSED) ? count.getValue() : 0;
        }
        return sum;
    }

    /** Whether matched = delivered + queued + refused. */
    boolean addsUp() {
        return count("matched") == count("delivered") + count("queued") + refused();
    }

    @Override
    public String toString() {
        return texts + " " + counts;
    }
}
