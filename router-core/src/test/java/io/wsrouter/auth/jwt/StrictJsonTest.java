package io.wsrouter.auth.jwt;

import static io.wsrouter.auth.jwt.TestTokens.failureOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.io.Deserializer;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {

    @Test
    void shouldReadEveryKindOfValue() {
        Map<String, Object> object = StrictJson.readObject("""
                {"text":"a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\uDE00 \u00e9","empty":"","long":-12,"zero":0,
                "fraction":1.5e-1,"true":true,"false":false,"null":null,"list":[1,"2",[],{}],"object":{"a":{"b":[null]}}}
                """);

        assertThat(object.keySet())
                .containsExactly(
                        "text", "empty", "long", "zero", "fraction", "true", "false", "null", "list", "object");
        assertThat(object)
                .containsEntry("text", "a\"\\/\b\f\n\r\t\u00e9\ud83d\ude00 \u00e9")
                .containsEntry("empty", "")
                .containsEntry("long", -12L)
                .containsEntry("zero", 0L)
                .containsEntry("fraction", 0.15)
                .containsEntry("true", true)
                .containsEntry("false", false)
                .containsEntry("null", null)
                .containsEntry("list", List.of(1L, "2", List.of(), Map.of()))
                .containsEntry("object", Map.of("a", Map.of("b", Arrays.asList((Object) null))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[]",
                "1",
                "\"a\"",
                "null",
                "{}{}",
                "{} ,",
                "{} \u0000",
                "{}\u000b",
                "{}\u00a0",
                "\ufeff{}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\" 1}",
                "{\"a\":1,}",
                "{,}",
                "{,\"a\":1}",
                "{a:1}",
                "{'a':1}",
                "{1:1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1;\"b\":2}",
                "{\"a\":[}",
                "{\"a\":[1,]}",
                "{\"a\":[,1]}",
                "{\"a\":[1 2]}",
                "{\"a\":tru}",
                "{\"a\":True}",
                "{\"a\":nulll}",
                "{\"a\":undefined}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":-}",
                "{\"a\":+1}",
                "{\"a\":01}",
                "{\"a\":-01}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":1e+}",
                "{\"a\":1e+-5}",
                "{\"a\":1e-+5}",
                "{\"a\":\"\\u00\u00801\"}",
                "{\"a\":0x10}",
                "{\"a\":1_000}",
                "{\"a\":\u0661}",
                "{\"a\":\"}",
                "{\"a\":\"b\nc\"}",
                "{\"a\":\"b\u0000\"}",
                "{\"a\":\"\\x41\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\\u12G4\"}",
                "{\"a\":\"\\u\u0661234\"}",
                "{\"a\":\"\\\"}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":\"\\udc00\\ud800\"}",
                "{\"a\":\"\\ud800x\"}",
                "{\"\\ud800\":1}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"x\":[{\"a\":1,\"a\":1}]}",
                "{} // comment",
                "{/**/}",
            })
    void shouldRefuseAnythingElse(String text) {
        assertThat(failureOf(() -> StrictJson.readObject(text))).isEqualTo(AuthFailure.TOKEN_MALFORMED);
        assertThat(failureOf(() -> StrictJson.readObject(text.getBytes(UTF_8)))).isEqualTo(AuthFailure.TOKEN_MALFORMED);
    }

    @Test
    void shouldTakeWhitespaceWhereverItMayStand() {
        assertThat(StrictJson.readObject("\r\n\t { \"a\" : [ 1 , [ ] ] , \"b\" : { } , \"c\"\t:\r1\n}\t\r\n "))
                .isEqualTo(Map.of("a", List.of(1L, List.of()), "b", Map.of(), "c", 1L));
    }

    @Test
    void shouldKeepOnlyIntegersThatFitAsIntegers() {
        assertThat(StrictJson.readObject("{\"a\":999999999999999999}")).containsEntry("a", 999_999_999_999_999_999L);
        assertThat(StrictJson.readObject("{\"a\":9999999999999999999}").get("a"))
                .isInstanceOf(Double.class);
        assertThat(StrictJson.readObject("{\"a\":1.0}").get("a")).isInstanceOf(Double.class);
        assertThat(StrictJson.readObject("{\"a\":1e0}").get("a")).isInstanceOf(Double.class);
        assertThat(StrictJson.readObject("{\"a\":" + "9".repeat(6000) + "}").get("a"))
                .isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void shouldBoundTheDepth() {
        assertThat(StrictJson.readObject("{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}"))
                .containsOnlyKeys("a");
        assertThat(failureOf(() -> StrictJson.readObject("{\"a\":" + "[".repeat(32) + "]".repeat(32) + "}")))
                .isEqualTo(AuthFailure.TOKEN_MALFORMED);
        assertThat(failureOf(() -> StrictJson.readObject("{\"a\":".repeat(100_000))))
                .isEqualTo(AuthFailure.TOKEN_MALFORMED);
    }

    /** Whatever is accepted means the same to Jackson, which JJWT brings along and other verifiers of a token may use. */
    @Test
    void shouldAgreeWithJacksonOnEverythingItAccepts() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Deserializer<?> jackson =
                ServiceLoader.load(Deserializer.class).findFirst().orElseThrow();
        String alphabet = "{}[]:,\"\\\"\"ab 01-.eEtrufalsn\\u0041\n\u00e9";
        int accepted = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder(randomObject(random, 0));
            for (int mutations = random.nextInt(3); mutations > 0; mutations--) {
                int at = random.nextInt(text.length());
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, c);
                    case 1 -> text.insert(at, c);
                    default -> text.deleteCharAt(at);
                }
            }
            Map<String, Object> object;
            try {
                object = StrictJson.readObject(text.toString());
            } catch (AuthenticationException e) {
                continue;
            }
            accepted++;
            assertThat(normal(jackson.deserialize(new StringReader(text.toString()))))
                    .as("seed %d, text %s", seed, text)
                    .isEqualTo(normal(object));
        }
        assertThat(accepted).as("seed %d", seed).isGreaterThan(15_000);
    }

    private static String randomObject(Random random, int depth) {
        StringBuilder object = new StringBuilder("{");
        int members = random.nextInt(4);
        for (int i = 0; i < members; i++) {
            object.append(i == 0 ? "" : ",")
                    .append(i == 0 ? randomString(random) : "\"key" + i + '"')
                    .append(random.nextBoolean() ? ":" : " : ")
                    .append(randomValue(random, depth + 1));
        }
        return object.append('}').toString();
    }

    private static String randomValue(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 6 : 8)) {
            case 0 -> randomString(random);
            case 1 -> Long.toString(random.nextLong() >> random.nextInt(64));
            case 2 -> Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
            case 3 -> "true";
            case 4 -> "false";
            case 5 -> "null";
            case 6 -> randomObject(random, depth);
            default ->
                random.ints(random.nextInt(4), 0, 10)
                        .mapToObj(ignored -> randomValue(random, depth + 1))
                        .collect(Collectors.joining(",", "[", "]"));
        };
    }

    private static String randomString(Random random) {
        String[] pieces = {
            "a", "b", "sub", " ", "\\n", "\\\"", "\\\\", "\\u0061", "\\ud83d\\ude00", "\u00e9", "\ud83d\ude00"
        };
        return random.ints(random.nextInt(5), 0, pieces.length)
                .mapToObj(i -> pieces[i])
                .collect(Collectors.joining("", "\"", "\""));
    }

    private static Object normal(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> List.of(entry.getKey(), String.valueOf(normal(entry.getValue()))))
                    .toList();
        }
        if (value instanceof List<?> list) {
            return list.stream()
                    .map(StrictJsonTest::normal)
                    .map(String::valueOf)
                    .toList();
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        return value;
    }
}
