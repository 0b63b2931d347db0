package io.wsrouter.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.TokenMinter;
import io.wsrouter.config.ConfigSources;
import io.wsrouter.config.RouterConfig;
import io.wsrouter.routing.Signal;
import java.net.BindException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A router on free ports of loopback, with tokens for whom a test likes. Closing it closes its clients first. */
public final class TestServer implements AutoCloseable {

    public static final String SECRET = "a secret of the tests, more than 32 bytes long";

    /** May publish to everybody and everything, subscribe to every topic and use the internal port. */
    public static final Grants ALL =
            new Grants(List.of(AddressPattern.parse("*")), List.of(AddressPattern.parse("topic:*")), true);

    static {
        Confidential.keep(SECRET);
    }

    private static final Duration TTL = Duration.ofMinutes(10);

    private final RouterServer server;
    private final TokenMinter minter = minter(InstantSource.system());
    private final Queue<TestSocket> sockets = new ConcurrentLinkedQueue<>();

    private TestServer(RouterServer server) {
        this.server = server;
    }

    /** Starts a router with these {@code key=value} over the defaults. */
    public static TestServer start(String... assignments) {
        return start(config(assignments));
    }

    /** Starts a router that knows the keys of {@code assignments} alone and not the secret of the tests. */
    public static TestServer startWithoutTheSecret(String... assignments) {
        return start(RouterConfig.load(with(defaults(), assignments)));
    }

    /** Starts a router whose authenticator is what {@code judging} makes of it. */
    public static TestServer startJudging(UnaryOperator<Authenticator> judging, String... assignments) {
        try {
            return new TestServer(RouterServer.start(config(assignments), Map.of(), judging));
        } catch (BindException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts a router that looks at {@code signals} alone to tell how hard pressed it is. */
    public static TestServer startSensing(Map<Signal, DoubleSupplier> signals, String... assignments) {
        try {
            String[] settings = Stream.concat(Stream.of("degradation.enabled=true"), Stream.of(assignments))
                    .toArray(String[]::new);
            return new TestServer(RouterServer.startSensing(config(settings), signals));
        } catch (BindException e) {
            throw new AssertionError(e);
        }
    }

    private static TestServer start(RouterConfig config) {
        try {
            return new TestServer(RouterServer.start(config));
        } catch (BindException e) {
            throw new AssertionError(e);
        }
    }

    /** The configuration of a test's router. */
    public static RouterConfig config(String... assignments) {
        return RouterConfig.load(with(defaults().set("auth.hmac-secret", SECRET), assignments));
    }

    private static ConfigSources defaults() {
        return ConfigSources.of()
                .set("node", "n1")
                .set("loops", 4)
                .set("public.host", "127.0.0.1")
                .set("public.port", 0)
                .set("internal.port", 0)
                .set("degradation.enabled", false) // a busy machine is no reason to refuse what a test asks for
                .set("limits.failed-handshakes-per-second-per-ip", "unlimited");
    }

    private static ConfigSources with(ConfigSources defaults, String... assignments) {
        ConfigSources sources = defaults;
        for (String assignment : assignments) {
            sources = sources.set(assignment);
        }
        return sources;
    }

    /** Signs with the secret of the tests. */
    public static TokenMinter minter(InstantSource clock) {
        return new TokenMinter(SECRET.getBytes(UTF_8), JwtAlgorithm.HS256, null, null, clock);
    }

    public static Grants mayPublish(String... patterns) {
        return new Grants(patterns(patterns), List.of(), false);
    }

    public static Grants maySubscribe(String... patterns) {
        return new Grants(List.of(), patterns(patterns), false);
    }

    private static List<AddressPattern> patterns(String... patterns) {
        return Stream.of(patterns).map(AddressPattern::parse).toList();
    }

    public RouterServer router() {
        return server;
    }

    // ---- clients

    public String token(String user) {
        return Confidential.keep(minter.mint(user, TTL, Grants.NONE));
    }

    public String token(String user, Grants grants) {
        return Confidential.keep(minter.mint(user, TTL, grants));
    }

    public String token(String user, Duration ttl) {
        return Confidential.keep(minter.mint(user, ttl, Grants.NONE));
    }

    /** A correct handshake but for the token. */
    public Handshake handshake() {
        return new Handshake("127.0.0.1:" + server.publicPort());
    }

    /** A bare socket to the public port, from another address of loopback. */
    public TestSocket openFrom(String localAddress) {
        return keep(TestSocket.openFrom(localAddress, server.publicPort()));
    }

    /** A bare socket to the public port. */
    public TestSocket open() {
        return keep(TestSocket.open(server.publicPort()));
    }

    /** Closes {@code socket} at the end, too. */
    public TestSocket keep(TestSocket socket) {
        sockets.add(socket);
        return socket;
    }

    /** Sends a handshake and reads the response. */
    public TestSocket.Response answerTo(Handshake handshake) {
        TestSocket socket = open();
        socket.send(handshake.bytes());
        return socket.readResponse();
    }

    public WebSocketClient connect(String user) {
        return connect(user, Grants.NONE);
    }

    public WebSocketClient connect(String user, Grants grants) {
        return WebSocketClient.open(open(), handshake().bearer(token(user, grants)));
    }

    /** A client whose kernel takes only a few kilobytes that it does not read. */
    public WebSocketClient connectWithSmallBuffer(String user) {
        TestSocket socket = keep(TestSocket.open(server.publicPort(), 4096));
        return WebSocketClient.open(socket, handshake().bearer(token(user)));
    }

    // ---- the internal port

    /** A bare socket to the internal port. */
    public TestSocket openInternal() {
        return keep(TestSocket.open(server.internalPort()));
    }

    /** A request to the internal port with the token of an operator. */
    public TestSocket.Response ask(String method, String path, String body) {
        return ask(method, path, token("operator", ALL), "application/json", body);
    }

    public TestSocket.Response ask(String method, String path, String token, String contentType, String body) {
        Confidential.keep(token);
        Confidential.keepPayloadOf(body);
        try (TestSocket socket = TestSocket.open(server.internalPort())) {
            socket.send(method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                    + "\r\nContent-Type: " + contentType + "\r\nContent-Length: " + body.getBytes(UTF_8).length
                    + "\r\n\r\n" + body);
            return socket.readResponse();
        }
    }

    public JsonNode stats() {
        return ask("GET", "/v1/stats", "").json();
    }

    /** Waits until no connection, user or topic is left in any table. */
    public void awaitNoResidue() {
        await("empty tables").atMost(TestSocket.PATIENCE).until(() -> {
            JsonNode stats = stats();
            return stats.path("connections").asInt(-1) == 0
                    && stats.path("users").asInt(-1) == 0
                    && stats.path("topics").asInt(-1) == 0
                    && stats.path("subscribedTopics").asInt(-1) == 0;
        });
        if (stats().path("bugs").asInt(-1) != 0 || stats().path("routing_drift").asInt(-1) != 0) {
            throw new AssertionError("faults of the router: " + stats());
        }
    }

    @Override
    public void close() {
        sockets.forEach(TestSocket::close);
        server.close();
    }
}
