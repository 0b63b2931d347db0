package io.wsrouter.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.routing.Push;
import io.wsrouter.routing.SeedWatcher;
import io.wsrouter.routing.Seeds;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedWatcher.class)
final class PushesTest {

    private static final Address ALICE = Address.user("alice");
    private static final Address BOB = Address.user("bob");

    @Test
    void shouldWelcome() {
        ConnectionId id = ConnectionId.parse("ws_alice_1757375098_6ead719c");

        assertThat(text(Pushes.welcome(id, "n1", 25, 65536, 1757378698)))
                .isEqualTo("{\"type\":\"welcome\",\"connection\":\"ws_alice_1757375098_6ead719c\",\"user\":\"alice\","
                        + "\"node\":\"n1\",\"heartbeat\":25,\"maxMessageBytes\":65536,\"expires\":1757378698}");
    }

    @Test
    void shouldCarryAMessage() {
        byte[] json = Pushes.message(
                ALICE, BOB, RawJson.of("\"agent_started\""), 1757375098123L, RawJson.of("{\"a\": [1, 2]}"));

        assertThat(text(json))
                .isEqualTo("{\"type\":\"message\",\"to\":\"user:alice\",\"from\":\"user:bob\","
                        + "\"event\":\"agent_started\",\"at\":1757375098123,\"data\":{\"a\": [1, 2]}}");
    }

    @Test
    void shouldLeaveOutWhatThePublisherLeftOut() {
        assertThat(text(Pushes.message(ALICE, BOB, null, 5, null)))
                .isEqualTo("{\"type\":\"message\",\"to\":\"user:alice\",\"from\":\"user:bob\",\"at\":5}");
        assertThat(text(Pushes.message(ALICE, BOB, RawJson.of("\"e\""), 5, null)))
                .isEqualTo(
                        "{\"type\":\"message\",\"to\":\"user:alice\",\"from\":\"user:bob\",\"event\":\"e\",\"at\":5}");
        assertThat(text(Pushes.message(ALICE, BOB, null, 5, RawJson.of("null"))))
                .isEqualTo("{\"type\":\"message\",\"to\":\"user:alice\",\"from\":\"user:bob\",\"at\":5,\"data\":null}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-0.0e-00",
                "1234567890123456789012345678901234567890.5",
                "\"\"",
                "\"\\u0041\\ud83d\\ude00\\/\"",
                "\"caf\u00e9 \ud83d\ude00\"",
                " [ 1 ,\t2 ]\n",
                "{\"type\":\"receipt\",\"type\":\"ok\"}",
                "{\"to\":\"user:bob\",\"from\":\"user:root\",\"data\":{}}",
                "\"\\\"},{\\\"type\\\":\\\"ok\"",
            })
    void shouldPassDataAndEventByteForByte(String data) {
        RawJson event = RawJson.of("\"\\u0061\\/\"");

        String json = text(Pushes.message(Address.topic("x"), BOB, event, 0, RawJson.of(data)));

        assertThat(json)
                .isEqualTo("{\"type\":\"message\",\"to\":\"topic:x\",\"from\":\"user:bob\","
                        + "\"event\":\"\\u0061\\/\",\"at\":0,\"data\":" + data + "}");
    }

    @Test
    void shouldCarryWhateverNamesAndPayloadsSay() {
        long seed = Seeds.next();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Address to = random.nextBoolean() ? Address.user(userId(random)) : Address.topic("t" + random.nextInt());
            Address from = Address.user(userId(random));
            String data = "{\"n\":" + random.nextLong() + "}";
            long at = random.nextLong() >>> random.nextInt(63);

            Push push = Push.parse(text(Pushes.message(to, from, RawJson.of("\"e\""), at, RawJson.of(data))));

            assertThat(push.text("to")).as("seed %d", seed).isEqualTo(to.toString());
            assertThat(push.text("from")).as("seed %d", seed).isEqualTo(from.toString());
            assertThat(push.number("at")).as("seed %d", seed).isEqualTo(at);
            assertThat(push.json().get("data")).as("seed %d", seed).hasToString(data);
        }
    }

    @Test
    void shouldGiveAReceipt() {
        Map<Outcome, Integer> refused = new EnumMap<>(Map.of(Outcome.SLOW_CONSUMER, 1, Outcome.CLOSED, 2));
        Receipt receipt = new Receipt(Outcome.PARTIAL, 6, 2, 1, refused, List.of("n3", "n\"4"));

        assertThat(text(Pushes.receipt("7", receipt)))
                .isEqualTo(
                        "{\"type\":\"receipt\",\"id\":\"7\",\"outcome\":\"partial\",\"matched\":6,\"delivered\":2,"
                                + "\"queued\":1,\"refused\":{\"slow_consumer\":1,\"closed\":2},\"unknown\":[\"n3\",\"n\\\"4\"]}");
    }

    @Test
    void shouldGiveAReceiptOfNothing() {
        assertThat(text(Pushes.receipt("7", Receipt.refused(Outcome.NO_ROUTE))))
                .isEqualTo("{\"type\":\"receipt\",\"id\":\"7\",\"outcome\":\"no_route\",\"matched\":0,\"delivered\":0,"
                        + "\"queued\":0,\"refused\":{}}");
        assertThat(text(Pushes.receipt(null, Receipt.refused(Outcome.NO_ROUTE))))
                .startsWith("{\"type\":\"receipt\",\"outcome\":\"no_route\",");
    }

    @ParameterizedTest
    @MethodSource("receipts")
    void shouldBeReadBackAsItWas(Receipt receipt) {
        assertThat(Push.parse(text(Pushes.receipt("id", receipt))).receipt()).isEqualTo(receipt);
    }

    static List<Receipt> receipts() {
        int[] allRefused = new int[Outcome.values().length];
        for (int i = 0; i < allRefused.length; i++) {
            allRefused[i] = i + 1;
        }
        int refusedTotal = allRefused.length * (allRefused.length + 1) / 2;
        return List.of(
                Receipt.refused(Outcome.FORBIDDEN),
                Receipt.of(1, 1, 0, new int[Outcome.values().length], List.of()),
                Receipt.of(refusedTotal, 0, 0, allRefused, List.of()),
                Receipt.of(refusedTotal + 3, 2, 1, allRefused, List.of("n1", "n2", "n\u00e9\n")));
    }

    @Test
    void shouldCountRefusals() {
        Map<Outcome, Integer> refusals = new EnumMap<>(Map.of(Outcome.NO_ROUTE, 2, Outcome.FORBIDDEN, 1));

        assertThat(text(Pushes.refused(refusals)))
                .isEqualTo("{\"type\":\"refused\",\"count\":3,\"outcomes\":{\"no_route\":2,\"forbidden\":1}}");
    }

    @Test
    void shouldAnswerCommands() {
        assertThat(text(Pushes.ok("8"))).isEqualTo("{\"type\":\"ok\",\"id\":\"8\"}");
        assertThat(text(Pushes.pong("11"))).isEqualTo("{\"type\":\"pong\",\"id\":\"11\"}");
        assertThat(text(Pushes.pong(null))).isEqualTo("{\"type\":\"pong\"}");
        assertThat(text(Pushes.error("8", ErrorCode.FORBIDDEN, "user:alice may not")))
                .isEqualTo("{\"type\":\"error\",\"id\":\"8\",\"code\":\"forbidden\",\"reason\":\"user:alice may not\","
                        + "\"retryable\":false}");
        assertThat(text(Pushes.error(null, ErrorCode.BAD_REQUEST, "")))
                .isEqualTo("{\"type\":\"error\",\"code\":\"bad_request\",\"reason\":\"\",\"retryable\":false}");
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    void shouldEscapeWhateverClientsAndOperatorsName(String hostile) {
        Push error = Push.parse(text(Pushes.error(hostile, ErrorCode.BAD_REQUEST, hostile)));
        Push ok = Push.parse(text(Pushes.ok(hostile)));
        Push pong = Push.parse(text(Pushes.pong(hostile)));
        Push receipt = Push.parse(text(Pushes.receipt(hostile, Receipt.refused(Outcome.FORBIDDEN))));
        Push partial = Push.parse(
                text(Pushes.receipt("1", new Receipt(Outcome.UNKNOWN, 0, 0, 0, Map.of(), List.of(hostile)))));
        Push welcome =
                Push.parse(text(Pushes.welcome(ConnectionId.parse("ws_a_1_00000000"), hostile, 25, 65536, 1757378698)));

        assertThat(error.json()).hasSize(5);
        assertThat(error.text("id")).isEqualTo(hostile);
        assertThat(error.text("reason")).isEqualTo(hostile);
        assertThat(ok.json()).hasSize(2);
        assertThat(ok.text("id")).isEqualTo(hostile);
        assertThat(pong.text("id")).isEqualTo(hostile);
        assertThat(receipt.text("id")).isEqualTo(hostile);
        assertThat(receipt.text("outcome")).isEqualTo("forbidden");
        assertThat(partial.receipt().unknown()).containsExactly(hostile);
        assertThat(welcome.text("node")).isEqualTo(hostile);
    }

    static List<String> hostileTexts() {
        StringBuilder controls = new StringBuilder();
        for (char c = 0; c <= 0x9f; c++) {
            controls.append(c);
        }
        return List.of(
                "",
                "\"",
                "\\",
                "\\\"",
                "\",\"type\":\"message\",\"x\":\"",
                "\"}\n{\"type\":\"message\"}",
                "\\u0022",
                "\u2028\u2029",
                "\ud83d\ude00 caf\u00e9 \u540d\u524d",
                "</script>",
                controls.toString(),
                "\u0000".repeat(5_000),
                "\"".repeat(5_000));
    }

    @Test
    void shouldReplaceHalvesOfCharactersThatUtf8CannotHold() {
        assertThat(Push.parse(text(Pushes.ok("a\ud83d"))).text("id")).isEqualTo("a?");
    }

    private static String userId(Random random) {
        String letters = "ab_:,{}[]'<&=\u00e9\u540d";
        StringBuilder id = new StringBuilder("u");
        for (int length = random.nextInt(20); length > 0; length--) {
            id.append(letters.charAt(random.nextInt(letters.length())));
        }
        return id.toString();
    }

    private static String text(byte[] json) {
        return new String(json, UTF_8);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9, 10, 99, 100, 1757375098123L, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void shouldWriteNumbersWithAllTheirDigits(long at) {
        assertThat(text(Pushes.message(ALICE, BOB, null, at, null))).endsWith(",\"at\":" + at + "}");
    }
}
