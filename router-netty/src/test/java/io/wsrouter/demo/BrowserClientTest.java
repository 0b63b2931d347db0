package io.wsrouter.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.auth.Grants;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.server.TestJson;
import io.wsrouter.server.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The code block of {@code docs/browser-client.md}, in a real browser, against a real router. */
final class BrowserClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Grants GRANTS = TestServer.maySubscribe("topic:*");
    private static final Pattern CODE = Pattern.compile("```js\n(.*?)```", Pattern.DOTALL);

    /** Remembers what the client does; time passes as fast as {@code haste} says, so that nobody waits for timers. */
    private static final String WITNESS = """
            globalThis.whys = []; globalThis.tokens = []; globalThis.messages = []; globalThis.states = []; globalThis.errors = [];
            globalThis.timers = new Set(); globalThis.haste = 1;
            const slowTimeout = setTimeout, slowClear = clearTimeout;
            globalThis.setTimeout = (task, ms) => {
              const timer = slowTimeout(() => { timers.delete(timer); task(); }, ms / haste);
              timers.add(timer);
              return timer;
            };
            globalThis.clearTimeout = timer => { timers.delete(timer); slowClear(timer); };
            globalThis.start = () => globalThis.client = new RouterClient("/ws", async why => {
              whys.push(why);
              return tokens.length > 1 ? tokens.shift() : tokens[0];
            }, {onMessage: message => messages.push(message), onState: (state, details) => states.push({state, ...details}),
              onError: error => errors.push(error)});
            """;

    private static Browser browser;
    private static String code;

    private final List<Browser.Page> pages = new ArrayList<>();
    private TestServer server = TestServer.start("limits.handshakes-per-second=unlimited");

    @BeforeAll
    static void start() throws Exception {
        Matcher block = CODE.matcher(Files.readString(Path.of("..", "docs", "browser-client.md")));
        assertThat(block.find()).isTrue();
        code = block.group(1);
        browser = Browser.start();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void close() {
        pages.forEach(Browser.Page::close);
        server.close();
    }

    @Test
    void shouldConnectPublishAndReceive() {
        Browser.Page page = open(token());
        awaitOnline(page, 1);

        assertThat(page.evaluate("client.subscribe('topic:chat.1')")
                        .path("type")
                        .asText())
                .isEqualTo("ok");
        JsonNode receipt = page.evaluate("client.publish('user:alice', 'greeting', {text: 'hello'})");

        assertThat(receipt.path("outcome").asText()).isEqualTo("delivered");
        assertThat(page.evaluate("client.publish('user:bob', 'greeting')")
                        .path("outcome")
                        .asText())
                .isEqualTo("forbidden");
        publish("topic:chat.1", "\"news\"");
        eventually(() -> assertThat(page.evaluate("messages")).hasSize(2));
        assertThat(page.evaluate("messages[0].data.text").asText()).isEqualTo("hello");
        assertThat(page.evaluate("messages[1].data").asText()).isEqualTo("news");
    }

    @Test
    void shouldSendWhatWasAskedBeforeTheWelcomeAfterIt() {
        Browser.Page page = blank();
        give(page, token());

        JsonNode answers = page.evaluate("""
                (start(), Promise.all([client.subscribe('topic:chat.1'), client.publish('user:alice', 'early'),
                  client.subscribe('user:bob')]))""");

        assertThat(answers.get(0).path("type").asText()).isEqualTo("ok");
        assertThat(answers.get(1).path("outcome").asText()).isEqualTo("delivered");
        assertThat(answers.get(2).path("code").asText()).isEqualTo("forbidden");
        awaitOutcome("topic:chat.1", "delivered");
        assertThat(page.evaluate("errors")).isEmpty();
    }

    @Test
    void shouldSayThatNothingWasSentWhileTheRouterIsAway() {
        Browser.Page page = open(token());
        awaitOnline(page, 1);
        int port = server.router().publicPort();
        server.close();
        eventually(() -> assertThat(states(page, "waiting")).isNotEmpty());

        assertThat(page.evaluate("client.publish('user:alice', 'lost')")
                        .path("outcome")
                        .asText())
                .isEqualTo("not_sent");
        page.evaluate("(client.subscribe('topic:later').then(answer => globalThis.later = answer), null)");
        server = TestServer.start("public.port=" + port);

        eventually(
                () -> assertThat(page.evaluate("globalThis.later?.type ?? ''").asText())
                        .isEqualTo("ok"));
        assertThat(publish("topic:later", "1")).isEqualTo("delivered");
    }

    @Test
    void shouldReportAForbiddenTopicAndNotAskForItAgain() {
        Browser.Page page = open(token(), tokenWithoutGrants());
        awaitOnline(page, 1);
        page.evaluate("client.subscribe('topic:chat.1')");

        restart();
        eventually(() -> assertThat(page.evaluate("errors")).hasSize(1));
        restart();
        awaitOnline(page, 3);

        assertThat(page.evaluate("errors[0].code").asText()).isEqualTo("forbidden");
        assertThat(page.evaluate("errors[0].to").asText()).isEqualTo("topic:chat.1");
        page.evaluate("client.publish('user:alice', 'what was asked before is through')");
        assertThat(server.stats().path("denied").asInt(-1)).isZero();
    }

    @Test
    void shouldReportATopicThatARefreshRevoked() {
        Browser.Page page = blank();
        page.evaluate("haste = 1000");
        give(
                page,
                token(Duration.ofMinutes(10)),
                TestServer.minter(InstantSource.system()).mint("alice", Duration.ofHours(9), Grants.NONE));
        assertThat(page.evaluate("(start(), client.subscribe('topic:chat.1'))")
                        .path("type")
                        .asText())
                .isEqualTo("ok");

        eventually(() -> assertThat(page.evaluate("errors")).hasSize(1));
        restart();
        awaitOnline(page, 2);

        assertThat(page.evaluate("errors[0].code").asText()).isEqualTo("forbidden");
        assertThat(page.evaluate("errors[0].to").asText()).isEqualTo("topic:chat.1");
        page.evaluate("client.publish('user:alice', 'what was asked before is through')");
        assertThat(server.stats().path("denied").asInt(-1)).isZero();
    }

    @Test
    void shouldReportARefusedRefresh() {
        Browser.Page page = blank();
        page.evaluate("haste = 1000");
        give(page, token(Duration.ofMinutes(10)), "not.a.token");
        page.evaluate("start() && null");

        eventually(() -> assertThat(page.evaluate("errors.map(error => error.code)"))
                .extracting(JsonNode::asText)
                .contains("unauthenticated"));
    }

    @Test
    void shouldGetAllItsTopicsBackWithinTheRate() {
        String rate = "limits.messages-per-second=15";
        server.close();
        server = TestServer.start(rate);
        Browser.Page page = open(token());
        awaitOnline(page, 1);

        JsonNode answers =
                page.evaluate("Promise.all(Array.from({length: 40}, (_, i) => client.subscribe('topic:many.' + i)))");
        restart(rate);

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.path("type").asText()).isEqualTo("ok"));
        eventually(() ->
                assertThat(server.stats().path("subscribedTopics").asInt()).isEqualTo(40));
        assertThat(states(page, "online")).hasSize(2);
        assertThat(page.evaluate("errors")).isEmpty();
    }

    /** The dice show nothing, so that only what the router asks for is left of the pause. */
    @Test
    void shouldWaitAsLongAsTheRouterAsksWhileItHasNoKeys() {
        try (TestServer keyless = TestServer.startWithoutTheSecret("auth.jwks-url=http://127.0.0.1:1/jwks")) {
            Browser.Page page = blank(keyless.router().publicPort());
            page.evaluate("haste = 10; Math.random = () => 0");
            give(page, token());
            page.evaluate("start() && null");

            eventually(() -> assertThat(states(page, "waiting")).hasSizeGreaterThanOrEqualTo(2));
            assertThat(states(page, "waiting").get(0).path("error").asText()).isEqualTo("keys_unavailable");
            assertThat(states(page, "waiting").get(1).path("delayMs").asInt()).isEqualTo(1_000);
            page.evaluate("client.close()");
        }
    }

    @Test
    void shouldComeBackAndSubscribeAgainWhenTheRouterRestarts() {
        Browser.Page page = open(token());
        awaitOnline(page, 1);
        page.evaluate("client.subscribe('topic:kept'), client.subscribe('topic:left')");
        page.evaluate("client.unsubscribe('topic:left')");
        String firstId = states(page, "online").get(0).path("connection").asText();

        restart();

        awaitOnline(page, 2);
        assertThat(states(page, "waiting").get(0).path("code").asInt()).isEqualTo(1012);
        assertThat(states(page, "online").get(1).path("connection").asText()).isNotEqualTo(firstId);
        awaitOutcome("topic:kept", "delivered");
        assertThat(publish("topic:left", "1")).isEqualTo("no_route");
        eventually(() -> assertThat(page.evaluate("messages.map(message => message.to)"))
                .extracting(JsonNode::asText)
                .containsExactly("topic:kept"));
    }

    @Test
    void shouldKnowEveryCodeThatTheRouterClosesWith() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "browser-client.md"));
        String table = page.substring(page.indexOf("| code | why | the client |"));

        for (CloseReason reason : CloseReason.values()) {
            assertThat(table).contains(Integer.toString(reason.code()));
        }
    }

    @Test
    void shouldComeBackWhenItWasCutOffWithoutACloseFrame() throws Exception {
        try (CutWire wire = CutWire.to(server.router().publicPort())) {
            Browser.Page page = open(token(), wire.port());
            awaitOnline(page, 1);
            page.evaluate("client.subscribe('topic:kept')");

            wire.cut();

            awaitOnline(page, 2);
            assertThat(states(page, "waiting").get(0).path("code").asInt()).isEqualTo(1006);
            awaitOutcome("topic:kept", "delivered");
            eventually(() -> assertThat(page.evaluate("messages")).isNotEmpty());
        }
    }

    @Test
    void shouldStayAwayWhenItIsKicked() {
        Browser.Page page = open(token());
        awaitOnline(page, 1);

        server.ask("DELETE", "/v1/users/alice/connections", "");

        JsonNode stopped = awaitStopped(page);
        assertThat(stopped.path("code").asInt()).isEqualTo(4003);
        assertThat(stopped.path("reason").asText()).isEqualTo("kicked");
        assertThat(page.evaluate("client.publish('user:alice', 'late')")
                        .path("outcome")
                        .asText())
                .isEqualTo("not_sent");
    }

    @ParameterizedTest
    @CsvSource({"forged, bad_signature", "not a token, token_malformed", "'', token_missing"})
    void shouldShowTheReasonForABadTokenAndStop(String badToken, String error) {
        String token = token();
        Browser.Page page =
                open(badToken.equals("forged") ? token.substring(0, token.lastIndexOf('.')) + ".AAAA" : badToken);

        JsonNode stopped = awaitStopped(page);

        assertThat(stopped.path("status").asInt()).isEqualTo(401);
        assertThat(stopped.path("error").asText()).isEqualTo(error);
        assertThat(stopped.path("reason").asText()).isNotEmpty();
        assertThat(whys(page)).containsExactly("first");
    }

    @Test
    void shouldAskOnceForANewTokenWhenTheOldIsRefusedAsExpired() {
        String expired =
                TestServer.minter(() -> Instant.now().minusSeconds(3_600)).mint("alice", Duration.ofMinutes(1), GRANTS);

        Browser.Page lucky = open(expired, token());
        awaitOnline(lucky, 1);
        Browser.Page stubborn = open(expired);
        JsonNode stopped = awaitStopped(stubborn);

        assertThat(whys(lucky)).containsExactly("first", "token_expired");
        assertThat(whys(stubborn)).containsExactly("first", "token_expired");
        assertThat(stopped.path("reason").asText()).isEqualTo("token_expired");
    }

    @Test
    void shouldComeBackWithANewTokenWhenTheOldExpiresOnTheConnection() {
        Browser.Page page = open(token(Duration.ofSeconds(2)), token());

        awaitOnline(page, 2);

        assertThat(states(page, "waiting").get(0).path("code").asInt()).isEqualTo(4001);
        assertThat(whys(page)).containsExactly("first", "new token");
    }

    @Test
    void shouldRefreshItsTokenBeforeItExpires() {
        Browser.Page page = blank();
        page.evaluate("haste = 1000");
        give(page, token(Duration.ofMinutes(10)), token(Duration.ofMinutes(20)), token(Duration.ofHours(9)));
        page.evaluate("start() && null");
        awaitOnline(page, 1);
        String id = states(page, "online").get(0).path("connection").asText();
        long expires = states(page, "online").get(0).path("expires").asLong();

        eventually(() -> assertThat(whys(page)).startsWith("first", "refresh", "refresh"));

        eventually(() -> assertThat(server.ask("GET", "/v1/connections/" + id, "")
                        .json()
                        .path("expires")
                        .asLong())
                .isGreaterThan(expires + 3_600));
        assertThat(states(page, "waiting")).isEmpty();
    }

    /** The dice always show a half, so that each pause is half of the longest one. */
    @Test
    void shouldBackOffExponentiallyWithFullJitter() {
        Browser.Page page = open(token());
        awaitOnline(page, 1);
        page.evaluate("haste = 100; Math.random = () => 0.5");

        int port = server.router().publicPort();
        server.close();

        eventually(() -> assertThat(states(page, "waiting")).hasSizeGreaterThanOrEqualTo(9));
        assertThat(states(page, "waiting").stream()
                        .limit(9)
                        .map(state -> state.path("delayMs").asInt()))
                .containsExactly(250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000);
        assertThat(states(page, "waiting").get(8).path("error").asText()).isEqualTo("no_answer");
        page.evaluate("client.close()");
        awaitStopped(page);
        server = TestServer.start("public.port=" + port);
    }

    // ---- the router

    private static String token() {
        return token(Duration.ofHours(1));
    }

    private static String token(Duration ttl) {
        return TestServer.minter(InstantSource.system()).mint("alice", ttl, GRANTS);
    }

    private static String tokenWithoutGrants() {
        return TestServer.minter(InstantSource.system()).mint("alice", Duration.ofHours(1), Grants.NONE);
    }

    private String publish(String to, String data) {
        return server.ask("POST", "/v1/publish", "{\"to\":\"" + to + "\",\"data\":" + data + "}")
                .json()
                .path("outcome")
                .asText();
    }

    private void awaitOutcome(String to, String outcome) {
        eventually(() -> assertThat(publish(to, "1")).isEqualTo(outcome));
    }

    private void restart() {
        restart("limits.handshakes-per-second=unlimited");
    }

    private void restart(String assignment) {
        int port = server.router().publicPort();
        server.close();
        server = TestServer.start("public.port=" + port, assignment);
    }

    // ---- the page

    /** A page of the router's own origin with the client on it, which connects with these tokens, the last one for good. */
    private Browser.Page open(String... tokens) {
        return open(server.router().publicPort(), tokens);
    }

    private Browser.Page open(String token, int port) {
        return open(port, token);
    }

    private Browser.Page open(int port, String... tokens) {
        Browser.Page page = blank(port);
        give(page, tokens);
        page.evaluate("start() && null");
        return page;
    }

    private Browser.Page blank() {
        return blank(server.router().publicPort());
    }

    private Browser.Page blank(int port) {
        Browser.Page page = browser.open("http://127.0.0.1:" + port + "/nothing-here");
        pages.add(page);
        eventually(() -> assertThat(
                        page.evaluate("document.readyState + location.port").asText())
                .isEqualTo("complete" + port));
        page.evaluate(WITNESS);
        page.evaluate(code);
        return page;
    }

    private static void give(Browser.Page page, String... tokens) {
        for (String token : tokens) {
            page.evaluate("tokens.push(" + TestJson.quoted(token) + ")");
        }
    }

    private static List<JsonNode> states(Browser.Page page, String state) {
        List<JsonNode> found = new ArrayList<>();
        page.evaluate("states").forEach(one -> {
            if (one.path("state").asText().equals(state)) {
                found.add(one);
            }
        });
        return found;
    }

    private static List<String> whys(Browser.Page page) {
        List<String> whys = new ArrayList<>();
        page.evaluate("whys").forEach(why -> whys.add(why.asText()));
        return whys;
    }

    private static void awaitOnline(Browser.Page page, int times) {
        eventually(() -> assertThat(states(page, "online"))
                .as(page.evaluate("states").toString())
                .hasSize(times));
    }

    /** Waits until it has stopped for good: no timer is left that could begin again. */
    private static JsonNode awaitStopped(Browser.Page page) {
        eventually(() -> assertThat(states(page, "stopped"))
                .as(page.evaluate("states").toString())
                .hasSize(1));
        assertThat(page.evaluate("timers.size").asInt()).isZero();
        return states(page, "stopped").get(0);
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
    }
}
