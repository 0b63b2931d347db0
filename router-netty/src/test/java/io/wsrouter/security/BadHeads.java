package io.wsrouter.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.server.Frame;
import io.wsrouter.server.Handshake;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.UnaryOperator;

/** Requests to the public port that are no handshake of ours. */
final class BadHeads {

    private static final String MALFORMED = "400 head_malformed";
    private static final String BODY = "400 bytes_before_101";
    private static final String PATH = "404 path_unknown";
    private static final String KEY = "400 websocket_key_malformed";
    private static final String NO_UPGRADE = "426 upgrade_required";

    private BadHeads() {}

    static List<BadInput> all() {
        return List.of(
                // the request line
                head("POST", h -> h.method("POST"), "405 method_not_allowed"),
                head("HEAD", h -> h.method("HEAD"), "405 method_not_allowed"),
                head("CONNECT", h -> h.method("CONNECT"), "405 method_not_allowed"),
                head("TRACE", h -> h.method("TRACE"), "405 method_not_allowed"),
                head("OPTIONS without an origin", h -> h.method("OPTIONS"), "405 method_not_allowed"),
                head("get in lower case", h -> h.method("get"), "405 method_not_allowed"),
                head("a method with a tab", h -> h.method("GE\tT"), MALFORMED),
                head("another path", h -> h.target("/"), PATH),
                head("a slash more", h -> h.target("/ws/"), PATH),
                head("two slashes", h -> h.target("//ws"), PATH),
                head("the path in upper case", h -> h.target("/WS"), PATH),
                head("path traversal", h -> h.target("/ws/../ws"), PATH),
                head("path traversal to a file", h -> h.target("/../../etc/passwd"), PATH),
                head("a percent-encoded path", h -> h.target("/%77s"), PATH),
                head("a path with NUL in percent", h -> h.target("/ws%00"), PATH),
                head("a path with a parameter", h -> h.target("/ws;x=1"), PATH),
                head("a fragment", h -> h.target("/ws#x"), PATH),
                head("the internal port's path", h -> h.target("/v1/stats"), PATH),
                head("an absolute URI of another host", h -> h.target("http://evil.example/ws"), PATH),
                head("the target *", h -> h.target("*"), PATH),
                head("a path with a blank", h -> h.target("/w s"), MALFORMED),
                head("an HTTP version of two digits", h -> h.target("/ws HTTP/1.1"), MALFORMED),
                raw("HTTP/1.0", "GET /ws HTTP/1.0\r\nHost: h\r\nAuthorization: Bearer {token}\r\n\r\n", NO_UPGRADE),
                raw("HTTP/0.9", "GET /ws\r\n\r\n", MALFORMED),
                raw("HTTP/9.9.9", "GET /ws HTTP/9.9.9\r\n\r\n", MALFORMED),
                raw("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", BODY),
                raw("a TLS hello", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n", MALFORMED),
                raw("SSH", "SSH-2.0-OpenSSH_9.9\r\n\r\n", MALFORMED),
                raw("control characters", "\u0001\u0002\u0003 / \r\n\r\n", MALFORMED),
                // headers
                raw("a header without a name", good(": x\r\n"), MALFORMED),
                raw("a header without a colon", good("X-Broken\r\n"), MALFORMED),
                raw("a blank before the colon", good("Authorization : Bearer x\r\n"), MALFORMED),
                raw("a header continued on the next line: read as one line", good("X-Folded: a\r\n b\r\n"), "101"),
                raw("NUL in a header", good("X-Nul: a\u0000b\r\n"), MALFORMED),
                raw("a bare CR in a header", good("X-Cr: a\rX-Evil: b\r\n"), MALFORMED),
                raw("a header's name with NUL", good("X-N\u0000l: a\r\n"), MALFORMED),
                head("17 KiB of headers", h -> h.with("X-Padding", "x".repeat(17 * 1024)), "431 head_too_large"),
                head("17 KiB of target", h -> h.target("/ws?" + "x".repeat(17 * 1024)), "431 head_too_large"),
                raw("a thousand small headers", good("X-A: 12345678901\r\n".repeat(2000)), "431 head_too_large"),
                // bodies, and what comes too early
                head("a body", h -> h.with("Content-Length", "5"), "hello", BODY),
                head("a body that is announced and never comes", h -> h.with("Content-Length", "5"), BODY),
                head("a chunked body", h -> h.with("Transfer-Encoding", "chunked"), "0\r\n\r\n", BODY),
                head("a chunked body that never comes", h -> h.with("Transfer-Encoding", "chunked"), BODY),
                head(
                        "Content-Length and Transfer-Encoding, a request smuggled behind",
                        h -> h.with("Content-Length", "4").with("Transfer-Encoding", "chunked"),
                        "0\r\n\r\nGET /ws HTTP/1.1\r\n\r\n",
                        MALFORMED),
                head(
                        "two lengths that differ",
                        h -> h.with("Content-Length", "0").with("Content-Length", "5"),
                        "hello",
                        MALFORMED),
                head("a negative length", h -> h.with("Content-Length", "-1"), MALFORMED),
                head("a length with a sign", h -> h.with("Content-Length", "+5"), "hello", MALFORMED),
                head("a length of 2^64", h -> h.with("Content-Length", "18446744073709551616"), MALFORMED),
                head("a length that is no number", h -> h.with("Content-Length", "five"), MALFORMED),
                head("a second request behind the first", h -> h, "GET /ws HTTP/1.1\r\nHost: h\r\n\r\n", BODY),
                new BadInput(BadInput.Section.HEADS, "a frame before the 101", BODY, arena -> {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    bytes.writeBytes(arena.server()
                            .handshake()
                            .bearer(arena.server().token("mallory"))
                            .bytes());
                    bytes.writeBytes(Frame.text("{\"type\":\"ping\"}").masked());
                    return arena.answerToHead(bytes.toByteArray());
                }),
                raw("half a request, then nothing", "GET /ws HTTP/1.1\r\nHost:", "closed without an answer"),
                // the upgrade
                head("no Upgrade", h -> h.without("Upgrade"), NO_UPGRADE),
                head("an upgrade to h2c", h -> h.without("Upgrade").with("Upgrade", "h2c"), NO_UPGRADE),
                head("no Connection", h -> h.without("Connection"), NO_UPGRADE),
                head(
                        "Connection: keep-alive",
                        h -> h.without("Connection").with("Connection", "keep-alive"),
                        NO_UPGRADE),
                head("no version", h -> h.without("Sec-WebSocket-Version"), NO_UPGRADE),
                head("version 8", h -> version(h, "8"), NO_UPGRADE),
                head("version 14", h -> version(h, "14"), NO_UPGRADE),
                head("versions 13, 8", h -> version(h, "13, 8"), NO_UPGRADE),
                head("no key", h -> h.without("Sec-WebSocket-Key"), KEY),
                head("an empty key", h -> key(h, ""), KEY),
                head("a key of 15 bytes", h -> key(h, "AAAAAAAAAAAAAAAAAAAA"), KEY),
                head("a key of 17 bytes", h -> key(h, "AAAAAAAAAAAAAAAAAAAAAAA="), KEY),
                head("a key that is not base64", h -> key(h, "dGhlIHNhbXBsZSBub25!!!=="), KEY),
                head("an unknown subprotocol alone", h -> h.offering("graphql-ws"), "400 subprotocol_unsupported"),
                head(
                        "our subprotocol in upper case",
                        h -> h.offering("WS-ROUTER.V1.JSON"),
                        "400 subprotocol_unsupported"),
                // the token's carriers
                anonymous("no token", h -> h, "401 token_missing"),
                anonymous("another scheme", h -> h.with("Authorization", "Basic YWxpY2U6"), "401 token_missing"),
                anonymous("Bearer and nothing", h -> h.with("Authorization", "Bearer "), "401 token_missing"),
                anonymous("a token in X-User-ID", h -> h.with("X-User-ID", "alice"), "401 token_missing"),
                anonymous("a token in a cookie", h -> h.with("Cookie", "access_token=x"), "401 token_missing"),
                anonymous(
                        "an empty token as a subprotocol",
                        h -> h.offering("ws-router.v1.json", "bearer."),
                        "401 token_missing"),
                anonymous(
                        "a token as a subprotocol that is not base64url",
                        h -> h.offering("ws-router.v1.json", "jwt.!!!"),
                        "401 token_malformed"),
                head("a token in the query", h -> h.target("/ws?access_token=x"), "401 query_token_disabled"),
                head("a second Authorization with another token", h -> h.bearer("x"), "401 token_conflict"),
                head(
                        "another token as a subprotocol",
                        h -> h.offering("ws-router.v1.json", "bearer.x"),
                        "401 token_conflict"),
                // who one claims to be
                head("X-User-ID of another user", h -> h.with("X-User-ID", "alice"), "401 identity_mismatch"),
                head("x-user-id in lower case", h -> h.with("x-user-id", "alice"), "401 identity_mismatch"),
                head("X-User-ID empty", h -> h.with("X-User-ID", ""), "401 identity_mismatch"),
                head("X-User-ID in upper case", h -> h.with("X-User-ID", "MALLORY"), "401 identity_mismatch"),
                head("X-User-ID in quotes", h -> h.with("X-User-ID", "\"mallory\""), "401 identity_mismatch"),
                head("X-User-ID of two users", h -> h.with("X-User-ID", "mallory, alice"), "401 identity_mismatch"),
                head(
                        "X-User-ID twice, the second of another",
                        h -> h.with("X-User-ID", "mallory").with("X-User-ID", "alice"),
                        "401 identity_mismatch"),
                head(
                        "X-User-ID with a letter that looks the same",
                        h -> h.with("X-User-ID", "m\u0430llory"),
                        "401 identity_mismatch"),
                // origins
                head(
                        "an origin of another site",
                        h -> h.with("Origin", "https://evil.example"),
                        "403 origin_forbidden"),
                head("the origin null", h -> h.with("Origin", "null"), "403 origin_forbidden"),
                head(
                        "two origins",
                        h -> h.with("Origin", "http://127.0.0.1").with("Origin", "https://evil.example"),
                        "403 origin_forbidden"),
                head(
                        "our host as a user of another",
                        h -> h.with("Origin", "http://127.0.0.1@evil.example"),
                        "403 origin_forbidden"),
                head("an origin that is no URI", h -> h.with("Origin", "not an origin"), "403 origin_forbidden"),
                head(
                        "a preflight of another site",
                        h -> h.method("OPTIONS").with("Origin", "https://evil.example"),
                        "403 origin_forbidden"));
    }

    /** A handshake with mallory's token, changed. */
    private static BadInput head(String what, UnaryOperator<Handshake> change, String answer) {
        return head(what, change, "", answer);
    }

    /** A handshake with mallory's token, changed, and what comes behind it. */
    private static BadInput head(String what, UnaryOperator<Handshake> change, String behind, String answer) {
        return new BadInput(BadInput.Section.HEADS, what, answer, arena -> {
            Handshake good = arena.server().handshake().bearer(arena.server().token("mallory"));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(change.apply(good).bytes());
            bytes.writeBytes(behind.getBytes(UTF_8));
            return arena.answerToHead(bytes.toByteArray());
        });
    }

    /** A handshake without a token, changed. */
    private static BadInput anonymous(String what, UnaryOperator<Handshake> change, String answer) {
        return new BadInput(
                BadInput.Section.HEADS,
                what,
                answer,
                arena -> arena.answerToHead(change.apply(arena.server().handshake())));
    }

    /** Bytes as they are, but for <code>{token}</code>. */
    private static BadInput raw(String what, String request, String answer) {
        return new BadInput(
                BadInput.Section.HEADS,
                what,
                answer,
                arena -> arena.answerToHead(
                        request.replace("{token}", arena.server().token("mallory"))
                                .getBytes(UTF_8)));
    }

    /** A handshake with mallory's token and these lines in its head. */
    private static String good(String lines) {
        return "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
                + Handshake.KEY + "\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {token}\r\n" + lines + "\r\n";
    }

    private static Handshake version(Handshake handshake, String version) {
        return handshake.without("Sec-WebSocket-Version").with("Sec-WebSocket-Version", version);
    }

    private static Handshake key(Handshake handshake, String key) {
        return handshake.without("Sec-WebSocket-Key").with("Sec-WebSocket-Key", key);
    }
}
