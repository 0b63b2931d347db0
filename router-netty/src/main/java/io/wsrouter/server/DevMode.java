package io.wsrouter.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.TokenMinter;
import io.wsrouter.config.ConfigSources;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.pipeline.PublicPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The router for trying it out: on loopback, with a key made up at start, a demo page on the public port's {@code /}, tokens
 * for alice and bob, and a command line that publishes to alice. Not for production: whoever reaches the page has the tokens.
 *
 * @param server the running router
 * @param config what it runs with
 * @param backEndToken may publish to every user and topic
 */
public record DevMode(RouterServer server, RouterConfig config, String backEndToken) {

    private static final int KEY_BYTES = 32;
    private static final Duration TOKEN_TTL = Duration.ofHours(12);
    private static final List<String> AGENT_EVENTS =
            List.of("agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed");

    /**
     * Starts a router on loopback with a fresh key; everything else as the sources say.
     *
     * @throws BindException when a port cannot be had
     */
    public static DevMode start(ConfigSources sources) throws BindException {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        String secret = HexFormat.of().formatHex(random);
        RouterConfig config = RouterConfig.load(sources.set("public.host", "127.0.0.1")
                .set("internal.host", "127.0.0.1")
                .set("auth.hmac-secret", secret));
        TokenMinter minter = new TokenMinter(
                secret.getBytes(UTF_8),
                JwtAlgorithm.HS256,
                config.auth().issuer(),
                config.auth().audience(),
                InstantSource.system());
        List<AddressPattern> chat = List.of(AddressPattern.parse("topic:chat.*"));
        Grants user = new Grants(chat, chat, false);
        Grants backEnd = new Grants(List.of(AddressPattern.parse("*")), List.of(), true);
        PublicPort.Page page = page(config, minter.mint("alice", TOKEN_TTL, user), minter.mint("bob", TOKEN_TTL, user));
        return new DevMode(
                RouterServer.start(config, Map.of("/", page)), config, minter.mint("back-end", TOKEN_TTL, backEnd));
    }

    /** What to try, for the terminal. */
    public String greeting() {
        String lines = AGENT_EVENTS.stream()
                .map(event -> "{\"to\":\"user:alice\",\"event\":\"" + event + "\",\"data\":{\"run\":1}}")
                .collect(Collectors.joining("\\n"));
        return Stream.of(
                        "",
                        "  DEV MODE: a random key, tokens for everybody on this machine. Not for production.",
                        "",
                        "  Open http://127.0.0.1:" + server.publicPort() + "/ and be alice, or bob in a second window.",
                        "  Then publish five events to alice as a back end would:",
                        "",
                        "curl -s http://127.0.0.1:" + server.internalPort() + "/v1/publish -H 'Authorization: Bearer "
                                + backEndToken + "' -H 'Content-Type: application/x-ndjson' --data-binary $'" + lines
                                + "'",
                        "",
                        "  For production: a configuration file, and check-config and print-config, which say what is in it.",
                        "")
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static PublicPort.Page page(RouterConfig config, String aliceToken, String bobToken) {
        String demo = script(
                Map.of("path", config.publicEndpoint().path(), "tokens", Map.of("alice", aliceToken, "bob", bobToken)));
        try (InputStream resource = DevMode.class.getResourceAsStream("demo.html")) {
            if (resource == null) {
                throw new IllegalStateException("demo.html is missing from the jar");
            }
            String html = new String(resource.readAllBytes(), UTF_8).replace("__DEMO__", demo);
            return new PublicPort.Page("text/html; charset=utf-8", html);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A value as JSON that may stand in a script of a page. */
    private static String script(Map<String, Object> value) {
        try {
            return new ObjectMapper().writeValueAsString(value).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps and strings can be written as JSON", e);
        }
    }
}
