package io.wsrouter.security;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.server.TestJson;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.WebSocketClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** New tokens for mallory's open connection, which may publish to alice before and after, and to nobody else. */
final class BadRefreshes {

    private static final String NO_TOKEN = "bad_request: token is missing";

    private BadRefreshes() {}

    static List<BadInput> all() {
        return List.of(
                token("a word", "nonsense", AuthFailure.TOKEN_MALFORMED),
                token("an empty token", "", AuthFailure.TOKEN_MISSING),
                token(
                        "a token in the past",
                        SignedTokens.claims("{\"sub\":\"mallory\",\"exp\":1}"),
                        AuthFailure.TOKEN_EXPIRED),
                token(
                        "a token without an end",
                        SignedTokens.claims("{\"sub\":\"mallory\"}"),
                        AuthFailure.EXPIRY_MISSING),
                token(
                        "a token under another secret",
                        SignedTokens.hs256(
                                SignedTokens.HS256,
                                SignedTokens.CLAIMS,
                                "another secret, also more than 32 bytes".getBytes(StandardCharsets.UTF_8)),
                        AuthFailure.BAD_SIGNATURE),
                token("alg none", SignedTokens.header("{\"alg\":\"none\"}"), AuthFailure.ALGORITHM_NOT_ALLOWED),
                token(
                        "grants that are no object",
                        SignedTokens.claims("{\"sub\":\"mallory\"," + SignedTokens.EXP + ",\"router\":\"*\"}"),
                        AuthFailure.GRANTS_INVALID),
                another("a good token of alice", "alice"),
                another("a good token of a user whose name has one letter more", "mallory2"),
                another("a good token of Mallory, in upper case", "MALLORY"),
                text("no token", "{\"type\":\"refresh\",\"id\":\"r\"}", NO_TOKEN),
                text(
                        "null",
                        "{\"type\":\"refresh\",\"id\":\"r\",\"token\":null}",
                        "bad_request: \"token\" is not a string"),
                text(
                        "a number",
                        "{\"type\":\"refresh\",\"id\":\"r\",\"token\":1}",
                        "bad_request: \"token\" is not a string"),
                text(
                        "two tokens",
                        "{\"type\":\"refresh\",\"id\":\"r\",\"token\":\"x\",\"token\":\"y\"}",
                        "bad_request: duplicate key \"token\""),
                text(
                        "an address beside the token",
                        "{\"type\":\"refresh\",\"id\":\"r\",\"token\":\"x\",\"to\":\"user:alice\"}",
                        "bad_request: unknown key for this type"),
                text(
                        "a user beside the token",
                        "{\"type\":\"refresh\",\"id\":\"r\",\"token\":\"x\",\"user\":\"alice\"}",
                        "bad_request: unknown key for this type"),
                new BadInput(
                        BadInput.Section.REFRESHES,
                        "two good tokens at once",
                        "ok and rate_limited: one refresh at a time, and one a second",
                        arena -> String.join(" and ", answers(arena, 2, BadRefreshes::goodToken))));
    }

    private static BadInput token(String what, String token, AuthFailure failure) {
        return refresh(what, arena -> token, "unauthenticated: " + failure.word());
    }

    private static BadInput another(String what, String user) {
        return refresh(what, arena -> arena.server().token(user, TestServer.ALL), "forbidden: identity_mismatch");
    }

    private static BadInput refresh(String what, Function<Arena, String> token, String answer) {
        return new BadInput(
                BadInput.Section.REFRESHES,
                what,
                answer,
                arena -> answers(arena, 1, token).get(0));
    }

    private static BadInput text(String what, String text, String answer) {
        return new BadInput(
                BadInput.Section.REFRESHES,
                what,
                answer,
                arena -> arena.answerToText(TestServer.mayPublish("user:nobody"), text));
    }

    private static String goodToken(Arena arena) {
        return arena.server().token("mallory", TestServer.mayPublish("user:nobody"));
    }

    /** Refreshes so many times at once and tells the answers, sorted; who mallory is and what she may do has to stay. */
    private static List<String> answers(Arena arena, int times, Function<Arena, String> token) {
        try (WebSocketClient mallory = arena.server().connect("mallory", TestServer.mayPublish("user:nobody"))) {
            String fresh = TestJson.quoted(token.apply(arena));
            IntStream.range(0, times)
                    .forEach(i -> mallory.send("{\"type\":\"refresh\",\"id\":\"r" + i + "\",\"token\":" + fresh + "}"));
            List<String> answers = IntStream.range(0, times)
                    .mapToObj(i -> withoutSentence(Arena.inShort(mallory.read())))
                    .sorted()
                    .toList();
            JsonNode toAlice = mallory.publish("user:alice", "1");
            JsonNode toNobody = mallory.publish("user:nobody", "1");
            boolean isUnchanged = toAlice.path("outcome").asText().equals("forbidden")
                    && toNobody.path("outcome").asText().equals("no_route");
            return isUnchanged ? answers : List.of("changed: " + toAlice + toNobody);
        }
    }

    private static String withoutSentence(String answer) {
        return answer.replaceFirst("(: \\w+): .*", "$1");
    }
}
