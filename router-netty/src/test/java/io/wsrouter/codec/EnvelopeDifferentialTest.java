package io.wsrouter.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wsrouter.address.Address;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.Pushes;
import io.wsrouter.protocol.RawJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The decoder against Jackson's tree model, which reads everything and keeps nothing as it was. */
final class EnvelopeDifferentialTest {

    private static final EnvelopeDecoder DECODER = new EnvelopeDecoder();

    private static final int ENVELOPES = 100_000;
    private static final Set<String> KEYS = Set.of("type", "id", "to", "event", "data", "priority", "user", "ttlMs");
    private static final List<String> VALUES = List.of(
            "\"publish\"",
            "\"ping\"",
            "\"user:alice\"",
            "\"topic:chat.1\"",
            "\"high\"",
            "\"alice\"",
            "\"\"",
            "\"\\u0061\\\"\\\\/\"",
            "\"\u00e9\ud83d\ude00\"",
            "1",
            "-0.5e+10",
            "1e400",
            "12345678901234567890123",
            "true",
            "false",
            "null",
            "[]",
            "{}",
            "[1, [2,\t[]]]",
            "{\"a\": {\"a\":1,\"a\":2}}");
    private static final List<String> NAMES = List.of(
            "type",
            "id",
            "to",
            "event",
            "data",
            "priority",
            "user",
            "token",
            "from",
            "user_id",
            "x",
            "\\u0074o",
            "ttlMs");
    private static final List<String> TTLS =
            List.of("1", "3000", "300000", "300001", "0", "-1", "1.5", "3e3", "99999999999999999999", "null");
    private static final byte[] INTERESTING = "{}[]\",:\\ \n0123e.-+tfnu\0\u007f".getBytes(UTF_8);

    /** Tells whether a text is JSON with unique keys at its top; depth is judged by the parser, too. */
    private static final JsonMapper TREE = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(65)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    @Test
    void shouldAgreeWithTheTreeModel() {
        long seed = System.nanoTime();
        RandomGenerator random = new SplittableRandom(seed);
        int accepted = 0;
        for (int i = 0; i < ENVELOPES; i++) {
            byte[] envelope = envelope(random);
            if (random.nextInt(3) == 0) {
                envelope = mutated(envelope, random);
            }
            if (!isUtf8(envelope)) {
                continue;
            }
            byte[] larger = Arrays.copyOf(envelope, envelope.length + 8);
            Arrays.fill(larger, envelope.length, larger.length, (byte) '}');

            Command command = DECODER.decode(larger, envelope.length);

            String context = "seed " + seed + ", envelope " + i + ": " + new String(envelope, UTF_8);
            accepted += compare(context, envelope, command) ? 1 : 0;
        }
        assertThat(accepted).as("accepted, seed " + seed).isGreaterThan(ENVELOPES / 10);
    }

    /** Fails when the decoder and the tree disagree, and tells whether it is a publish. */
    static boolean compare(String context, byte[] envelope, Command command) {
        JsonNode tree = tree(envelope);
        boolean isPublish = tree != null
                && "publish".equals(text(tree, "type"))
                && text(tree, "to") != null
                && isStringOrAbsent(tree, "id")
                && tree.path("id").asText().length() <= Command.MAX_ID_LENGTH
                && isStringOrAbsent(tree, "event")
                && isStringOrAbsent(tree, "user")
                && isStringOrAbsent(tree, "priority")
                && (!tree.has("priority")
                        || Priority.ofWord(tree.get("priority").textValue()) != null)
                && isTtlOrAbsent(tree.get("ttlMs"))
                && isAddress(text(tree, "to"))
                && !(tree.has("user") && text(tree, "to").startsWith("topic:"));
        assertThat(command instanceof Command.Publish).as(context).isEqualTo(isPublish);
        if (!(command instanceof Command.Publish publish)) {
            return false;
        }
        assertThat(publish.id()).as(context).isEqualTo(text(tree, "id"));
        assertThat(publish.to()).as(context).isEqualTo(Address.parse(text(tree, "to")));
        assertThat(publish.claimedOwner()).as(context).isEqualTo(text(tree, "user"));
        assertThat(publish.priority().word())
                .as(context)
                .isEqualTo(tree.path("priority").asText("normal"));
        assertThat(publish.ttlMs()).as(context).isEqualTo(tree.path("ttlMs").asInt(Command.Publish.NO_TTL));
        assertRaw(context, envelope, publish.data(), tree.get("data"));
        assertRaw(context, envelope, publish.event(), tree.get("event"));
        return true;
    }

    private static boolean isTtlOrAbsent(@Nullable JsonNode ttlMs) {
        return ttlMs == null
                || (ttlMs.isIntegralNumber()
                        && ttlMs.canConvertToInt()
                        && ttlMs.intValue() >= 1
                        && ttlMs.intValue() <= 300_000);
    }

    /** The raw text is a piece of the envelope, without space around it, and means what the tree says. */
    private static void assertRaw(String context, byte[] envelope, RawJson raw, JsonNode expected) {
        if (expected == null) {
            assertThat(raw).as(context).isNull();
            return;
        }
        Address nobody = Address.user("n");
        String push = new String(Pushes.message(nobody, nobody, null, 1, raw), UTF_8);
        String text = push.substring(push.indexOf(",\"data\":") + 8, push.length() - 1);
        assertThat(text).as(context).isEqualTo(text.strip());
        assertThat(new String(envelope, UTF_8)).as(context).contains(text);
        assertThat(parse(text.getBytes(UTF_8))).as(context).isEqualTo(expected);
    }

    /** The envelope as an object of known keys, each of them once, or null. */
    private static JsonNode tree(byte[] envelope) {
        if (envelope.length > 0 && envelope[0] < 0) {
            return null;
        }
        for (int i = 0; i < Math.min(4, envelope.length); i++) {
            if (envelope[i] == 0) {
                return null;
            }
        }
        JsonNode tree = parse(envelope);
        if (tree == null || !tree.isObject() || tree.size() != keyCount(envelope)) {
            return null;
        }
        for (Iterator<String> names = tree.fieldNames(); names.hasNext(); ) {
            if (!KEYS.contains(names.next())) {
                return null;
            }
        }
        return tree;
    }

    private static JsonNode parse(byte[] json) {
        try {
            return TREE.readTree(json);
        } catch (IOException e) {
            return null;
        }
    }

    private static int keyCount(byte[] envelope) {
        int count = 0;
        try (JsonParser parser = TREE.getFactory().createParser(envelope)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                count++;
                parser.nextToken();
                parser.skipChildren();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return count;
    }

    private static byte[] envelope(RandomGenerator random) {
        StringBuilder json = new StringBuilder("{");
        boolean isProper = random.nextInt(4) > 0;
        if (isProper) {
            json.append("\"type\":\"publish\",\"to\":").append(random.nextBoolean() ? "\"user:alice\"" : "\"topic:t\"");
        }
        int pairs = random.nextInt(isProper ? 3 : 5);
        for (int i = 0; i < pairs; i++) {
            json.append(json.length() > 1 ? "," : "").append(space(random));
            String name = isProper && random.nextInt(8) > 0
                    ? List.of("data", "event", "id", "user", "ttlMs").get(random.nextInt(5))
                    : pick(NAMES, random);
            String value = name.equals("ttlMs")
                    ? pick(TTLS, random)
                    : !name.equals("data") && random.nextInt(4) > 0
                            ? pick(VALUES.subList(0, 9), random)
                            : value(random);
            json.append('"')
                    .append(name)
                    .append('"')
                    .append(space(random))
                    .append(':')
                    .append(space(random));
            json.append(value).append(space(random));
        }
        return json.append('}').append(space(random)).toString().getBytes(UTF_8);
    }

    private static String value(RandomGenerator random) {
        return switch (random.nextInt(6)) {
            case 0 -> {
                int depth = 60 + random.nextInt(8);
                yield "[".repeat(depth) + "]".repeat(depth);
            }
            case 1 -> "[" + pick(VALUES, random) + space(random) + "," + pick(VALUES, random) + "]";
            case 2 -> "{\"k\":" + pick(VALUES, random) + "}";
            default -> pick(VALUES, random);
        };
    }

    private static byte[] mutated(byte[] envelope, RandomGenerator random) {
        byte[] mutated = envelope.clone();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            int at = random.nextInt(mutated.length);
            switch (random.nextInt(4)) {
                case 0 -> mutated[at] = INTERESTING[random.nextInt(INTERESTING.length)];
                case 1 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> mutated = Arrays.copyOf(mutated, Math.max(1, at));
                default -> {
                    byte[] longer = Arrays.copyOf(mutated, mutated.length + 1);
                    System.arraycopy(mutated, at, longer, at + 1, mutated.length - at);
                    longer[at] = INTERESTING[random.nextInt(INTERESTING.length)];
                    mutated = longer;
                }
            }
        }
        return mutated;
    }

    private static String space(RandomGenerator random) {
        return random.nextInt(3) > 0 ? "" : pick(List.of(" ", "\t", "\r\n", "  "), random);
    }

    private static String pick(List<String> from, RandomGenerator random) {
        return from.get(random.nextInt(from.size()));
    }

    private static String text(JsonNode tree, String name) {
        JsonNode value = tree.get(name);
        return value == null || !value.isTextual() ? null : value.textValue();
    }

    private static boolean isStringOrAbsent(JsonNode tree, String name) {
        return !tree.has(name) || tree.get(name).isTextual();
    }

    private static boolean isAddress(String text) {
        try {
            Address.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static boolean isUtf8(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
