package io.wsrouter.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.server.Handshake;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.TestSocket.Response;
import io.wsrouter.server.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strangers who open sockets, and what they cost others. */
final class HandshakeDefenceTest {

    private static final String FAILURES = "limits.failed-handshakes-per-second-per-ip=";
    private static final int MOST_ATTEMPTS = 10;
    private static final String LOOPBACK_IS_A_PROXY = "public.trusted-proxies=[127.0.0.1]";

    // ---- the rate of an address

    @Test
    @Exceeds("limits.failed-handshakes-per-second-per-ip")
    void shouldRefuseAnAddressThatKeepsFailingAndNoOther() {
        whileFailuresCount(2, server -> {
            assertThat(wordFor(server, "127.0.0.2", badToken(server))).isEqualTo("token_malformed");
            assertThat(wordFor(server, "127.0.0.2", badToken(server))).isEqualTo("token_malformed");

            Response third = answer(server.openFrom("127.0.0.2"), goodToken(server));

            assertThat(third.status()).isEqualTo(429);
            assertThat(third.json().path("error").asText()).isEqualTo("too_many_failures_of_ip");
            assertThat(third.headers()).containsEntry("retry-after", "1");
            assertThat(answer(server.openFrom("127.0.0.3"), goodToken(server)).status())
                    .isEqualTo(101);
            await("the rate to recover")
                    .until(() -> answer(server.openFrom("127.0.0.2"), goodToken(server))
                                    .status()
                            == 101);
        });
    }

    @Test
    void shouldVerifyNoTokenOfAnAddressThatKeepsFailing() {
        whileFailuresCount(1, server -> {
            // accepted before the first failure is known, and judged after it
            TestSocket early = server.openFrom("127.0.0.2");
            await().until(() -> count(server, "sockets_accepted") == 1);
            assertThat(wordFor(server, "127.0.0.2", badToken(server))).isEqualTo("token_malformed");
            long judged = count(server, "handshake_tokens_judged");

            assertThat(answer(early, goodToken(server)).status()).isEqualTo(429);
            assertThat(answer(server.openFrom("127.0.0.2"), goodToken(server)).status())
                    .isEqualTo(429);

            assertThat(count(server, "handshake_tokens_judged")).isEqualTo(judged);
            assertThat(count(server, "handshakes_ip_rate_limited")).isEqualTo(2);
        });
    }

    @Test
    void shouldNotHoldGoodHandshakesAgainstTheirAddress() {
        try (TestServer server = TestServer.start(FAILURES + 1)) {
            for (int i = 0; i < 5; i++) {
                assertThat(answer(server.openFrom("127.0.0.2"), goodToken(server))
                                .status())
                        .isEqualTo(101);
                Handshake probe = goodToken(server).without("Upgrade");
                assertThat(answer(server.openFrom("127.0.0.2"), probe).status()).isEqualTo(426);
            }
        }
    }

    @Test
    void shouldLetInABurstFromOneAddressThatIsLargerThanItsRateOfFailures() {
        try (TestServer server = TestServer.start(FAILURES + 10)) {
            List<TestSocket> burst = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                TestSocket socket = server.openFrom("127.0.0.2");
                socket.send(server.handshake().bearer(server.token("u" + i)).bytes());
                burst.add(socket);
            }

            assertThat(burst)
                    .allSatisfy(
                            socket -> assertThat(socket.readResponse().status()).isEqualTo(101));
        }
    }

    @Test
    void shouldHoldSilenceAgainstItsAddress() {
        whileFailuresCount(
                1,
                server -> {
                    assertThat(server.openFrom("127.0.0.2").read()).isEqualTo(-1);

                    assertThat(answer(server.openFrom("127.0.0.2"), goodToken(server))
                                    .status())
                            .isEqualTo(429);
                },
                "limits.handshake-timeout=100ms");
    }

    @Test
    void shouldHoldGarbageAgainstItsAddress() {
        whileFailuresCount(1, server -> {
            TestSocket garbage = server.openFrom("127.0.0.2");
            garbage.send("\u0001\u0002\u0003\r\n\r\n");
            assertThat(garbage.readResponse().status()).isEqualTo(400);

            assertThat(answer(server.openFrom("127.0.0.2"), goodToken(server)).status())
                    .isEqualTo(429);
        });
    }

    // ---- pending handshakes

    @Test
    void shouldMakeRoomForNewHandshakesByClosingTheOldestPending() {
        try (TestServer server = TestServer.start("limits.pending-handshakes=8")) {
            List<TestSocket> silent = new ArrayList<>();
            WebSocketClient established = server.connect("bob");
            for (int i = 0; i < 8; i++) {
                silent.add(server.open());
            }
            await().until(() -> count(server, "sockets_accepted") == 9);

            // refused while the silent ones are too young to be told from honest ones
            await().until(() -> answer(server.open(), goodToken(server)).status() == 101);

            assertThat(silent.get(0).read()).isEqualTo(-1);
            await().until(() -> count(server, "handshakes_displaced") > 0);
            established.assertNothingElseCame();
        }
    }

    @Test
    void shouldMakeRoomAtTheExpenseOfTheAddressWithTheMostPending() {
        try (TestServer server = TestServer.start("limits.pending-handshakes=8")) {
            TestSocket honest = server.openFrom("127.0.0.2");
            byte[] head = goodToken(server).bytes();
            honest.send(Arrays.copyOf(head, 20));
            for (int i = 0; i < 7; i++) {
                server.openFrom("127.0.0.3");
            }
            await().until(() ->
                    answer(server.openFrom("127.0.0.3"), badToken(server)).status() == 401);

            honest.send(Arrays.copyOfRange(head, 20, head.length));

            assertThat(honest.readResponse().status()).isEqualTo(101);
            await().until(() -> count(server, "handshakes_displaced") > 0);
        }
    }

    @Test
    @Exceeds("limits.pending-handshakes")
    void shouldRefuseOneTooManyWhileAllPendingAreYoung() {
        try (TestServer server = TestServer.start("limits.pending-handshakes=1")) {
            await("two sockets within the time that an honest client needs").until(() -> {
                TestSocket first = server.open();
                Response second = answer(server.open(), goodToken(server));
                first.close();
                return second.status() == 503
                        && second.json().path("error").asText().equals("too_many_pending_handshakes")
                        && second.headers().containsKey("retry-after");
            });
        }
    }

    @Test
    void shouldMakeRoomOnAFullNodeByClosingThePendingOfACrowdedAddress() {
        try (TestServer server = TestServer.start("limits.connections=8", "limits.pending-handshakes=100")) {
            WebSocketClient established = server.connect("bob");
            for (int i = 0; i < 20; i++) {
                server.openFrom("127.0.0.3");
            }
            await().until(() -> count(server, "sockets_accepted") == 21);

            List<Response> answers = new ArrayList<>();
            await().until(() -> {
                answers.add(answer(server.openFrom("127.0.0.2"), goodToken(server)));
                return answers.size() == 50 || answers.get(answers.size() - 1).status() == 101;
            });

            assertThat(answers).extracting(Response::status).contains(101);
            await().until(() -> count(server, "handshakes_displaced") > 0);
            established.assertNothingElseCame();
        }
    }

    @Test
    void shouldKeepTheOnlyPendingOfAnAddressOnAFullNode() {
        try (TestServer server = TestServer.start("limits.connections=2", "limits.pending-handshakes=100")) {
            server.connect("bob");
            TestSocket slow = server.openFrom("127.0.0.2");
            await().until(() -> count(server, "sockets_accepted") == 2);

            List<String> words = new ArrayList<>();
            await().pollInterval(Duration.ofMillis(20)).until(() -> {
                words.add(wordFor(server, "127.0.0.3", goodToken(server)));
                return words.size() == 10;
            });

            assertThat(words).containsOnly("too_many_connections");
            assertThat(answer(slow, goodToken(server)).status()).isEqualTo(101);
        }
    }

    @Test
    void shouldNotCountConnectionsAsPending() {
        try (TestServer server = TestServer.start("limits.pending-handshakes=1")) {
            WebSocketClient alice = server.connect("alice");
            await().until(() -> answer(server.open(), goodToken(server)).status() == 101);
            await().until(() -> answer(server.open(), goodToken(server)).status() == 101);

            alice.assertNothingElseCame();
        }
    }

    // ---- time

    @Test
    void shouldCloseWhoSendsAByteNowAndThen() {
        try (TestServer server = TestServer.start("limits.handshake-timeout=500ms")) {
            TestSocket slow = server.open();
            Instant start = Instant.now();
            slow.send("GET /ws HTTP/1.1\r\nX-Slow: ");
            while (count(server, "handshakes_timed_out") == 0) {
                assertThat(Duration.between(start, Instant.now())).isLessThan(TestSocket.PATIENCE);
                try {
                    slow.send("x");
                } catch (UncheckedIOException closed) {
                    break;
                }
            }

            assertThat(slow.read()).isEqualTo(-1);
            await().until(() -> count(server, "handshakes_timed_out") == 1);
        }
    }

    // ---- whom a proxy speaks for

    @Test
    void shouldCountAgainstTheClientThatATrustedProxyNames() {
        whileFailuresCount(
                1,
                server -> {
                    assertThat(wordFor(server, "127.0.0.1", forwarded(badToken(server), "198.51.100.1")))
                            .isEqualTo("token_malformed");

                    assertThat(wordFor(server, "127.0.0.1", forwarded(goodToken(server), "198.51.100.1")))
                            .isEqualTo("too_many_failures_of_ip");
                    assertThat(answer(server.open(), forwarded(goodToken(server), "198.51.100.2"))
                                    .status())
                            .isEqualTo(101);
                },
                LOOPBACK_IS_A_PROXY);
    }

    @Test
    void shouldIgnoreAForgedHeaderOfAStranger() {
        whileFailuresCount(
                1,
                server -> {
                    assertThat(wordFor(server, "127.0.0.2", forwarded(badToken(server), "198.51.100.1")))
                            .isEqualTo("token_malformed");

                    assertThat(wordFor(server, "127.0.0.2", forwarded(goodToken(server), "198.51.100.9")))
                            .isEqualTo("too_many_failures_of_ip");
                    assertThat(answer(server.open(), forwarded(goodToken(server), "198.51.100.1"))
                                    .status())
                            .isEqualTo(101);
                },
                LOOPBACK_IS_A_PROXY);
    }

    @Test
    void shouldLimitConnectionsOfAClientBehindAProxy() {
        try (TestServer server = TestServer.start("limits.connections-per-ip=1", LOOPBACK_IS_A_PROXY)) {
            WebSocketClient first = WebSocketClient.open(server.open(), forwarded(goodToken(server), "2001:db8::1"));

            assertThat(wordFor(server, "127.0.0.1", forwarded(goodToken(server), "2001:db8::2")))
                    .isEqualTo("too_many_connections_of_ip");
            assertThat(answer(server.open(), forwarded(goodToken(server), "2001:db8:0:1::1"))
                            .status())
                    .isEqualTo(101);

            first.closePolitely();
            await().until(() -> answer(server.open(), forwarded(goodToken(server), "2001:db8::2"))
                            .status()
                    == 101);
        }
    }

    @Test
    void shouldForgetClientsBehindAProxyThatAreGoneBeforeTheyAreCounted() {
        try (TestServer server = TestServer.start("limits.connections-per-ip=1", LOOPBACK_IS_A_PROXY)) {
            byte[] head = forwarded(goodToken(server), "198.51.100.1").bytes();
            for (int i = 0; i < 200; i++) {
                TestSocket aborted = server.open();
                aborted.send(head);
                aborted.reset();
            }
            server.awaitNoResidue();

            Stream<Integer> answers =
                    Stream.generate(() -> answer(server.open(), forwarded(goodToken(server), "198.51.100.1"))
                            .status());
            assertThat(answers.limit(200).anyMatch(status -> status == 101))
                    .as("the client's only slot is free")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY TCP4 198.51.100.1 192.0.2.1 4711 443\r\n", "v2"})
    void shouldTakeTheClientFromTheProxyProtocol(String header) {
        byte[] proxyHeader = header.equals("v2") ? version2("198.51.100.1") : header.getBytes(UTF_8);
        whileFailuresCount(
                1,
                server -> {
                    TestSocket failing = server.open();
                    failing.send(proxyHeader);
                    assertThat(answer(failing, badToken(server)).status()).isEqualTo(401);

                    TestSocket failingAgain = server.open();
                    failingAgain.send(proxyHeader);
                    assertThat(answer(failingAgain, goodToken(server)).status()).isEqualTo(429);

                    TestSocket another = server.open();
                    another.send("PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n");
                    WebSocketClient.open(another, goodToken(server)).assertNothingElseCame();
                    TestSocket healthCheck = server.open();
                    healthCheck.send("PROXY UNKNOWN\r\n");
                    assertThat(answer(healthCheck, goodToken(server)).status()).isEqualTo(101);
                },
                LOOPBACK_IS_A_PROXY,
                "public.proxy-protocol=true");
    }

    @Test
    void shouldCloseWhoeverHasNoProxyHeaderOrMayNotSendOne() {
        try (TestServer server = TestServer.start(LOOPBACK_IS_A_PROXY, "public.proxy-protocol=true")) {
            TestSocket withoutHeader = server.open();
            withoutHeader.send(goodToken(server).bytes());
            assertThat(withoutHeader.readToEnd()).isEmpty();

            TestSocket stranger = server.openFrom("127.0.0.2");
            assertThat(stranger.read()).isEqualTo(-1);

            await().until(() -> count(server, "handshakes_malformed") == 2);
            server.awaitNoResidue();
        }
    }

    // ---- figures

    @Test
    void shouldCountHowEverySocketEnds() {
        try (TestServer server = TestServer.start("limits.handshake-timeout=300ms", "limits.connections-per-user=1")) {
            server.connect("alice");
            assertThat(answer(server.open(), goodToken(server)).status()).isEqualTo(429);
            assertThat(answer(server.open(), badToken(server)).status()).isEqualTo(401);
            assertThat(answer(server.open(), server.handshake().target("/other"))
                            .status())
                    .isEqualTo(404);
            assertThat(answer(server.open(), server.handshake().with("Origin", "http://evil.example"))
                            .status())
                    .isEqualTo(403);
            assertThat(answer(server.open(), goodToken(server).without("Upgrade"))
                            .status())
                    .isEqualTo(426);
            server.open().reset();
            assertThat(server.open().read()).isEqualTo(-1);

            JsonNode stats = await("all to end")
                    .until(
                            server::stats,
                            now -> now.path("sockets_accepted").asLong()
                                    == now.path("connections_opened").asLong() + ended(now));

            assertThat(stats.path("connections_opened").asLong()).isEqualTo(1);
            assertThat(stats.path("handshakes_user_full").asLong()).isEqualTo(1);
            assertThat(stats.path("handshakes_unauthenticated").asLong()).isEqualTo(1);
            assertThat(stats.path("handshakes_malformed").asLong()).isEqualTo(1);
            assertThat(stats.path("handshakes_foreign_origin").asLong()).isEqualTo(1);
            assertThat(stats.path("handshakes_probed").asLong()).isEqualTo(1);
            assertThat(stats.path("handshakes_timed_out").asLong()).isEqualTo(1);
        }
    }

    private static long ended(JsonNode stats) {
        return stats.properties().stream()
                .filter(count -> count.getKey().startsWith("handshakes_"))
                .mapToLong(count -> count.getValue().asLong())
                .sum();
    }

    // ---- the rate of failures

    /**
     * Runs {@code attempt} on a router that forgives each address so many failures a second. When it fails but took so long
     * that a failure may have been forgiven, it says nothing, and is run again on another router.
     */
    private static void whileFailuresCount(int perSecond, Consumer<TestServer> attempt, String... settings) {
        String[] all = Stream.concat(Stream.of(FAILURES + perSecond), Stream.of(settings))
                .toArray(String[]::new);
        for (int left = MOST_ATTEMPTS; left > 0; left--) {
            try (TestServer server = TestServer.start(all)) {
                long start = System.nanoTime();
                try {
                    attempt.accept(server);
                    return;
                } catch (AssertionError e) {
                    if (left == 1 || System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1) / perSecond) {
                        throw e;
                    }
                }
            }
        }
    }

    // ---- requests

    private static Handshake goodToken(TestServer server) {
        return server.handshake().bearer(server.token("alice"));
    }

    private static Handshake badToken(TestServer server) {
        return server.handshake().bearer("not.a.token");
    }

    private static Handshake forwarded(Handshake handshake, String client) {
        return handshake.with("X-Forwarded-For", client);
    }

    private static Response answer(TestSocket socket, Handshake handshake) {
        socket.send(handshake.bytes());
        return socket.readResponse();
    }

    private static String wordFor(TestServer server, String from, Handshake handshake) {
        return answer(server.openFrom(from), handshake).json().path("error").asText();
    }

    private static long count(TestServer server, String metric) {
        return server.stats().path(metric).asLong(-1);
    }

    /** The binary header of a TCP connection over IPv4. */
    private static byte[] version2(String client) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(new byte[] {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A});
        header.writeBytes(new byte[] {0x21, 0x11, 0, 12});
        for (String part : client.split("\\.")) {
            header.write(Integer.parseInt(part));
        }
        header.writeBytes(new byte[] {(byte) 192, 0, 2, 1, 0x12, 0x34, 0x01, (byte) 0xBB});
        return header.toByteArray();
    }
}
