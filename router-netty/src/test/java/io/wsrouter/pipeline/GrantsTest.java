package io.wsrouter.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.auth.jwt.TestTokens;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Claims as an identity provider would write them, and what they open. In the tables ' stands for ". */
final class GrantsTest {

    @AutoClose
    private final TestServer server = TestServer.start("loops=3");

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            {}                                                          ; forbidden ; forbidden ; error
            {'admin':true}                                              ; forbidden ; forbidden ; error
            {'publish':['*'],'subscribe':['*']}                         ; delivered ; no_route  ; ok
            {'publish':['user:bob']}                                    ; delivered ; forbidden ; error
            {'publish':['user:bo*'],'subscribe':['topic:chat']}         ; delivered ; forbidden ; error
            {'publish':['user:bob*'],'subscribe':['topic:chat.*']}      ; forbidden ; forbidden ; ok
            {'publish':['topic:chat.1'],'subscribe':['topic:chat.1']}   ; forbidden ; no_route  ; ok
            {'publish':['topic:*'],'subscribe':['user:*']}              ; forbidden ; no_route  ; error
            """)
    void shouldOpenWhatIsGranted(String claim, String toBob, String toTopic, String subscribed) {
        WebSocketClient bob = server.connect("bob");
        WebSocketClient alice =
                WebSocketClient.open(server.open(), server.handshake().bearer(token("alice", claim)));

        assertThat(outcome(alice, "user:bob")).isEqualTo(toBob);
        assertThat(outcome(alice, "connection:" + bob.id())).isEqualTo(toBob);
        assertThat(outcome(alice, "topic:chat.1")).isEqualTo(toTopic);
        assertThat(outcome(alice, "connection:ws_bob")).as("malformed").isEqualTo("forbidden");
        assertThat(outcome(alice, "user:alice")).as("its own").isEqualTo("delivered");
        alice.send("{\"type\":\"subscribe\",\"id\":\"8\",\"to\":\"topic:chat.1\"}");
        JsonNode answer = alice.read();
        assertThat(answer.path("type").asText()).isEqualTo(subscribed);
        if (toBob.equals("delivered")) {
            assertThat(bob.read().path("to").asText()).isEqualTo("user:bob");
            assertThat(bob.read().path("to").asText()).isEqualTo("connection:" + bob.id());
        }
        bob.assertNothingElseCame();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "'*'",
                "{'publish':'*'}",
                "{'publish':[['*']]}",
                "{'publish':['connection:*']}",
                "{'publish':['user:*b']}",
                "{'subscribe':[1]}",
                "{'subscribe':null}",
                "{'admin':'true'}",
                "{'publish':[],'write':['*']}"
            })
    void shouldRefuseGrantsThatAreMistyped(String claim) {
        TestSocket.Response response = server.answerTo(server.handshake().bearer(token("alice", claim)));

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.json().path("error").asText()).isEqualTo("grants_invalid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "a*", ">", "", "null"})
    void shouldRefuseAUserWhoseNameIsAPattern(String sub) {
        TestSocket.Response response = server.answerTo(server.handshake().bearer(token(sub, "{}")));

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.json().path("error").asText()).isEqualTo("subject_invalid");
    }

    private static String outcome(WebSocketClient from, String to) {
        return from.publish(to, "1").path("outcome").asText();
    }

    private static String token(String sub, String claim) {
        long end = Instant.now().getEpochSecond() + 600;
        String claims = "{'sub':'" + sub + "','exp':" + end + ",'router':" + claim + "}";
        return TestTokens.hs256(
                "{\"alg\":\"HS256\"}".getBytes(UTF_8),
                claims.replace('\'', '"').getBytes(UTF_8),
                TestServer.SECRET.getBytes(UTF_8));
    }
}
