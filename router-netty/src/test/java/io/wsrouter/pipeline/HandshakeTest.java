package io.wsrouter.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.auth.Grants;
import io.wsrouter.server.Frame;
import io.wsrouter.server.Handshake;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.TestSocket.Response;
import io.wsrouter.server.WebSocketClient;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HandshakeTest {

    private static final String OURS = "ws-router.v1.json";

    @AutoClose
    private final TestServer server = TestServer.start();

    private final String token = server.token("alice");

    // ---- carriers of the token

    @Test
    void shouldTakeTheTokenFromTheHeader() {
        Response response = server.answerTo(server.handshake().bearer(token));

        assertThat(response.status()).isEqualTo(101);
        assertThat(response.headers())
                .containsEntry("upgrade", "websocket")
                .containsEntry("connection", "Upgrade")
                .containsEntry("sec-websocket-accept", Handshake.ACCEPT)
                .doesNotContainKey("sec-websocket-protocol");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer.", "jwt."})
    void shouldTakeTheTokenFromASubprotocolAndEchoOnlyOurs(String prefix) {
        String carrier = prefix + (prefix.equals("jwt.") ? base64Url(token) : token);

        Response response = server.answerTo(server.handshake().offering(OURS, carrier));

        assertThat(response.status()).isEqualTo(101);
        assertThat(response.headers()).containsEntry("sec-websocket-protocol", OURS);
    }

    @Test
    void shouldRefuseAnUnknownSubprotocolAloneAndNotEchoIt() {
        Response response = server.answerTo(server.handshake().offering("bearer." + token));

        assertRefused(response, 400, "subprotocol_unsupported");
        assertThat(response.headers().toString() + response.body()).doesNotContain(token);
        assertRefused(
                server.answerTo(server.handshake().bearer(token).offering("graphql-ws")),
                400,
                "subprotocol_unsupported");
    }

    @Test
    void shouldFindOurSubprotocolAmongOthersAndInSeveralHeaders() {
        Response response = server.answerTo(
                server.handshake().bearer(token).offering("graphql-ws").offering("mqtt", OURS));

        assertThat(response.headers()).containsEntry("sec-websocket-protocol", OURS);
    }

    @Test
    void shouldRefuseAQueryTokenUnlessItIsAllowed() {
        assertRefused(
                server.answerTo(server.handshake().target("/ws?access_token=" + token)), 401, "query_token_disabled");
        assertRefused(
                server.answerTo(server.handshake().bearer(token).target("/ws?access_token=" + token)),
                401,
                "query_token_disabled");

        try (TestServer other = TestServer.start("auth.allow-query-token=true")) {
            assertThat(other.answerTo(other.handshake().target("/ws?v=1&access_token=" + token))
                            .status())
                    .isEqualTo(101);
        }
    }

    @Test
    void shouldAcceptTheSameTokenTwiceAndRefuseTwoTokens() {
        String other = server.token("alice", Duration.ofMinutes(3));

        assertThat(server.answerTo(server.handshake().bearer(token).offering(OURS, "bearer." + token))
                        .status())
                .isEqualTo(101);
        assertRefused(
                server.answerTo(server.handshake().bearer(token).offering(OURS, "jwt." + base64Url(other))),
                401,
                "token_conflict");
        assertRefused(server.answerTo(server.handshake().bearer(token).bearer(other)), 401, "token_conflict");
    }

    // ---- who it is

    @Test
    void shouldRefuseAnotherUserInTheHeaderAndRegisterNothing() {
        assertRefused(
                server.answerTo(server.handshake().bearer(token).with("X-User-ID", "mallory")),
                401,
                "identity_mismatch");
        assertRefused(
                server.answerTo(server.handshake()
                        .bearer(token)
                        .with("X-User-ID", "alice")
                        .with("X-User-ID", "mallory")),
                401,
                "identity_mismatch");
        assertThat(server.stats().path("connections_opened").asInt()).isZero();

        assertThat(server.answerTo(server.handshake().bearer(token).with("X-User-ID", "alice"))
                        .status())
                .isEqualTo(101);
    }

    @ParameterizedTest
    @MethodSource
    void shouldSayWhyATokenIsRefused(String word, String badToken) {
        Response response = server.answerTo(server.handshake().bearer(badToken));

        assertRefused(response, 401, word);
        assertThat(response.headers()).containsEntry("www-authenticate", "Bearer error=\"" + word + '"');
        assertThat(response.headers().toString() + response.body()).doesNotContain(badToken);
        assertThat(server.stats().path("connections_opened").asInt()).isZero();
    }

    static Stream<Arguments> shouldSayWhyATokenIsRefused() {
        String good = TestServer.minter(Instant::now).mint("alice", Duration.ofMinutes(1), Grants.NONE);
        String expired = TestServer.minter(() -> Instant.now().minusSeconds(3600))
                .mint("alice", Duration.ofMinutes(1), Grants.NONE);
        String claims = "{\"sub\":\"alice\",\"exp\":4102444800}";
        return Stream.of(
                Arguments.of("token_expired", expired),
                Arguments.of("bad_signature", good.substring(0, good.lastIndexOf('.') + 1) + "A".repeat(43)),
                Arguments.of(
                        "algorithm_not_allowed",
                        base64Url("{\"alg\":\"none\"}") + '.' + base64Url(claims) + '.' + "A".repeat(43)),
                Arguments.of("expiry_missing", signed("{\"sub\":\"alice\"}")),
                Arguments.of("subject_missing", signed("{\"exp\":4102444800}")),
                Arguments.of("subject_invalid", signed("{\"sub\":\"null\",\"exp\":4102444800}")),
                Arguments.of("grants_invalid", signed("{\"sub\":\"alice\",\"exp\":4102444800,\"router\":[\"*\"]}")),
                Arguments.of("token_malformed", "not.a.jwt"),
                Arguments.of("token_malformed", "withoutDots"),
                Arguments.of("token_too_large", "x".repeat(9000)));
    }

    @Test
    void shouldRefuseUnsignedTokensWithoutASignature() {
        String unsigned = base64Url("{\"alg\":\"none\"}") + '.' + base64Url("{\"sub\":\"alice\",\"exp\":4102444800}");

        assertThat(server.answerTo(server.handshake().bearer(unsigned + '.')).status())
                .isEqualTo(401);
        assertThat(server.answerTo(server.handshake().bearer(unsigned)).status())
                .isEqualTo(401);
    }

    @Test
    void shouldAskForAToken() {
        assertRefused(server.answerTo(server.handshake()), 401, "token_missing");
        assertRefused(server.answerTo(server.handshake().with("Authorization", "Basic YTpi")), 401, "token_missing");
        assertRefused(
                server.answerTo(server.handshake()
                        .with("Authorization", "bEaReR   " + token + "  ")
                        .without("Upgrade")),
                426,
                "upgrade_required");
    }

    // ---- the shape of the request

    @Test
    void shouldRefuseOtherPathsAndMethods() {
        assertRefused(server.answerTo(server.handshake().bearer(token).target("/")), 404, "path_unknown");
        assertRefused(server.answerTo(server.handshake().bearer(token).target("/ws/")), 404, "path_unknown");
        assertRefused(server.answerTo(server.handshake().bearer(token).target("/WS")), 404, "path_unknown");

        Response post = server.answerTo(server.handshake().bearer(token).method("POST"));
        assertRefused(post, 405, "method_not_allowed");
        assertThat(post.headers()).containsEntry("allow", "GET");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Upgrade", "Connection", "Sec-WebSocket-Version"})
    void shouldTellAPageThatItsTokenIsGoodWhenItDoesNotUpgrade(String missing) {
        Response response = server.answerTo(server.handshake().bearer(token).without(missing));

        assertRefused(response, 426, "upgrade_required");
        assertThat(response.headers())
                .containsEntry("upgrade", "websocket")
                .containsEntry("sec-websocket-version", "13");
    }

    @Test
    void shouldRefuseAnotherVersion() {
        Handshake draft = server.handshake()
                .bearer(token)
                .without("Sec-WebSocket-Version")
                .with("Sec-WebSocket-Version", "8");

        assertRefused(server.answerTo(draft), 426, "upgrade_required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZSE=", "dGhl IHNhbXBsZSBub25jZQ=="})
    void shouldRefuseABadKey(String key) {
        Handshake request = server.handshake().bearer(token).without("Sec-WebSocket-Key");

        assertRefused(server.answerTo(request), 400, "websocket_key_malformed");
        // unpadded base64 names the same 16 bytes
        if (!key.equals("dGhlIHNhbXBsZSBub25jZQ")) {
            assertRefused(server.answerTo(request.with("Sec-WebSocket-Key", key)), 400, "websocket_key_malformed");
        }
    }

    @Test
    void shouldAcceptConnectionHeadersOfBrowsers() {
        Handshake firefox = server.handshake()
                .bearer(token)
                .without("Connection", "Upgrade")
                .with("Connection", "keep-alive, Upgrade")
                .with("Upgrade", "WebSocket")
                .with("Sec-WebSocket-Extensions", "permessage-deflate");

        Response response = server.answerTo(firefox);

        assertThat(response.status()).isEqualTo(101);
        assertThat(response.headers()).doesNotContainKey("sec-websocket-extensions");
    }

    @Test
    void shouldRefuseAHeadThatIsTooLarge() {
        assertRefused(
                server.answerTo(server.handshake().bearer(token).with("X-Padding", "x".repeat(17 * 1024))),
                431,
                "head_too_large");
        assertRefused(
                server.answerTo(server.handshake().bearer(token).target("/ws?" + "x".repeat(17 * 1024))),
                431,
                "head_too_large");
        assertThat(server.answerTo(server.handshake().bearer(token).with("X-Padding", "x".repeat(15 * 1024)))
                        .status())
                .isEqualTo(101);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET /ws HTTP/9.9.9\r\n\r\n", "\u0001\u0002\u0003 / \r\n\r\n", "GET /ws HTTP/1.1\r\n: x\r\n\r\n"
            })
    void shouldRefuseWhatIsNotHttp(String request) {
        TestSocket socket = server.open();
        socket.send(request);

        assertRefused(socket.readResponse(), 400, "head_malformed");
        assertThat(socket.read()).isEqualTo(-1);
    }

    @Test
    void shouldCloseAfterARefusal() {
        TestSocket socket = server.open();
        socket.send(server.handshake().bytes());

        assertThat(socket.readResponse().headers()).containsEntry("connection", "close");
        assertThat(socket.read()).isEqualTo(-1);
    }

    // ---- origins

    @ParameterizedTest
    @CsvSource({
        "http://HOST, 101",
        "https://HOST, 101",
        "HTTP://HOST, 101",
        "http://HOST/, 403",
        "http://HOST/path, 403",
        "http://user@HOST, 403",
        "http://HOSTx, 403",
        "http://HOST0, 403",
        "http://127.0.0.1, 403",
        "http://127.0.0.1., 403",
        "http://localhost, 403",
        "ftp://HOST, 403",
        "chrome-extension://HOST, 403",
        "HOST, 403",
        "//HOST, 403",
        "NULL, 403",
        "http://evil.example, 403",
        "null, 403",
        "http://HOST.evil.example, 403",
        "http://evil.example/HOST, 403",
        "http://HOST@evil.example, 403",
        "not an origin, 403"
    })
    void shouldLetInTheSameOriginOnly(String origin, int status) {
        String host = "127.0.0.1:" + server.router().publicPort();

        Response response =
                server.answerTo(server.handshake().bearer(token).with("Origin", origin.replace("HOST", host)));

        assertThat(response.status()).isEqualTo(status);
        if (status == 403) {
            assertRefused(response, 403, "origin_forbidden");
            assertThat(response.headers()).doesNotContainKey("access-control-allow-origin");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "app.example,      https://app.example,      101",
        "app.example:443,  https://app.example,      101",
        "app.example:80,   http://app.example,       101",
        "APP.example,      https://app.EXAMPLE,      101",
        "app.example:8443, https://app.example:8443, 101",
        "app.example,      https://app.example:443,  403",
        "app.example:443,  http://app.example,       403",
        "app.example:80,   https://app.example,      403",
        "app.example:8443, https://app.example,      403",
        "app.example,      https://app.example.,     403",
        "app.example.,     https://app.example,      403",
        "app.example.,     https://app.example.,     101"
    })
    void shouldCompareTheOriginWithTheHostAsBrowsersWriteThem(String host, String origin, int status) {
        Handshake page = server.handshake()
                .without("Host")
                .with("Host", host)
                .bearer(token)
                .with("Origin", origin);

        assertThat(server.answerTo(page).status()).isEqualTo(status);
    }

    @Test
    void shouldLetAPageAskWhyWithATokenInItsHeader() {
        try (TestServer other = TestServer.start("public.allowed-origins=[\"https://app.example\"]")) {
            Handshake preflight = new Handshake("router.example")
                    .without("Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version")
                    .method("OPTIONS")
                    .with("Origin", "https://app.example")
                    .with("Access-Control-Request-Method", "GET")
                    .with("Access-Control-Request-Headers", "authorization");
            Response allowed = other.answerTo(preflight);
            assertThat(allowed.status()).isEqualTo(204);
            assertThat(allowed.headers())
                    .containsEntry("access-control-allow-origin", "https://app.example")
                    .containsEntry("access-control-allow-methods", "GET")
                    .containsEntry("access-control-allow-headers", "authorization")
                    .containsEntry("vary", "Origin")
                    .doesNotContainKey("access-control-allow-credentials");

            Response foreign = other.answerTo(preflight.without("Origin").with("Origin", "https://evil.example"));
            assertRefused(foreign, 403, "origin_forbidden");
            assertThat(foreign.headers())
                    .containsEntry("vary", "Origin")
                    .doesNotContainKey("access-control-allow-origin");
            assertRefused(other.answerTo(preflight.without("Origin")), 405, "method_not_allowed");
        }
    }

    @Test
    void shouldLetAPageReadWhenToComeBack() {
        try (TestServer keyless = TestServer.startWithoutTheSecret(
                "auth.jwks-url=http://127.0.0.1:1/jwks", "public.allowed-origins=[\"https://app.example\"]")) {
            Response refusal =
                    keyless.answerTo(keyless.handshake().bearer(token).with("Origin", "https://app.example"));

            assertRefused(refusal, 503, "keys_unavailable");
            assertThat(refusal.headers())
                    .containsEntry("retry-after", "1")
                    .containsEntry("access-control-expose-headers", "Retry-After");
        }
    }

    @Test
    void shouldCompareAllowedOriginsWholeButForCase() {
        try (TestServer other = TestServer.start("public.allowed-origins=[\"https://app.example\"]")) {
            assertThat(statusForOrigin(other, "HTTPS://App.Example")).isEqualTo(101);
            for (String foreign : List.of(
                    "http://app.example",
                    "https://app.example:8443",
                    "https://app.example.",
                    "https://app.example/",
                    "https://sub.app.example",
                    "https://app.example.evil.example",
                    "null",
                    "*",
                    "")) {
                assertThat(statusForOrigin(other, foreign)).as(foreign).isEqualTo(403);
            }
        }
    }

    private int statusForOrigin(TestServer other, String origin) {
        return other.answerTo(other.handshake().bearer(token).with("Origin", origin))
                .status();
    }

    @Test
    void shouldLetPagesOfAllowedOriginsReadTheRefusal() {
        try (TestServer other = TestServer.start("public.allowed-origins=[\"https://app.example\"]")) {
            Response allowed = other.answerTo(other.handshake().with("Origin", "https://app.example"));
            assertRefused(allowed, 401, "token_missing");
            assertThat(allowed.headers())
                    .containsEntry("access-control-allow-origin", "https://app.example")
                    .containsEntry("vary", "Origin");

            Response page = other.answerTo(other.handshake()
                    .bearer(token)
                    .with("Origin", "https://app.example")
                    .without("Upgrade"));
            assertRefused(page, 426, "upgrade_required");
            assertThat(page.headers()).containsEntry("access-control-allow-origin", "https://app.example");

            Response foreign = other.answerTo(other.handshake().with("Origin", "https://evil.example"));
            assertRefused(foreign, 403, "origin_forbidden");
            assertThat(foreign.headers()).doesNotContainKey("access-control-allow-origin");

            Response twice = other.answerTo(
                    other.handshake().with("Origin", "https://app.example").with("Origin", "https://evil.example"));
            assertRefused(twice, 403, "origin_forbidden");

            Response notABrowser = other.answerTo(other.handshake());
            assertThat(notABrowser.headers()).doesNotContainKey("access-control-allow-origin");
            assertThat(other.answerTo(other.handshake().bearer(token).with("Origin", "https://app.example"))
                            .status())
                    .isEqualTo(101);
        }
    }

    @Test
    void shouldLetInAnyOriginWhenToldSo() {
        try (TestServer other = TestServer.start("public.allowed-origins=[\"*\"]")) {
            assertThat(other.answerTo(other.handshake().bearer(token).with("Origin", "https://evil.example"))
                            .status())
                    .isEqualTo(101);
        }
    }

    // ---- what comes too early, or not at all

    @ParameterizedTest
    @MethodSource("earlyBytes")
    void shouldRefuseBytesInTheSegmentOfTheRequest(byte[] early) {
        for (String user : new String[] {"alice", "bob", "carol", "dave", "erin", "frank"}) {
            TestSocket socket = server.open();
            byte[] request = server.handshake().bearer(server.token(user)).bytes();
            byte[] segment = Arrays.copyOf(request, request.length + early.length);
            System.arraycopy(early, 0, segment, request.length, early.length);

            socket.send(segment);

            assertRefused(socket.readResponse(), 400, "bytes_before_101");
            assertThat(socket.read()).isEqualTo(-1);
        }
        assertThat(server.stats().path("connections").asInt()).isZero();
    }

    static Stream<byte[]> earlyBytes() {
        return Stream.of(
                Frame.text("{\"type\":\"ping\"}").masked(),
                Frame.of(Frame.PING, new byte[0]).masked(),
                Frame.fragment(Frame.TEXT, false, new byte[3]).masked(),
                "GET /ws HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8),
                "x".getBytes(UTF_8));
    }

    @Test
    void shouldRefuseABody() {
        TestSocket socket = server.open();
        socket.send(server.handshake().bearer(token).with("Content-Length", "5").bytes());
        socket.send("hello");

        assertRefused(socket.readResponse(), 400, "bytes_before_101");
    }

    @Test
    void shouldReadAHeadInPieces() {
        TestSocket socket = server.open();
        byte[] request = server.handshake().bearer(token).bytes();
        for (byte b : request) {
            socket.send(new byte[] {b});
        }

        assertThat(socket.readResponse().status()).isEqualTo(101);
    }

    @Test
    void shouldKeepAConnectionBeyondTheHandshakeTimeout() {
        try (TestServer hasty = TestServer.start("limits.handshake-timeout=100ms", "heartbeat.interval=300ms")) {
            WebSocketClient client = hasty.connect("alice");

            assertThat(client.readFrame().opcode()).isEqualTo(Frame.PING);
            client.assertNothingElseCame();
        }
    }

    private static void assertRefused(Response response, int status, String word) {
        assertThat(response.status()).as(response.body()).isEqualTo(status);
        assertThat(response.json().path("error").asText()).isEqualTo(word);
        assertThat(response.json().path("reason").asText()).isNotEmpty();
        assertThat(response.headers()).containsEntry("cache-control", "no-store");
    }

    private static String base64Url(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    /** A token with these claims and a good signature. */
    private static String signed(String claims) {
        try {
            String input = base64Url("{\"alg\":\"HS256\"}") + '.' + base64Url(claims);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(TestServer.SECRET.getBytes(UTF_8), "HmacSHA256"));
            byte[] signature = mac.doFinal(input.getBytes(UTF_8));
            return input + '.' + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
