package io.wsrouter.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrouter.config.ConfigSources;
import io.wsrouter.protocol.CloseReason;
import io.wsrouter.server.DevMode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The demo page as people use it: in a real browser, against a real router, with the command line that is printed. */
final class DemoTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<String> AGENT_EVENTS =
            List.of("agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed");

    private static Browser browser;
    private static DevMode router;

    private final List<DemoPage> pages = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start();
        router = DevMode.start(
                ConfigSources.of().set("public.port", 0).set("internal.port", 0).set("degradation.enabled", false));
    }

    @AfterAll
    static void stop() {
        if (router != null) {
            router.server().close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void closePages() {
        pages.forEach(DemoPage::close);
    }

    @Test
    void shouldShowTheFiveEventsToAliceInOrderAndNoneToBob() throws Exception {
        DemoPage alice = openAs("alice");
        DemoPage bob = openAs("bob");

        String answer = runPrintedCommand();

        assertThat(answer.lines())
                .hasSize(5)
                .allSatisfy(line -> assertThat(line).contains("\"outcome\":\"delivered\""));
        eventually(() -> assertThat(alice.events()).isEqualTo(AGENT_EVENTS));
        assertThat(alice.text("li[data-event=agent_started]")).contains("{\"run\":1}", "user:back-end → user:alice");
        bob.publish("user:bob", "last");
        eventually(() -> assertThat(bob.events()).contains("last"));
        assertThat(bob.events()).containsExactly("last");
        assertThat(alice.events()).isEqualTo(AGENT_EVENTS);
    }

    @Test
    void shouldRefuseWhatBobPublishesToAlice() {
        DemoPage alice = openAs("alice");
        DemoPage bob = openAs("bob");

        bob.publish("user:alice", "not for alice");

        eventually(() -> assertThat(bob.outcomes()).containsExactly("forbidden"));
        alice.publish("user:alice", "last");
        eventually(() -> assertThat(alice.events()).contains("last"));
        assertThat(alice.events()).containsExactly("last");
    }

    @Test
    void shouldShowWhatWasRefusedOfPublishesWithoutAnId() {
        DemoPage bob = openAs("bob");

        bob.page.click("#with-receipt");
        bob.publish("user:alice", "not for alice");

        eventually(() -> assertThat(bob.text("li[data-type=refused]")).contains("forbidden 1"));
        bob.awaitPong();
        assertThat(bob.outcomes()).isEmpty();
    }

    @Test
    void shouldRefuseAPublishWhoseOwnerClaimIsWrong() {
        DemoPage alice = openAs("alice");

        alice.page.fill("#user", "bob");
        alice.publish("user:alice", "whose");

        eventually(() -> assertThat(alice.outcomes()).containsExactly("owner_mismatch"));
        alice.awaitPong();
        assertThat(alice.events()).isEmpty();
    }

    @Test
    void shouldShowATopicToAllWhoSubscribe() {
        DemoPage alice = openAs("alice");
        DemoPage bob = openAs("bob");
        alice.subscribe("topic:chat.demo");
        bob.subscribe("topic:chat.demo");

        bob.publish("topic:chat.demo", "hello");

        eventually(() -> assertThat(alice.events()).containsExactly("hello"));
        eventually(() -> assertThat(bob.events()).containsExactly("hello"));
        eventually(() -> assertThat(bob.text("li[data-outcome=delivered]")).contains("matched 2 · delivered 2"));

        bob.page.click("#unsubscribe");
        bob.awaitOks(2);
        alice.publish("topic:chat.demo", "without bob");
        eventually(() -> assertThat(alice.events()).containsExactly("hello", "without bob"));
        bob.awaitPong();
        assertThat(bob.events()).containsExactly("hello");
    }

    @Test
    void shouldShowThatATopicWithoutAGrantIsForbidden() {
        DemoPage alice = openAs("alice");

        alice.page.fill("#topic", "topic:ops");
        alice.page.click("#subscribe");

        eventually(() -> assertThat(alice.text("li[data-type=error][data-code=forbidden]"))
                .contains("topic:ops"));
    }

    @Test
    void shouldSayWhyATokenIsRefused() {
        DemoPage page = open("");
        String token = page.page.evaluate("demo.tokens.alice").asText();

        page.connectWith(token.substring(0, token.lastIndexOf('.')) + ".AAAA");
        page.awaitRefusal("401", "bad_signature");
        page.connectWith("not a token");
        page.awaitRefusal("401", "token_malformed");
        page.connectWith("");
        page.awaitRefusal("401", "token_missing");
        page.connectWith(token);
        page.awaitWelcome("alice");

        assertThat(page.page
                        .evaluate("document.querySelector('#refusal').hidden")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void shouldShowWhyAConnectionWasClosed() throws Exception {
        DemoPage alice = openAs("alice");

        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                        + router.server().internalPort() + "/v1/users/alice/connections"))
                                .header("Authorization", "Bearer " + router.backEndToken())
                                .DELETE()
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        alice.awaitState("offline");
        assertThat(alice.page.text("#close-code")).isEqualTo("4003");
        assertThat(alice.page.text("#close-reason")).isEqualTo("kicked");
        assertThat(alice.page.text("#close-words")).contains("thrown out by an operator");
        alice.page.click("#connect");
        alice.awaitWelcome("alice");
        alice.page.click("#disconnect");
        alice.awaitState("offline");
        assertThat(alice.page.text("#close-code")).isEqualTo("1000");
        assertThat(alice.page.text("#close-words")).contains("on purpose");
    }

    @Test
    void shouldHaveWordsForEveryCodeThatTheRouterClosesWith() {
        DemoPage page = open("");

        for (CloseReason reason : CloseReason.values()) {
            assertThat(page.page.evaluate("CLOSE_WORDS[" + reason.code() + "]").asText())
                    .as(reason.toString())
                    .isNotEmpty();
        }
    }

    @Test
    void shouldShowMarkupAsText() {
        DemoPage alice = openAs("alice");
        String markup = "<img src=x onerror=alert(1)><script>alert(2)</script>";

        alice.page.fill("#data", new ObjectMapper().valueToTree(markup).toString());
        alice.publish("user:alice", markup);

        eventually(() -> assertThat(alice.events()).containsExactly(markup));
        assertThat(alice.page.texts("#log .data")).contains('"' + markup + '"');
        assertThat(alice.page.texts("#log img, #log script")).isEmpty();
        alice.page.fill("#data", "{");
        alice.page.click("#publish");
        assertThat(alice.page.text("#data-problem")).startsWith("Not JSON");
    }

    // ---- the command line

    /** Runs the line that the terminal shows; where there is no curl, sends what it would have sent. */
    private static String runPrintedCommand() throws Exception {
        String command = router.greeting()
                .lines()
                .filter(line -> line.startsWith("curl "))
                .findFirst()
                .orElseThrow();
        return hasCurl() ? run(command) : post(command);
    }

    private static boolean hasCurl() throws Exception {
        return new ProcessBuilder("bash", "-c", "command -v curl >/dev/null")
                        .start()
                        .waitFor()
                == 0;
    }

    private static String run(String command) throws Exception {
        Process process = new ProcessBuilder("bash", "-c", command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }

    private static String post(String command) throws Exception {
        String url = found(command, "curl -s (\\S+)");
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", found(command, "'Authorization: ([^']+)'"))
                .header("Content-Type", found(command, "'Content-Type: ([^']+)'"))
                .POST(HttpRequest.BodyPublishers.ofString(
                        found(command, "--data-binary \\$'([^']+)'").replace("\\n", "\n")))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String found(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .findFirst()
                .orElseThrow();
    }

    // ---- the page

    private DemoPage openAs(String user) {
        DemoPage page = open("#" + user);
        page.awaitWelcome(user);
        return page;
    }

    private DemoPage open(String fragment) {
        DemoPage page =
                new DemoPage(browser.open("http://127.0.0.1:" + router.server().publicPort() + "/" + fragment));
        pages.add(page);
        page.awaitLoaded();
        return page;
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
    }

    /** The demo page, in the words of somebody who uses it. */
    private record DemoPage(Browser.Page page) {

        void awaitLoaded() {
            eventually(() -> assertThat(page.evaluate("document.readyState + document.title")
                            .asText())
                    .startsWith("complete")
                    .endsWith("ws-router demo"));
        }

        void awaitWelcome(String user) {
            awaitState("online");
            assertThat(page.text("#connection-id")).matches("ws_" + user + "_[0-9]+_[0-9a-f]{8}");
            assertThat(page.text("#connection-user")).isEqualTo(user);
        }

        void awaitState(String state) {
            eventually(() -> assertThat(page.text("#state")).isEqualTo(state));
        }

        void awaitRefusal(String status, String word) {
            eventually(() -> assertThat(page.text("#refusal-error"))
                    .as(page.text("#log"))
                    .isEqualTo(word));
            assertThat(page.text("#refusal-status")).isEqualTo(status);
            assertThat(page.text("#refusal-reason")).isNotEmpty();
            assertThat(page.text("#state")).isEqualTo("refused");
        }

        /** All that was sent to the page before is shown when this returns. */
        void awaitPong() {
            page.click("#ping");
            String id = page.evaluate("String(commands)").asText();
            eventually(() -> assertThat(page.texts("li[data-type=pong][data-id='" + id + "']"))
                    .hasSize(1));
        }

        void awaitOks(int count) {
            eventually(() -> assertThat(page.texts("li[data-type=ok]")).hasSize(count));
        }

        void connectWith(String token) {
            page.click("input[name=who][value=own]");
            page.fill("#token", token);
            page.click("#connect");
        }

        void publish(String to, String event) {
            page.fill("#to", to);
            page.fill("#event", event);
            page.click("#publish");
        }

        void subscribe(String topic) {
            page.fill("#topic", topic);
            page.click("#subscribe");
            awaitOks(1);
        }

        /** The events of the messages it shows, from the first to the last. */
        List<String> events() {
            return page.texts("li[data-type=message] .name");
        }

        /** The outcomes of the receipts it shows, from the first to the last. */
        List<String> outcomes() {
            return page.texts("li[data-type=receipt] .name");
        }

        String text(String row) {
            return page.text("#log " + row);
        }

        void close() {
            page.close();
        }
    }
}
