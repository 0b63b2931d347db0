package io.wsrouter.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A headless Chromium of its own, driven over the DevTools protocol. Closing it ends its processes and deletes its files.
 *
 * <p>One thread at a time.
 */
final class Browser implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final long ANSWER_SECONDS = 30;
    private static final long END_SECONDS = 10;

    private final Path directory;
    private final Process process;
    private final DevTools devTools = new DevTools();

    private Browser(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /**
     * Starts Chromium.
     *
     * @throws AssertionError when it is not installed, or does not start
     */
    static Browser start() throws Exception {
        Path program = program();
        Path directory = Files.createTempDirectory("ws-router-browser");
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-dev-shm-usage",
                        "--disable-breakpad",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + directory.resolve("profile"),
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        Browser browser = new Browser(directory, process);
        try {
            browser.devTools.connect(browser.awaitAddress());
            return browser;
        } catch (Throwable e) {
            browser.close();
            throw e;
        }
    }

    /** Opens a page that shares nothing with the others but the browser. */
    Page open(String url) {
        String context = call(null, "Target.createBrowserContext", Map.of())
                .get("browserContextId")
                .asText();
        String target = call(null, "Target.createTarget", Map.of("url", url, "browserContextId", context))
                .get("targetId")
                .asText();
        String session = call(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .asText();
        return new Page(context, session);
    }

    @Override
    public void close() {
        List<ProcessHandle> processes = new ArrayList<>(process.descendants().toList());
        processes.add(process.toHandle());
        processes.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .orTimeout(END_SECONDS, TimeUnit.SECONDS)
                .join();
        delete(directory);
    }

    /** A page of the browser. */
    final class Page implements AutoCloseable {

        private final String context;
        private final String session;

        private Page(String context, String session) {
            this.context = context;
            this.session = session;
        }

        /** The value of a JavaScript expression; promises are awaited. */
        JsonNode evaluate(String expression) {
            JsonNode answer = call(
                    session,
                    "Runtime.evaluate",
                    Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
            if (answer.has("exceptionDetails")) {
                throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
            }
            return answer.path("result").path("value");
        }

        /** The text of the first element that the selector matches, or an empty string. */
        String text(String selector) {
            return String.join("", texts(selector).stream().limit(1).toList());
        }

        /** The texts of all elements that the selector matches, in the order of the document. */
        List<String> texts(String selector) {
            List<String> texts = new ArrayList<>();
            evaluate("Array.from(document.querySelectorAll(" + quoted(selector) + "), found => found.textContent)")
                    .forEach(text -> texts.add(text.asText()));
            return texts;
        }

        void click(String selector) {
            evaluate("document.querySelector(" + quoted(selector) + ").click()");
        }

        void fill(String selector, String value) {
            evaluate("document.querySelector(" + quoted(selector) + ").value = " + quoted(value));
        }

        @Override
        public void close() {
            call(null, "Target.disposeBrowserContext", Map.of("browserContextId", context));
        }
    }

    private static Path program() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "chromium"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "chromium is not in PATH; install the Debian package chromium: apt-get install chromium"));
    }

    /** Chromium writes its port and the path of its DevTools into a file once it accepts. */
    private URI awaitAddress() throws IOException {
        Path file = directory.resolve("profile").resolve("DevToolsActivePort");
        await("chromium accepts DevTools")
                .atMost(START_PATIENCE)
                .until(() -> !process.isAlive()
                        || (Files.exists(file) && Files.readAllLines(file).size() == 2));
        if (!process.isAlive()) {
            throw new AssertionError("chromium ended: " + Files.readString(directory.resolve("output"), UTF_8));
        }
        List<String> portAndPath = Files.readAllLines(file);
        return URI.create("ws://127.0.0.1:" + portAndPath.get(0) + portAndPath.get(1));
    }

    private JsonNode call(@Nullable String session, String method, Map<String, Object> parameters) {
        return devTools.call(session, method, parameters);
    }

    private static String quoted(String text) {
        return JSON.valueToTree(text).toString();
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The DevTools protocol: numbered calls as JSON texts, answered in any order. */
    private static final class DevTools implements WebSocket.Listener {

        private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
        private final AtomicInteger lastCall = new AtomicInteger();
        private final StringBuilder partial = new StringBuilder();
        private @Nullable WebSocket socket;

        void connect(URI address) throws Exception {
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(address, this)
                    .get(ANSWER_SECONDS, TimeUnit.SECONDS);
        }

        JsonNode call(@Nullable String session, String method, Map<String, Object> parameters) {
            int id = lastCall.incrementAndGet();
            ObjectNode call = JSON.createObjectNode().put("id", id).put("method", method);
            call.set("params", JSON.valueToTree(parameters));
            if (session != null) {
                call.put("sessionId", session);
            }
            CompletableFuture<JsonNode> answer = new CompletableFuture<>();
            calls.put(id, answer);
            if (socket == null) {
                throw new IllegalStateException("not connected");
            }
            socket.sendText(call.toString(), true);
            JsonNode answered =
                    answer.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
            if (answered.has("error")) {
                throw new AssertionError(method + ": " + answered.get("error"));
            }
            return answered.get("result");
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                onWholeText(partial.toString());
                partial.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        private void onWholeText(String text) {
            try {
                JsonNode push = JSON.readTree(text);
                CompletableFuture<JsonNode> answer =
                        calls.remove(push.path("id").asInt());
                if (answer != null) {
                    answer.complete(push);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
