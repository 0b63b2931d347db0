package io.wsrouter.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.TokenMinter;
import io.wsrouter.config.ConfigSources;
import io.wsrouter.config.RouterConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The router's promises, checked over real sockets with real tokens and the JDK's own WebSocket client: every connection has
 * one canonical id and is routable, an unknown one is {@code no_route}, and nobody gets another user's bytes.
 */
public final class SelfTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Pattern CANONICAL_ID = Pattern.compile("ws_test_user_123456_[0-9]+_[0-9a-f]{8}");
    private static final int HANDLERS = 5;

    private final TokenMinter minter;
    private final RouterServer server;
    private final Consumer<String> report;
    private int violations;

    private SelfTest(TokenMinter minter, RouterServer server, Consumer<String> report) {
        this.minter = minter;
        this.server = server;
        this.report = report;
    }

    /**
     * Starts a router on free ports of loopback, runs all checks and closes it. Blocks for a few seconds at most.
     *
     * @param report gets a line for each check
     * @return the number of checks that failed
     */
    public static int run(Consumer<String> report) throws Exception {
        return run(RouterServer::start, report);
    }

    /** How a router comes to be that is checked. */
    interface Start {

        /** Starts a router. */
        RouterServer start(RouterConfig config) throws BindException;
    }

    /** Runs all checks on a router of {@code start}, for tests that break one on purpose. */
    static int run(Start start, Consumer<String> report) throws Exception {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String secret = HexFormat.of().formatHex(random);
        RouterConfig config = RouterConfig.load(ConfigSources.of()
                .set("public.host", "127.0.0.1")
                .set("public.port", 0)
                .set("internal.port", 0)
                .set("degradation.enabled", false)
                .set("auth.hmac-secret", secret));
        TokenMinter minter =
                new TokenMinter(secret.getBytes(UTF_8), JwtAlgorithm.HS256, null, null, InstantSource.system());
        try (RouterServer server = start.start(config)) {
            SelfTest test = new SelfTest(minter, server, report);
            test.giveFiveHandlersOfOneUserFiveIds();
            test.routeToWhatIsRegisteredAndToNothingElse();
            test.crossNoUsers();
            return test.violations;
        }
    }

    private void giveFiveHandlersOfOneUserFiveIds() throws Exception {
        List<Client> handlers = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < HANDLERS; i++) {
            Client handler = connect("test_user_123456");
            handlers.add(handler);
            ids.add(handler.connectionId);
        }
        check("5 connections of one user have 5 distinct ids", ids.size() == HANDLERS);
        check(
                "all ids are canonical: ws_<user>_<seconds>_<8 hex>",
                ids.stream().allMatch(id -> CANONICAL_ID.matcher(id).matches()));
        boolean areRoutable = true;
        for (Client handler : handlers) {
            handlers.get(0).publish("connection:" + handler.connectionId, "to " + handler.connectionId);
            areRoutable &= handler.awaitMessage("to " + handler.connectionId);
        }
        check("all 5 are routable by id", areRoutable);
        for (Client handler : handlers) {
            handler.close();
        }
    }

    private void routeToWhatIsRegisteredAndToNothingElse() throws Exception {
        Client user = connect("sync_test_user_789");
        String outcome = user.publish("connection:" + user.connectionId, "registered");
        check("a registered connection routes: " + outcome, outcome.equals("delivered"));
        String unknown = user.publish("connection:ws_sync_test_user_789_1757371237_8bfbba09", "unknown");
        check("an unknown connection id is " + unknown, unknown.equals("no_route"));
        user.close();
    }

    private void crossNoUsers() throws Exception {
        Client first = connect("isolation_user_1");
        Client second = connect("isolation_user_2");
        String own = first.publish("user:isolation_user_1", "secret of 1");
        check("a user's message to itself is " + own, own.equals("delivered") && first.awaitMessage("secret of 1"));
        String toUser = first.publish("user:isolation_user_2", "crossed from 1");
        String toConnection = second.publish("connection:" + first.connectionId, "crossed from 2");
        check(
                "messages crossed between two users are " + toUser + " and " + toConnection,
                toUser.equals("forbidden") && toConnection.equals("forbidden"));
        int wrongBytes = first.bytesFromOthers() + second.bytesFromOthers();
        check(wrongBytes + " bytes on the wrong socket", wrongBytes == 0);
        first.close();
        second.close();
    }

    private void check(String statement, boolean holds) {
        if (!holds) {
            violations++;
        }
        report.accept((holds ? "ok    " : "FAIL  ") + statement);
    }

    private Client connect(String user) throws Exception {
        Client client = new Client(user);
        client.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + minter.mint(user, Duration.ofMinutes(5), Grants.NONE))
                .buildAsync(URI.create("ws://127.0.0.1:" + server.publicPort() + "/ws"), client)
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        client.connectionId = client.await("welcome").get("connection").asText();
        return client;
    }

    /** One client; keeps every frame that it gets. */
    private static final class Client implements WebSocket.Listener {

        private final String user;
        private final BlockingQueue<JsonNode> unread = new LinkedBlockingQueue<>();
        private final List<JsonNode> messages = new ArrayList<>();
        private final StringBuilder partial = new StringBuilder();
        private @Nullable WebSocket socket;
        private String connectionId = "";
        private int commands;

        Client(String user) {
            this.user = user;
        }

        /** Publishes and returns the outcome in its receipt. */
        String publish(String to, String text) throws Exception {
            String id = Integer.toString(++commands);
            String command = JSON.writeValueAsString(JSON.createObjectNode()
                    .put("type", "publish")
                    .put("id", id)
                    .put("to", to)
                    .put("data", text));
            socket().sendText(command, true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            JsonNode receipt = await("receipt");
            return receipt.path("id").asText().equals(id)
                    ? receipt.path("outcome").asText()
                    : "another's receipt";
        }

        boolean awaitMessage(String text) throws Exception {
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (messages.stream()
                    .noneMatch(message -> message.path("data").asText().equals(text))) {
                if (!readOne(deadlineNanos - System.nanoTime())) {
                    return false;
                }
            }
            return true;
        }

        /** Waits for a push of this type, keeping messages that come before it. */
        JsonNode await(String type) throws Exception {
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                JsonNode push = unread.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (push == null) {
                    throw new IllegalStateException("no " + type + " within " + PATIENCE);
                }
                if (push.path("type").asText().equals(type)) {
                    return push;
                }
                keep(push);
            }
        }

        /** Asks for a pong, so that all that was sent before is read, and counts the bytes that others sent. */
        int bytesFromOthers() throws Exception {
            socket().sendText("{\"type\":\"ping\"}", true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            await("pong");
            return messages.stream()
                    .filter(message -> !message.path("from").asText().equals("user:" + user))
                    .mapToInt(message -> message.toString().length())
                    .sum();
        }

        void close() throws Exception {
            socket().sendClose(WebSocket.NORMAL_CLOSURE, "").get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                try {
                    unread.add(JSON.readTree(partial.toString()));
                } catch (IOException e) {
                    throw new IllegalStateException("a push is not JSON", e);
                }
                partial.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        private boolean readOne(long patienceNanos) throws InterruptedException {
            JsonNode push = unread.poll(patienceNanos, TimeUnit.NANOSECONDS);
            if (push != null) {
                keep(push);
            }
            return push != null;
        }

        private void keep(JsonNode push) {
            if (push.path("type").asText().equals("message")) {
                messages.add(push);
            }
        }

        private WebSocket socket() {
            if (socket == null) {
                throw new IllegalStateException("not connected");
            }
            return socket;
        }
    }
}
