package io.wsrouter.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.auth.Grants;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.TestSocket.Response;
import java.util.List;

/** Requests to the internal port. Where nothing else is said they come with the token of an operator who may do everything. */
final class BadPublishes {

    private static final String BAD = "400 bad_request";
    private static final String ADMINS_ONLY = "403 forbidden";
    private static final String UNKNOWN_PATH = "404 path_unknown";
    private static final String METHOD = "405 method_not_allowed";

    private BadPublishes() {}

    static List<BadInput> all() {
        return List.of(
                body("", BAD),
                body("x", BAD),
                body("[]", BAD),
                body("{}", BAD),
                body("[{\"to\":\"user:alice\"}]", BAD),
                body("{\"type\":\"publish\",\"to\":\"user:alice\"}", BAD),
                body("{\"to\":\"user:alice\",\"from\":\"user:bob\"}", BAD),
                body("{\"to\":\"user:alice\",\"user_id\":\"alice\"}", BAD),
                body("{\"to\":\"user:alice\"}{\"to\":\"user:alice\"}", BAD),
                body("{\"to\":\"user:alice\"}\n{\"to\":\"user:alice\"}", BAD),
                body("{\"to\":\"user:alice\",\"to\":\"user:bob\"}", BAD),
                body("{\"to\":\"user:alice\",\"\\u0074o\":\"user:bob\"}", BAD),
                body("{\"to\":\"alice\"}", BAD),
                body("{\"to\":\"user:*\"}", BAD),
                body("{\"to\":\"user:alice\",\"priority\":\"urgent\"}", BAD),
                body("{\"to\":\"user:alice\",\"ttlMs\":0}", BAD),
                body("{\"to\":\"user:alice\",\"ttlMs\":\"3000\"}", BAD),
                body("{\"to\":\"user:nobody\",\"ttlMs\":1}", "504 expired"),
                body("{\"to\":\"user:alice\",\"data\":NaN}", BAD),
                body("{\"to\":\"user:alice\",\"data\":" + "[".repeat(65) + "]".repeat(65) + "}", BAD),
                body("\uFEFF{\"to\":\"user:alice\"}", BAD),
                body("to=user:alice", BAD),
                body("{\"to\":\"connection:malformed\"}", "403 forbidden"),
                body("{\"to\":\"user:alice\",\"user\":\"bob\"}", "409 owner_mismatch"),
                body("{\"to\":\"user:nobody\"}", "404 no_route"),
                body("{\"to\":\"connection:ws_alice_1757375098_6ead719c\"}", "404 no_route"),
                body("{\"to\":\"user:alice\",\"data\":\"" + "x".repeat(4096) + "\"}", "413 too_large"),
                by(
                        "alice without grants",
                        Grants.NONE,
                        "POST",
                        "/v1/publish",
                        "{\"to\":\"user:bob\"}",
                        "403 forbidden"),
                by(
                        "an admin without the right to publish",
                        new Grants(List.of(), List.of(), true),
                        "POST",
                        "/v1/publish",
                        "{\"to\":\"user:bob\"}",
                        "403 forbidden"),
                by("one who may publish everything", TestServer.mayPublish("*"), "GET", "/v1/stats", "", ADMINS_ONLY),
                by(
                        "one who may publish everything",
                        TestServer.mayPublish("*"),
                        "GET",
                        "/v1/users/alice",
                        "",
                        ADMINS_ONLY),
                by(
                        "one who may publish everything",
                        TestServer.mayPublish("*"),
                        "DELETE",
                        "/v1/users/alice/connections",
                        "",
                        ADMINS_ONLY),
                by(
                        "one who may publish everything",
                        TestServer.mayPublish("*"),
                        "DELETE",
                        "/v1/connections/ws_alice_1757375098_6ead719c",
                        "",
                        ADMINS_ONLY),
                by("one who may publish everything", TestServer.mayPublish("*"), "GET", "/v1/audit", "", ADMINS_ONLY),
                by("one who may publish everything", TestServer.mayPublish("*"), "POST", "/v1/audit", "", ADMINS_ONLY),
                by(
                        "one who may publish everything",
                        TestServer.mayPublish("*"),
                        "POST",
                        "/v1/audit?acknowledge=misdelivery",
                        "",
                        ADMINS_ONLY),
                by("alice without grants", Grants.NONE, "POST", "/v1/audit?acknowledge=all", "", ADMINS_ONLY),
                ask("POST", "/v1/audit?acknowledge", BAD),
                ask("POST", "/v1/audit?acknowledge=", BAD),
                ask("POST", "/v1/audit?acknowledge=all", BAD),
                ask("POST", "/v1/audit?acknowledge=MISDELIVERY", BAD),
                ask("POST", "/v1/audit?acknowledge=misdelivery&force=true", BAD),
                ask("POST", "/v1/audit?acknowledge=misdelivery&acknowledge=misdelivery", BAD),
                ask("POST", "/v1/audit?acknowledge=%6disdelivery", BAD),
                ask("GET", "/v1/audit?acknowledge=misdelivery", BAD),
                ask("DELETE", "/v1/audit", METHOD),
                ask("POST", "/v1/audit/", UNKNOWN_PATH),
                ask("GET", "/v1/publish", METHOD),
                ask("POST", "/v1/stats", METHOD),
                ask("DELETE", "/v1/users/alice", METHOD),
                ask("GET", "/", UNKNOWN_PATH),
                ask("GET", "/v1/nothing", UNKNOWN_PATH),
                ask("GET", "/v1/users/a/b", UNKNOWN_PATH),
                ask("GET", "/ws", UNKNOWN_PATH),
                ask("GET", "/v1/../livez", UNKNOWN_PATH),
                ask("GET", "/v1/connections/nonsense", "404 unknown"),
                ask("GET", "/v1/users/%00", "404 unknown"),
                ask("GET", "/v1/users/*", "404 unknown"),
                ask("GET", "/v1/users/%zz", "404 unknown"),
                raw(
                        "an acknowledgement without a token",
                        "POST /v1/audit?acknowledge=misdelivery HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        "401 token_missing"),
                raw("no token", "GET /v1/stats HTTP/1.1\r\nHost: localhost\r\n\r\n", "401 token_missing"),
                raw(
                        "a token in the query",
                        "GET /v1/stats?access_token={token} HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        "401 token_missing"),
                raw(
                        "another host, as after DNS rebinding",
                        "GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                        "421 host_forbidden"),
                raw("no host", "GET /livez HTTP/1.1\r\n\r\n", "421 host_forbidden"),
                raw("not HTTP", "\u0001\u0002 x\r\n\r\n", BAD),
                raw("a header without a colon", "GET /livez HTTP/1.1\r\nHost: localhost\r\nX\r\n\r\n", BAD),
                raw(
                        "two lengths that differ",
                        "POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
                        BAD),
                raw(
                        "two tokens that differ",
                        "GET /v1/stats HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAuthorization: Bearer x\r\n\r\n",
                        "401 token_conflict"));
    }

    private static BadInput body(String body, String answer) {
        return new BadInput(
                BadInput.Section.PUBLISHES,
                "POST /v1/publish of `" + body + '`',
                answer,
                arena -> Arena.inShort(arena.server().ask("POST", "/v1/publish", body)));
    }

    private static BadInput ask(String method, String path, String answer) {
        return new BadInput(
                BadInput.Section.PUBLISHES,
                method + ' ' + path,
                answer,
                arena -> Arena.inShort(arena.server().ask(method, path, "")));
    }

    private static BadInput by(String whom, Grants grants, String method, String path, String body, String answer) {
        return new BadInput(
                BadInput.Section.PUBLISHES,
                method + ' ' + path + (body.isEmpty() ? "" : " of `" + body + '`') + " by " + whom,
                answer,
                arena -> Arena.inShort(arena.server()
                        .ask(method, path, arena.server().token("alice", grants), "application/json", body)));
    }

    private static BadInput raw(String what, String request, String answer) {
        return new BadInput(BadInput.Section.PUBLISHES, what, answer, arena -> {
            try (TestSocket socket = arena.server().openInternal()) {
                String token = arena.server().token("operator", TestServer.ALL);
                socket.send(request.replace("{token}", token).getBytes(UTF_8));
                Response response = socket.readResponse();
                return Arena.inShort(response);
            }
        });
    }
}
