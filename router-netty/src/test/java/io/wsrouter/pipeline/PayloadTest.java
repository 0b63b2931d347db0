package io.wsrouter.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.server.Frame;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The payload reaches the receiver byte for byte, and nothing in it can pass for something of ours. */
final class PayloadTest {

    @AutoClose
    private static final TestServer SERVER = TestServer.start("loops=2");

    @AutoClose
    private final WebSocketClient alice = SERVER.connect("alice");

    @ParameterizedTest
    @MethodSource
    void shouldPassDataByteForByte(String data) {
        alice.send("{\"type\":\"publish\",\"to\":\"user:alice\",\"data\":" + data + "}");

        assertThat(alice.readFrame().text())
                .matches("(?s)\\{\"type\":\"message\",\"to\":\"user:alice\","
                        + "\"from\":\"user:alice\",\"at\":[0-9]{13},\"data\":" + Pattern.quote(data) + "}");
    }

    static Stream<String> shouldPassDataByteForByte() {
        return Stream.of(
                "null",
                "true",
                "false",
                "0",
                "-0",
                "-0.0",
                "1E+2",
                "1e400",
                "-1e-400",
                "1.000000000000000000000000000000000000000000000000001",
                "9".repeat(2000),
                "0." + "1".repeat(2000),
                "\"\"",
                "\"\\u0061\\/\\b\\f\\n\\r\\t\\\"\\\\\"",
                "\"\\ud83d\\ude00 \ud83d\ude00 \u00e9 \u007f \u2028\"",
                "\"\\ud800 alone\"",
                "\"},\\\"type\\\":\\\"welcome\\\",\\\"data\\\":{\"",
                "{}",
                "[]",
                "[ 1 ,\t2\r\n, [ ] , { } ]",
                "{ \"a\" : 1 , \"a\" : 2, \"\\u0061\":3 }",
                "{\"type\":\"welcome\",\"from\":\"user:mallory\",\"user_id\":\"mallory\",\"data\":{}}",
                "[".repeat(64) + "]".repeat(64),
                "{\"a\":".repeat(64) + "1" + "}".repeat(64),
                "\"" + "x".repeat(60_000) + "\"",
                "{\"" + "k".repeat(50_000) + "\":1}");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\t", "\r\n", "  \n "})
    void shouldNotPassTheWhitespaceAroundData(String space) {
        alice.send("{\"type\":\"publish\",\"to\":\"user:alice\",\"data\"" + space + ":" + space + "12" + space + "}"
                + space);

        assertThat(alice.readFrame().text()).endsWith(",\"data\":12}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"agent_started\"", "\"\"", "\"\\u0061\\n\\\"}\"", "\"\ud83d\ude00\""})
    void shouldPassEventByteForByte(String event) {
        alice.send("{\"data\":1,\"event\": " + event + " ,\"to\":\"user:alice\",\"type\":\"publish\"}");

        assertThat(alice.readFrame().text()).contains("\"from\":\"user:alice\",\"event\":" + event + ",\"at\":");
    }

    @Test
    void shouldResolveEscapesInKeysAndAddresses() {
        alice.send(
                "{\"\\u0074ype\":\"publ\\u0069sh\",\"id\":\"\\u0037\",\"t\\u006f\":\"user:\\u0061lice\",\"d\\u0061ta\":[1]}");

        assertThat(alice.readFrame().text()).endsWith("\"data\":[1]}");
        assertThat(alice.await("receipt").path("id").asText()).isEqualTo("7");
    }

    @ParameterizedTest
    @MethodSource
    void shouldRefuseWhatIsNotACommand(String text) {
        alice.send(text);

        JsonNode error = alice.read();
        assertThat(error.path("type").asText()).isEqualTo("error");
        assertThat(error.path("code").asText()).isEqualTo("bad_request");
        assertThat(error.path("reason").asText()).isNotEmpty();
        alice.assertNothingElseCame();
    }

    static Stream<String> shouldRefuseWhatIsNotACommand() {
        String publish = "{\"type\":\"publish\",\"to\":\"user:alice\"";
        return Stream.of(
                "",
                " ",
                "x",
                "1",
                "null",
                "[]",
                "\"ping\"",
                "{}",
                "{\"type\":\"ping\"",
                "{\"type\":\"ping\"}}",
                "{\"type\":\"ping\"} {\"type\":\"ping\"}",
                "{\"type\":\"ping\"}x",
                "{\"type\":\"ping\"}\0",
                "\ufeff{\"type\":\"ping\"}",
                "\0{\0\"\0t\0y\0p\0e",
                "{\0\"\0t\0",
                "{\"type\":\"welcome\"}",
                "{\"type\":\"PING\"}",
                "{\"type\":1}",
                "{\"type\":null}",
                "{\"type\":\"ping\",\"type\":\"ping\"}",
                "{\"type\":\"ping\",\"\\u0074ype\":\"ping\"}",
                "{\"type\":\"ping\",\"to\":\"user:alice\"}",
                "{\"type\":\"ping\",\"data\":1}",
                "{\"type\":\"ping\",\"other\":1}",
                "{\"type\":\"ping\",}",
                "{type:\"ping\"}",
                "{'type':'ping'}",
                "{\"type\":\"ping\"/**/}",
                "{\"type\":\"ping\",\"id\":7}",
                "{\"type\":\"ping\",\"id\":\"" + "x".repeat(129) + "\"}",
                "{\"type\":\"ping\",\"id\":\"\n\"}",
                "{\"type\":\"subscribe\"}",
                "{\"type\":\"subscribe\",\"to\":\"chat.1\"}",
                "{\"type\":\"subscribe\",\"to\":\"topic:\"}",
                "{\"type\":\"subscribe\",\"to\":\"topic:a b\"}",
                "{\"type\":\"subscribe\",\"to\":\"topic:" + "x".repeat(201) + "\"}",
                "{\"type\":\"refresh\"}",
                "{\"type\":\"refresh\",\"token\":1}",
                "{\"type\":\"refresh\",\"token\":null}",
                "{\"type\":\"refresh\",\"token\":\"a\",\"token\":\"a\"}",
                "{\"type\":\"refresh\",\"token\":\"a\",\"to\":\"user:alice\"}",
                "{\"type\":\"refresh\",\"token\":\"a\",\"user_id\":\"alice\"}",
                "{\"type\":\"ping\",\"token\":\"a\"}",
                publish + ",\"token\":\"a\"}",
                "{\"type\":\"publish\"}",
                "{\"type\":\"publish\",\"to\":\"alice\"}",
                "{\"type\":\"publish\",\"to\":\"user:\"}",
                "{\"type\":\"publish\",\"to\":\"user:*\"}",
                "{\"type\":\"publish\",\"to\":\"user:null\"}",
                "{\"type\":\"publish\",\"to\":\"user:\\ud800\"}",
                "{\"type\":\"publish\",\"to\":\"USER:alice\"}",
                "{\"type\":\"publish\",\"to\":[\"user:alice\"]}",
                publish + ",\"to\":\"user:alice\"}",
                publish + ",\"data\":1,\"data\":1}",
                publish + ",\"data\":1,\"d\\u0061ta\":1}",
                publish + ",\"priority\":\"urgent\"}",
                publish + ",\"priority\":1}",
                publish + ",\"event\":1}",
                publish + ",\"event\":null}",
                publish + ",\"user\":1}",
                publish + ",\"from\":\"user:alice\"}",
                publish + ",\"user_id\":\"alice\"}",
                publish + ",\"\\u0066rom\":\"user:bob\"}",
                publish + ",\"data\":01}",
                publish + ",\"data\":.5}",
                publish + ",\"data\":1.}",
                publish + ",\"data\":+1}",
                publish + ",\"data\":NaN}",
                publish + ",\"data\":-}",
                publish + ",\"data\":1e}",
                publish + ",\"data\":tru}",
                publish + ",\"data\":True}",
                publish + ",\"data\":\"\u0001\"}",
                publish + ",\"data\":\"\\x\"}",
                publish + ",\"data\":\"\\u12g4\"}",
                publish + ",\"data\":[1,]}",
                publish + ",\"data\":{\"a\"}}",
                publish + ",\"data\":}",
                publish + ",\"data\":" + "[".repeat(65) + "]".repeat(65) + "}",
                publish + ",\"data\":" + "{\"a\":".repeat(65) + "1" + "}".repeat(65) + "}",
                "[".repeat(30_000),
                "{\"type\":\"publish\",\"to\":\"topic:x\",\"user\":\"alice\"}");
    }

    @Test
    void shouldCountClaimsOfAnIdentityWhateverTheySay() {
        int before = SERVER.stats().path("owner_mismatches").asInt();
        alice.send("{\"type\":\"publish\",\"to\":\"user:alice\",\"from\":\"user:alice\",\"data\":1}");
        alice.send("{\"type\":\"ping\",\"user_id\":\"alice\"}");

        assertThat(alice.read().path("code").asText()).isEqualTo("bad_request");
        assertThat(alice.read().path("code").asText()).isEqualTo("bad_request");
        assertThat(SERVER.stats().path("owner_mismatches").asInt()).isEqualTo(before + 2);
    }

    @Test
    void shouldEscapeWhatItRepeats() {
        alice.send("{\"type\":\"ping\",\"\\\"}{\\u0001\":1}");

        assertThat(alice.read().path("reason").asText()).contains("\"}{\u0001");
    }

    @Test
    void shouldNotChokeOnNamesThatCollideInAParsersTable() {
        StringBuilder names = new StringBuilder();
        String[] quads = {"aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff", "gggg", "hhhh"};
        permute(quads, 0, names, 1200);
        String data = "{" + names + "\"end\":1}";

        for (int i = 0; i < 3; i++) {
            alice.send("{\"type\":\"publish\",\"to\":\"user:alice\",\"data\":" + data + "}");
            assertThat(alice.readFrame().text()).endsWith(",\"data\":" + data + "}");
        }
    }

    @Test
    void shouldCloseAfterTenBadRequests() {
        for (int i = 0; i < 10; i++) {
            alice.send("bad");
        }
        for (int i = 0; i < 10; i++) {
            assertThat(alice.read().path("code").asText()).isEqualTo("bad_request");
        }

        Frame close = alice.awaitClose();

        assertThat(close.closeCode()).isEqualTo(1008);
        assertThat(close.closeReason()).isEqualTo("too_many_bad_requests");
        assertThat(SERVER.ask("GET", "/v1/users/alice", "").status()).isEqualTo(404);
    }

    @Test
    void shouldTakeExactlyTheLargestMessage() {
        String head = "{\"type\":\"publish\",\"id\":\"1\",\"to\":\"user:alice\",\"data\":\"";
        String largest = head + "x".repeat(65536 - head.length() - 2) + "\"}";
        assertThat(largest.getBytes(UTF_8)).hasSize(65536);

        alice.send(largest);

        assertThat(alice.await("receipt").path("outcome").asText()).isEqualTo("delivered");
        alice.send(largest + " ");
        assertThat(alice.awaitClose().closeCode()).isEqualTo(1009);
    }

    private static void permute(String[] quads, int from, StringBuilder names, int most) {
        if (names.length() >= most * 50) {
            return;
        }
        if (from == quads.length) {
            names.append("\"colliding...").append(String.join("", quads)).append("\":1,");
            return;
        }
        for (int i = from; i < quads.length; i++) {
            swap(quads, from, i);
            permute(quads, from + 1, names, most);
            swap(quads, from, i);
        }
    }

    private static void swap(String[] quads, int i, int j) {
        String quad = quads[i];
        quads[i] = quads[j];
        quads[j] = quad;
    }
}
