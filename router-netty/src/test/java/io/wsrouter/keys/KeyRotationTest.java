package io.wsrouter.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.TestSocket.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that change under a running router, over real sockets. */
final class KeyRotationTest {

    /** No periodic fetch within a test, and no fetch for unknown keys after the first three. */
    private static final String NEVER = "auth.jwks-refresh=24h";

    /** Long enough for a test to come before its end, short enough to wait for it. */
    private static final String COOLDOWN = "3s";

    private static final String LIMITED = "auth.jwks-cooldown=1h";

    @TempDir
    private Path directory;

    @AutoClose("shutdownNow")
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AutoClose
    private final TestIssuer issuer = new TestIssuer("k1");

    // ---- every algorithm

    @ParameterizedTest
    @CsvSource({
        "RS256,SHA256withRSA,RSA",
        "RS384,SHA384withRSA,RSA",
        "RS512,SHA512withRSA,RSA",
        "PS256,SHA-256,RSA",
        "PS384,SHA-384,RSA",
        "PS512,SHA-512,RSA",
        "ES256,SHA256withECDSAinP1363Format,secp256r1",
        "ES384,SHA384withECDSAinP1363Format,secp384r1",
        "ES512,SHA512withECDSAinP1363Format,secp521r1",
        "EdDSA,Ed25519,Ed25519"
    })
    void shouldTakeATokenOfEveryAlgorithmFromTheKeysOfAUrl(String alg, String jcaName, String type) throws Exception {
        KeyPair key = type.startsWith("secp")
                ? TestIssuer.ec(type)
                : KeyPairGenerator.getInstance(type).generateKeyPair();
        issuer.answer(200, "{\"keys\":[" + TestIssuer.jwk("k", key) + "]}");
        try (TestServer server = TestServer.start("auth.jwks-url=" + issuer.url())) {
            String token = TestIssuer.sign(alg, jcaName, key, "k", "alice");

            assertThat(handshake(server, token)).isEqualTo("101");
            String forged = token.substring(0, token.lastIndexOf('.') + 1)
                    + TestIssuer.base64Url(new byte[token.length() - token.lastIndexOf('.')]);
            assertThat(handshake(server, forged)).isEqualTo("401 bad_signature");
        }
    }

    // ---- a JWKS at a URL

    @Test
    void shouldRefuseNoValidTokenWhileKeysRotateUnderLoad() throws Exception {
        int rotations = 12;
        try (TestServer server = TestServer.start(
                "auth.jwks-url=" + issuer.url(),
                NEVER,
                "auth.jwks-cooldown=10ms",
                "limits.connections-per-user=10000")) {
            AtomicInteger current = new AtomicInteger(1);
            AtomicBoolean isOver = new AtomicBoolean();
            Queue<String> answers = new ConcurrentLinkedQueue<>();
            AtomicIntegerArray answered = new AtomicIntegerArray(4);
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < answered.length(); i++) {
                int client = i;
                clients.add(CompletableFuture.runAsync(
                        () -> {
                            while (!isOver.get()) {
                                answers.add(handshake(server, issuer.token("k" + current.get(), "user" + client)));
                                answered.incrementAndGet(client);
                            }
                        },
                        threads));
            }
            for (int next = 2; next <= rotations; next++) {
                awaitFiveMoreOfEach(answered);
                issuer.publish("k" + (next - 1), "k" + next);
                current.set(next);
            }
            awaitFiveMoreOfEach(answered);
            isOver.set(true);
            clients.forEach(CompletableFuture::join);

            assertThat(answers).containsOnly("101");
            assertThat(issuer.fetches()).isBetween(rotations, 2 * rotations);
            await().until(() -> handshake(server, issuer.token("k1", "alice")).equals("401 unknown_key"));
            System.out.println(answers.size() + " handshakes in " + rotations + " rotations, " + issuer.fetches()
                    + " fetches, 0 refused");
        }
    }

    private static void awaitFiveMoreOfEach(AtomicIntegerArray answered) {
        int[] goals = IntStream.range(0, answered.length())
                .map(i -> answered.get(i) + 5)
                .toArray();
        await().until(() -> IntStream.range(0, goals.length).allMatch(i -> answered.get(i) >= goals[i]));
    }

    @Test
    void shouldFetchOnceForManyTokensOfANewKey() {
        try (TestServer server = TestServer.start("auth.jwks-url=" + issuer.url(), NEVER, LIMITED)) {
            awaitReady(server);
            issuer.publish("k1", "k2");

            List<CompletableFuture<String>> answers = IntStream.range(0, 30)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> handshake(server, issuer.token("k2", "u" + i)), threads))
                    .toList();

            assertThat(answers.stream().map(CompletableFuture::join)).containsOnly("101");
            assertThat(issuer.fetches()).isEqualTo(2);
        }
    }

    @Test
    void shouldBoundTheFetchesThatUnknownKeysCause() {
        try (TestServer server = TestServer.start(
                "auth.jwks-url=" + issuer.url(),
                NEVER,
                LIMITED,
                "limits.failed-handshakes-per-second-per-ip=unlimited")) {
            awaitReady(server);

            for (int i = 0; i < 200; i++) {
                assertThat(handshake(server, issuer.token("unknown", "mallory")))
                        .isEqualTo(i < LiveKeys.FETCH_BURST ? "401 unknown_key" : "503 keys_unavailable");
            }

            assertThat(issuer.fetches()).isEqualTo(1 + LiveKeys.FETCH_BURST);
            assertThat(handshake(server, issuer.token("k1", "alice"))).isEqualTo("101");
        }
    }

    @Test
    void shouldNotTurnAwayANewKeyForGoodWhileJunkUsesUpTheFetches() {
        try (TestServer server =
                TestServer.start("auth.jwks-url=" + issuer.url(), NEVER, "auth.jwks-cooldown=" + COOLDOWN)) {
            awaitReady(server);
            for (int i = 0; i <= LiveKeys.FETCH_BURST; i++) {
                handshake(server, issuer.token("junk" + i, "mallory"));
            }
            issuer.publish("k1", "k2");

            Response withheld = server.answerTo(server.handshake().bearer(issuer.token("k2", "alice")));

            assertThat(withheld.status()).isEqualTo(503);
            assertThat(withheld.json().path("error").asText()).isEqualTo("keys_unavailable");
            assertThat(withheld.headers()).containsEntry("retry-after", "1");
            await().until(() -> {
                handshake(server, issuer.token("junk", "mallory"));
                String answer = handshake(server, issuer.token("k2", "alice"));
                assertThat(answer).isIn("101", "503 keys_unavailable");
                return answer.equals("101");
            });
        }
    }

    @Test
    void shouldCountWhatJunkKeysAreAnsweredAgainstTheirAddress() {
        try (TestServer server = TestServer.start(
                "auth.jwks-url=" + issuer.url(),
                NEVER,
                LIMITED,
                "limits.failed-handshakes-per-second-per-ip=" + (LiveKeys.FETCH_BURST + 2))) {
            awaitReady(server);
            String junk = issuer.token("junk", "mallory");

            assertThat(IntStream.range(0, 200).mapToObj(i -> handshake(server, junk)))
                    .contains("503 keys_unavailable", "429 too_many_failures_of_ip");
            assertThat(server.stats().path("handshakes_keys_unavailable").asInt())
                    .isPositive();
        }
    }

    @Test
    void shouldLookForAKnownKeyOfAnotherAlgorithm() {
        try (TestServer server = TestServer.start("auth.jwks-url=" + issuer.url(), NEVER, LIMITED)) {
            awaitReady(server);
            KeyPair edwards = edwards();
            issuer.answer(200, "{\"keys\":[" + TestIssuer.jwk("k1", edwards) + "]}");

            assertThat(handshake(server, TestIssuer.sign("EdDSA", "Ed25519", edwards, "k1", "alice")))
                    .isEqualTo("101");
        }
    }

    @Test
    void shouldKeepTheLastGoodKeysWhileTheIssuerIsBroken() {
        try (TestServer server = TestServer.start("auth.jwks-url=" + issuer.url(), NEVER, "auth.jwks-cooldown=1ms")) {
            awaitReady(server);
            for (Runnable fault : List.<Runnable>of(
                    () -> issuer.answer(500, ""),
                    () -> issuer.answer(302, ""),
                    () -> issuer.answer(200, ""),
                    () -> issuer.answer(200, "{\"keys\":[]}"),
                    () -> issuer.answer(200, "<html>"),
                    () -> issuer.answer(200, "{\"keys\":[],\"pad\":\"" + "x".repeat(JwksFetch.MAX_BYTES) + "\"}"),
                    issuer::close)) {
                fault.run();

                assertThat(handshake(server, issuer.token("k2", "alice"))).isEqualTo("401 unknown_key");
                assertThat(handshake(server, issuer.token("k1", "alice"))).isEqualTo("101");
                assertThat(ready(server).path("ready").asBoolean()).isTrue();
            }
        }
    }

    @Test
    void shouldAnswerWithinTheHandshakeTimeoutWhenTheIssuerIsSilent() {
        try (TestServer server = TestServer.start("auth.jwks-url=" + issuer.url(), NEVER, LIMITED)) {
            awaitReady(server);
            issuer.fallSilent();

            assertThat(handshake(server, issuer.token("k2", "alice"))).isEqualTo("401 unknown_key");
            assertThat(handshake(server, issuer.token("k1", "alice"))).isEqualTo("101");
        }
    }

    @Test
    void shouldBeUnreadyAndAskForARetryUntilTheKeysAreThere() {
        issuer.answer(503, "");
        try (TestServer server = TestServer.start("auth.jwks-url=" + issuer.url(), LIMITED)) {
            assertThat(ready(server).path("reasons").toString()).isEqualTo("[\"keys\"]");

            Response early = server.answerTo(server.handshake().bearer(issuer.token("k1", "alice")));
            assertThat(early.status()).isEqualTo(503);
            assertThat(early.json().path("error").asText()).isEqualTo("keys_unavailable");
            assertThat(early.headers()).containsEntry("retry-after", "1");
            assertThat(server.answerTo(server.handshake().bearer(server.token("alice")))
                            .status())
                    .as("a key that needs no fetch")
                    .isEqualTo(101);

            issuer.publish("k1");
            awaitReady(server);
            assertThat(handshake(server, issuer.token("k1", "alice"))).isEqualTo("101");
        }
    }

    @Test
    void shouldForgetAKeyThatTheIssuerWithdraws() {
        try (TestServer server = TestServer.start("auth.jwks-url=" + issuer.url(), "auth.jwks-refresh=1s", LIMITED)) {
            awaitReady(server);
            issuer.publish("k2");

            await().until(() -> handshake(server, issuer.token("k1", "alice")).equals("401 unknown_key"));
            assertThat(handshake(server, issuer.token("k2", "alice"))).isEqualTo("101");
        }
    }

    // ---- files

    @Test
    void shouldFollowFilesThatAreReplaced() throws Exception {
        Path jwks = Files.writeString(directory.resolve("jwks.json"), issuer.jwks("k1"));
        KeyPair first = edwards();
        KeyPair second = edwards();
        Path pem = Files.writeString(directory.resolve("pem-key.pem"), pem(first));
        try (TestServer server =
                TestServer.start("auth.jwks-file=" + jwks, "auth.public-key-files=[" + pem + "]", NEVER)) {
            assertThat(handshake(server, issuer.token("k1", "alice"))).isEqualTo("101");
            assertThat(handshake(server, TestIssuer.sign("EdDSA", "Ed25519", first, "pem-key", "alice")))
                    .isEqualTo("101");

            replace(jwks, issuer.jwks("k2"));
            replace(pem, pem(second));

            await().until(() -> handshake(server, issuer.token("k2", "alice")).equals("101"));
            await().until(() -> handshake(server, TestIssuer.sign("EdDSA", "Ed25519", second, "pem-key", "alice"))
                    .equals("101"));
            assertThat(handshake(server, issuer.token("k1", "alice"))).isEqualTo("401 unknown_key");
            assertThat(handshake(server, TestIssuer.sign("EdDSA", "Ed25519", first, "pem-key", "alice")))
                    .isEqualTo("401 bad_signature");
        }
    }

    @Test
    void shouldFollowTheSymbolicLinksOfAMountedSecret() throws Exception {
        Path link = mount("v1", "k1");
        try (TestServer server = TestServer.start("auth.jwks-file=" + link)) {
            assertThat(handshake(server, issuer.token("k1", "alice"))).isEqualTo("101");

            mount("v2", "k2");

            await().until(() -> handshake(server, issuer.token("k2", "alice")).equals("101"));
        }
    }

    @Test
    void shouldKeepTheLastGoodKeysOfAFile() throws Exception {
        Path jwks = Files.writeString(directory.resolve("jwks.json"), issuer.jwks("k1"));
        KeyPair kept = edwards();
        Path broken = Files.writeString(directory.resolve("broken.pem"), pem(kept));
        Path marker = Files.writeString(directory.resolve("marker.pem"), pem(edwards()));
        try (TestServer server =
                TestServer.start("auth.jwks-file=" + jwks, "auth.public-key-files=[" + broken + ", " + marker + "]")) {
            KeyPair fresh = edwards();
            Files.delete(jwks);
            replace(broken, "not a key");
            replace(marker, pem(fresh));

            await().until(() -> handshake(server, TestIssuer.sign("EdDSA", "Ed25519", fresh, "marker", "alice"))
                    .equals("101"));

            assertThat(handshake(server, issuer.token("k1", "alice"))).isEqualTo("101");
            assertThat(handshake(server, TestIssuer.sign("EdDSA", "Ed25519", kept, "broken", "alice")))
                    .isEqualTo("101");
        }
    }

    private Path mount(String version, String keyId) throws Exception {
        Path data = Files.createDirectory(directory.resolve(version));
        Files.writeString(data.resolve("jwks.json"), issuer.jwks(keyId));
        Path fresh = Files.createSymbolicLink(directory.resolve("..data_tmp"), data.getFileName());
        Files.move(fresh, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        Path link = directory.resolve("jwks.json");
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, Path.of("..data", "jwks.json"));
        }
        return link;
    }

    private void replace(Path file, String content) throws Exception {
        Path fresh = Files.writeString(directory.resolve("fresh"), content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static KeyPair edwards() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(KeyPair key) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.getPublic().getEncoded()) + "\n-----END PUBLIC KEY-----\n";
    }

    private static void awaitReady(TestServer server) {
        await("keys").until(() -> ready(server).path("ready").asBoolean());
    }

    private static JsonNode ready(TestServer server) {
        return server.ask("GET", "/readyz", "").json();
    }

    /** The status of a handshake, and the word of a refusal. */
    private static String handshake(TestServer server, String token) {
        try (TestSocket socket = TestSocket.open(server.router().publicPort())) {
            socket.send(server.handshake().bearer(token).bytes());
            Response response = socket.readResponse();
            return response.status() == 101
                    ? "101"
                    : response.status() + " " + response.json().path("error").asText();
        }
    }
}
