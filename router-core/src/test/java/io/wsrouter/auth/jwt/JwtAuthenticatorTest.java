package io.wsrouter.auth.jwt;

import static io.wsrouter.auth.jwt.TestTokens.CLOCK;
import static io.wsrouter.auth.jwt.TestTokens.ED25519;
import static io.wsrouter.auth.jwt.TestTokens.ED448;
import static io.wsrouter.auth.jwt.TestTokens.NOW;
import static io.wsrouter.auth.jwt.TestTokens.OTHER_RSA;
import static io.wsrouter.auth.jwt.TestTokens.P256;
import static io.wsrouter.auth.jwt.TestTokens.RSA;
import static io.wsrouter.auth.jwt.TestTokens.SECRET;
import static io.wsrouter.auth.jwt.TestTokens.SECRET_KEY;
import static io.wsrouter.auth.jwt.TestTokens.authenticate;
import static io.wsrouter.auth.jwt.TestTokens.authenticator;
import static io.wsrouter.auth.jwt.TestTokens.base64Url;
import static io.wsrouter.auth.jwt.TestTokens.failureOf;
import static io.wsrouter.auth.jwt.TestTokens.hmacAuthenticator;
import static io.wsrouter.auth.jwt.TestTokens.hs256;
import static io.wsrouter.auth.jwt.TestTokens.pem;
import static io.wsrouter.auth.jwt.TestTokens.signingKey;
import static io.wsrouter.auth.jwt.TestTokens.token;
import static io.wsrouter.auth.jwt.TestTokens.verifyingKey;
import static io.wsrouter.auth.jwt.TestTokens.withClaims;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jsonwebtoken.Jwts;
import io.wsrouter.address.Address;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import java.security.KeyPair;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtAuthenticatorTest {

    private static final String GOOD_CLAIMS = "{\"sub\":\"alice\",\"exp\":" + (NOW + 3600) + "}";

    // Algorithms

    @ParameterizedTest
    @EnumSource
    void shouldAcceptARealTokenOfEveryAlgorithm(JwtAlgorithm algorithm) {
        KeyRing ring = KeyRing.builder().key(null, verifyingKey(algorithm)).build();

        Principal principal = authenticate(authenticator(ring), token(algorithm, signingKey(algorithm)));

        assertThat(principal).isEqualTo(new Principal(Address.user("alice"), Grants.NONE, NOW + 3600));
    }

    @Test
    void shouldAcceptEd448() {
        KeyRing ring = KeyRing.builder().pem("ed.pem", pem(ED448)).build();

        assertThat(authenticate(authenticator(ring), token(JwtAlgorithm.EDDSA, ED448.getPrivate()))
                        .user())
                .hasToString("user:alice");
        assertThat(failureOf(authenticator(ring), token(JwtAlgorithm.EDDSA, ED25519.getPrivate())))
                .isEqualTo(AuthFailure.BAD_SIGNATURE);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseASignatureOfAnotherKey(JwtAlgorithm algorithm) {
        KeyRing ring = KeyRing.builder().key(null, verifyingKey(algorithm)).build();
        String token = switch (algorithm) {
            case HS256, HS384, HS512 -> token(algorithm, Jwts.SIG.HS512.key().build());
            case RS256, RS384, RS512, PS256, PS384, PS512 -> token(algorithm, OTHER_RSA.getPrivate());
            case ES256 -> token(algorithm, Jwts.SIG.ES256.keyPair().build().getPrivate());
            case ES384 -> token(algorithm, Jwts.SIG.ES384.keyPair().build().getPrivate());
            case ES512 -> token(algorithm, Jwts.SIG.ES512.keyPair().build().getPrivate());
            case EDDSA -> token(algorithm, TestTokens.generate("Ed25519", 0).getPrivate());
        };

        assertThat(failureOf(authenticator(ring), token)).isEqualTo(AuthFailure.BAD_SIGNATURE);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseASignatureOfAnyOtherLength(JwtAlgorithm algorithm) {
        JwtAuthenticator authenticator = authenticator(
                KeyRing.builder().key(null, verifyingKey(algorithm)).build());
        String token = token(algorithm, signingKey(algorithm));
        String signed = token.substring(0, token.lastIndexOf('.') + 1);

        for (int length : new int[] {1, 31, 33, 63, 65, 255, 257, 1024}) {
            assertThat(failureOf(authenticator, signed + base64Url(new byte[length])))
                    .isEqualTo(AuthFailure.BAD_SIGNATURE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", "HS257", "hs256", " HS256", "HS256 ", "RSA1_5", "dir", ""})
    void shouldRefuseEveryOtherAlgorithm(String alg) {
        String token = hs256("{\"alg\":\"" + alg + "\"}", GOOD_CLAIMS);

        assertThat(failureOf(hmacAuthenticator(), token)).isEqualTo(AuthFailure.ALGORITHM_NOT_ALLOWED);
    }

    @Test
    void shouldRefuseATokenWithoutASignature() {
        String none = Jwts.builder().subject("alice").compact();
        String good = token(JwtAlgorithm.HS256, SECRET_KEY);
        String stripped = good.substring(0, good.lastIndexOf('.') + 1);

        assertThat(failureOf(hmacAuthenticator(), none)).isEqualTo(AuthFailure.TOKEN_MALFORMED);
        assertThat(failureOf(hmacAuthenticator(), stripped)).isEqualTo(AuthFailure.TOKEN_MALFORMED);
        assertThat(failureOf(hmacAuthenticator(), none + "AA")).isEqualTo(AuthFailure.ALGORITHM_NOT_ALLOWED);
    }

    @ParameterizedTest
    @MethodSource("publicBytes")
    void shouldNeverTakeAPublicKeyForAnHmacSecret(byte[] secret) {
        KeyRing ring = KeyRing.builder().pem("auth.pem", pem(RSA)).build();
        byte[] claims = GOOD_CLAIMS.getBytes(UTF_8);

        assertThat(failureOf(authenticator(ring), hs256("{\"alg\":\"HS256\"}".getBytes(UTF_8), claims, secret)))
                .isEqualTo(AuthFailure.ALGORITHM_NOT_ALLOWED);
        assertThat(failureOf(
                        authenticator(ring),
                        hs256("{\"alg\":\"HS256\",\"kid\":\"auth\"}".getBytes(UTF_8), claims, secret)))
                .isEqualTo(AuthFailure.ALGORITHM_NOT_ALLOWED);
        assertThat(failureOf(authenticator(ring), hs256("{\"alg\":\"RS256\"}".getBytes(UTF_8), claims, secret)))
                .isEqualTo(AuthFailure.BAD_SIGNATURE);
    }

    @ParameterizedTest
    @MethodSource("publicBytes")
    void shouldNeverTakeAPublicKeyForAnHmacSecretNextToASecret(byte[] secret) {
        JwtAuthenticator authenticator = authenticator(
                KeyRing.builder().hmacSecret(SECRET).pem("auth.pem", pem(RSA)).build());
        byte[] claims = GOOD_CLAIMS.getBytes(UTF_8);

        assertThat(failureOf(authenticator, hs256("{\"alg\":\"HS256\"}".getBytes(UTF_8), claims, secret)))
                .isEqualTo(AuthFailure.BAD_SIGNATURE);
        assertThat(failureOf(
                        authenticator, hs256("{\"alg\":\"HS256\",\"kid\":\"auth\"}".getBytes(UTF_8), claims, secret)))
                .isEqualTo(AuthFailure.ALGORITHM_NOT_ALLOWED);
    }

    static List<byte[]> publicBytes() {
        String pem = pem(RSA);
        return List.of(
                pem.getBytes(UTF_8),
                pem.strip().getBytes(UTF_8),
                RSA.getPublic().getEncoded(),
                base64Url(RSA.getPublic().getEncoded()).getBytes(UTF_8));
    }

    @Test
    void shouldAllowOnlyTheConfiguredAlgorithms() {
        KeyRing ring =
                KeyRing.builder().hmacSecret(SECRET).pem("auth.pem", pem(RSA)).build();
        JwtAuthenticator authenticator =
                authenticator(new JwtRules(EnumSet.of(JwtAlgorithm.RS256, JwtAlgorithm.ES256), null, null), ring);

        assertThat(authenticate(authenticator, token(JwtAlgorithm.RS256, RSA.getPrivate()))
                        .user())
                .hasToString("user:alice");
        for (JwtAlgorithm algorithm : EnumSet.complementOf(EnumSet.of(JwtAlgorithm.RS256))) {
            assertThat(failureOf(authenticator, token(algorithm, signingKey(algorithm))))
                    .isEqualTo(AuthFailure.ALGORITHM_NOT_ALLOWED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKnowNoKeyWhenThereIsNone(JwtAlgorithm algorithm) {
        assertThat(failureOf(authenticator(KeyRing.EMPTY), token(algorithm, signingKey(algorithm))))
                .isEqualTo(AuthFailure.UNKNOWN_KEY);
    }

    @Test
    void shouldAskForTheKeysAnewForEachToken() {
        KeyRing[] current = {KeyRing.builder().pem("a.pem", pem(RSA)).build()};
        JwtAuthenticator authenticator = new JwtAuthenticator(JwtRules.NONE, () -> current[0], Runnable::run, CLOCK);
        String token = token(JwtAlgorithm.RS256, RSA.getPrivate(), "a");
        assertThat(authenticate(authenticator, token).user()).hasToString("user:alice");

        current[0] = KeyRing.builder().pem("b.pem", pem(OTHER_RSA)).build();

        assertThat(failureOf(authenticator, token)).isEqualTo(AuthFailure.UNKNOWN_KEY);
    }

    @Test
    void shouldChooseTheKeyOfTheKid() {
        JwtAuthenticator authenticator = authenticator(KeyRing.builder()
                .pem("a.pem", pem(RSA))
                .pem("b.pem", pem(OTHER_RSA))
                .build());

        assertThat(authenticate(authenticator, token(JwtAlgorithm.RS256, RSA.getPrivate(), "a"))
                        .user())
                .hasToString("user:alice");
        assertThat(authenticate(authenticator, token(JwtAlgorithm.PS512, OTHER_RSA.getPrivate(), "b"))
                        .user())
                .hasToString("user:alice");
        assertThat(failureOf(authenticator, token(JwtAlgorithm.RS256, RSA.getPrivate(), "b")))
                .isEqualTo(AuthFailure.BAD_SIGNATURE);
        assertThat(failureOf(authenticator, token(JwtAlgorithm.RS256, RSA.getPrivate(), "c")))
                .isEqualTo(AuthFailure.UNKNOWN_KEY);
        assertThat(failureOf(authenticator, token(JwtAlgorithm.RS256, RSA.getPrivate())))
                .isEqualTo(AuthFailure.UNKNOWN_KEY);
    }

    @Test
    void shouldAskForARetryWhenTheLookForNewerKeysIsPutOff() {
        KeySource spent = new KeySource() {
            @Override
            public KeyRing keys() {
                return KeyRing.builder().pem("a.pem", pem(RSA)).build();
            }

            @Override
            public boolean mayLookLater() {
                return true;
            }
        };
        JwtAuthenticator authenticator = new JwtAuthenticator(JwtRules.NONE, spent, Runnable::run, CLOCK);

        assertThat(failureOf(authenticator, token(JwtAlgorithm.RS256, OTHER_RSA.getPrivate(), "new")))
                .isEqualTo(AuthFailure.KEYS_UNAVAILABLE);
        assertThat(failureOf(authenticator, token(JwtAlgorithm.RS256, OTHER_RSA.getPrivate(), "a")))
                .isEqualTo(AuthFailure.BAD_SIGNATURE);
    }

    // Size and shape

    @Test
    void shouldSayThatThereIsNoToken() {
        assertThat(failureOf(hmacAuthenticator(), "")).isEqualTo(AuthFailure.TOKEN_MISSING);
    }

    @Test
    void shouldAcceptEightKibibytesAndNoMore() {
        String padded = "{\"sub\":\"alice\",\"exp\":" + (NOW + 60) + ",\"pad\":\"%s\"}";
        int overhead = withClaims(padded.formatted("")).length();
        String largest = withClaims(padded.formatted("x".repeat((8192 - overhead) * 3 / 4)));

        assertThat(largest).hasSizeBetween(8190, 8192);
        assertThat(authenticate(hmacAuthenticator(), largest).user()).hasToString("user:alice");
        assertThat(failureOf(hmacAuthenticator(), withClaims(padded.formatted("x".repeat(6100)))))
                .isEqualTo(AuthFailure.TOKEN_TOO_LARGE);
        assertThat(failureOf(hmacAuthenticator(), "x".repeat(8193))).isEqualTo(AuthFailure.TOKEN_TOO_LARGE);
        assertThat(failureOf(hmacAuthenticator(), "x".repeat(8192))).isEqualTo(AuthFailure.TOKEN_MALFORMED);
        assertThat(failureOf(hmacAuthenticator(), "x".repeat(10_000_000))).isEqualTo(AuthFailure.TOKEN_TOO_LARGE);
    }

    @Test
    void shouldRefuseAnyOtherShape() {
        String good = token(JwtAlgorithm.HS256, SECRET_KEY);
        String[] parts = good.split("\\.");

        for (String token : List.of(
                " ",
                ".",
                "..",
                "...",
                "a.b.c",
                "null",
                "Bearer " + good,
                " " + good,
                good + " ",
                good + "\n",
                good + "\0",
                good + "=",
                good + ".",
                "." + good,
                good + "." + parts[2],
                good + ".AAAA.AAAA",
                parts[0] + "." + parts[1],
                parts[0] + ".." + parts[2],
                "." + parts[1] + "." + parts[2],
                parts[0] + "=." + parts[1] + "." + parts[2],
                parts[0] + "." + parts[1] + "." + parts[2].replace('-', '+').replace('_', '/') + "+",
                parts[0] + "." + parts[1] + "." + parts[2] + "\u00e9",
                parts[0] + "." + parts[1] + ".\u0080" + parts[2].substring(1),
                parts[0] + "." + parts[1] + "." + parts[2] + "\ud83d\ude00",
                parts[0] + "\u3002" + parts[1] + "\u3002" + parts[2],
                parts[0] + "." + parts[1] + "." + parts[2] + "A".repeat(5 - (parts[2].length() % 4)))) {
            assertThat(failureOf(hmacAuthenticator(), token)).as(token).isEqualTo(AuthFailure.TOKEN_MALFORMED);
        }
    }

    @ParameterizedTest
    @CsvSource({"HS256,1", "HS256,2", "HS512,1", "HS512,2", "HS512,4", "HS512,8"})
    void shouldRefuseASecondSpellingOfTheSameBytes(JwtAlgorithm algorithm, int unusedBit) {
        String good = token(algorithm, SECRET_KEY);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int lastValue = alphabet.indexOf(good.charAt(good.length() - 1));
        String respelled = good.substring(0, good.length() - 1) + alphabet.charAt(lastValue | unusedBit);
        assertThat(Jwts.parser()
                        .verifyWith(SECRET_KEY)
                        .clock(() -> Date.from(CLOCK.instant()))
                        .build()
                        .parseSignedClaims(respelled))
                .isNotNull();

        assertThat(failureOf(hmacAuthenticator(), respelled)).isEqualTo(AuthFailure.TOKEN_MALFORMED);
    }

    @Test
    void shouldRefuseAnEncryptedToken() {
        String jwe = Jwts.builder()
                .subject("alice")
                .encryptWith(SECRET_KEY, Jwts.ENC.A256CBC_HS512)
                .compact();

        assertThat(failureOf(hmacAuthenticator(), jwe)).isEqualTo(AuthFailure.TOKEN_MALFORMED);
    }

    // Header

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "\"HS256\"",
                "{\"typ\":\"JWT\"}",
                "{\"alg\":null}",
                "{\"alg\":256}",
                "{\"alg\":[\"HS256\"]}",
                "{\"alg\":\"HS256\"",
                "{\"alg\":\"HS256\"}}",
                "{\"alg\":\"HS256\"} x",
                "{\"alg\":\"HS256\",}",
                "{'alg':'HS256'}",
                "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
                "{\"alg\":\"none\",\"alg\":\"HS256\"}",
                "{\"alg\":\"HS256\",\"\\u0061lg\":\"none\"}",
                "{\"alg\":\"HS256\",\" alg\":\"none\"}",
                "{\"alg\":\"HS256\",\"alg \":\"RS256\"}",
                "{\"alg\":\"HS256\",\"\":1}",
                "{\"alg\":\"HS256\",\"kid\":null}",
                "{\"alg\":\"HS256\",\"kid\":\"\"}",
                "{\"alg\":\"HS256\",\"kid\":7}",
                "{\"alg\":\"HS256\",\"kid\":[\"a\"]}",
                "{\"alg\":\"HS256\",\"zip\":\"DEF\"}",
                "{\"alg\":\"HS256\",\"zip\":\"GZIP\"}",
                "{\"alg\":\"HS256\",\"zip\":null}",
                "{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}",
                "{\"alg\":\"HS256\",\"crit\":[]}",
                "{\"alg\":\"HS256\",\"b64\":true}",
                "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}",
                "{\"alg\":\"HS256\",\"b64\":false}",
                "{\"alg\":\"HS256\",\"cty\":\"JWT\"}",
                "{\"alg\":\"HS256\",\"enc\":\"A256GCM\"}",
                "{\"alg\":\"HS256\",\"jku\":\"https://evil.example/keys\"}",
                "{\"alg\":\"HS256\",\"x5u\":\"https://evil.example/cert\"}",
                "{\"alg\":\"HS256\",\"x5c\":[\"MII=\"]}",
                "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}",
                "{\"alg\":\"HS256\",\"x5t\":\"not base64url\"}",
                "{\"alg\":\"HS256\",\"typ\":[\"JWT\"]}",
            })
    void shouldRefuseAHeaderThatIsAmbiguousOrAsksForMore(String header) {
        assertThat(failureOf(hmacAuthenticator(), hs256(header, GOOD_CLAIMS))).isEqualTo(AuthFailure.TOKEN_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"typ\":\"JWT\",\"alg\":\"HS256\"}",
                " { \"alg\" : \"\\u0048S256\" } ",
                "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"any\",\"x5t\":\"AAAA\",\"custom\":{\"a\":[1,2.5,null]}}",
            })
    void shouldAcceptAHeaderThatSaysNothingElse(String header) {
        assertThat(authenticate(hmacAuthenticator(), hs256(header, GOOD_CLAIMS)).user())
                .hasToString("user:alice");
    }

    @Test
    void shouldRefuseARealCompressedToken() {
        String token = Jwts.builder()
                .claim("sub", "alice")
                .claim("exp", NOW + 60)
                .compressWith(Jwts.ZIP.DEF)
                .signWith(SECRET_KEY, Jwts.SIG.HS256)
                .compact();

        assertThat(failureOf(hmacAuthenticator(), token)).isEqualTo(AuthFailure.TOKEN_MALFORMED);
    }

    @Test
    void shouldRefuseATokenThatBringsItsOwnKey() {
        KeyPair attacker = TestTokens.generate("RSA", 2048);
        KeyRing ring = KeyRing.builder().pem("auth.pem", pem(RSA)).build();
        String token = Jwts.builder()
                .header()
                .keyId("auth")
                .add("jku", "https://evil.example/keys")
                .and()
                .claim("sub", "alice")
                .claim("exp", NOW + 60)
                .signWith(attacker.getPrivate(), Jwts.SIG.RS256)
                .compact();

        assertThat(failureOf(authenticator(ring), token)).isEqualTo(AuthFailure.TOKEN_MALFORMED);
    }

    // Order

    @Test
    void shouldVerifyTheSignatureBeforeAnyClaim() {
        byte[] header = "{\"alg\":\"HS256\"}".getBytes(UTF_8);
        byte[] otherSecret = new byte[32];

        for (String claims : List.of("{}", "{\"exp\":1}", "{\"sub\":\"*\",\"exp\":9999999999}", "not json", "[]")) {
            assertThat(failureOf(hmacAuthenticator(), hs256(header, claims.getBytes(UTF_8), otherSecret)))
                    .isEqualTo(AuthFailure.BAD_SIGNATURE);
        }
    }

    // Where verification runs

    @ParameterizedTest
    @CsvSource({"HS256,0", "HS512,0", "RS256,0", "PS512,0", "ES256,1", "ES384,1", "ES512,1", "EdDSA,1"})
    void shouldGiveOnlyExpensiveVerificationsToTheExecutor(String alg, int expectedTasks) {
        JwtAlgorithm algorithm = JwtAlgorithm.parse(alg);
        Deque<Runnable> tasks = new ArrayDeque<>();
        KeyRing ring = KeyRing.builder().key(null, verifyingKey(algorithm)).build();
        JwtAuthenticator authenticator = new JwtAuthenticator(JwtRules.NONE, () -> ring, tasks::add, CLOCK);

        CompletionStage<Principal> stage =
                authenticator.authenticate(new Credentials(token(algorithm, signingKey(algorithm))));

        assertThat(tasks).hasSize(expectedTasks);
        assertThat(stage.toCompletableFuture().isDone()).isEqualTo(expectedTasks == 0);
        tasks.forEach(Runnable::run);
        assertThat(stage.toCompletableFuture().join().user()).hasToString("user:alice");
    }

    @Test
    void shouldRefuseCheaplyWithoutTheExecutor() {
        KeyRing ring = KeyRing.builder().pem("auth.pem", pem(P256)).build();
        JwtAuthenticator authenticator = new JwtAuthenticator(
                JwtRules.NONE,
                () -> ring,
                task -> {
                    throw new AssertionError("a task for a token that is refused anyway");
                },
                CLOCK);

        assertThat(failureOf(authenticator, "garbage")).isEqualTo(AuthFailure.TOKEN_MALFORMED);
        assertThat(failureOf(authenticator, token(JwtAlgorithm.ES256, P256.getPrivate(), "other")))
                .isEqualTo(AuthFailure.UNKNOWN_KEY);
        assertThat(failureOf(authenticator, token(JwtAlgorithm.HS256, SECRET_KEY)))
                .isEqualTo(AuthFailure.ALGORITHM_NOT_ALLOWED);
    }

    @Test
    void shouldBeBusyWhenTheExecutorIsFull() {
        KeyRing ring =
                KeyRing.builder().hmacSecret(SECRET).pem("auth.pem", pem(P256)).build();
        JwtAuthenticator authenticator = new JwtAuthenticator(
                JwtRules.NONE,
                () -> ring,
                task -> {
                    throw new RejectedExecutionException("full");
                },
                CLOCK);

        assertThat(failureOf(authenticator, token(JwtAlgorithm.ES256, P256.getPrivate())))
                .isEqualTo(AuthFailure.AUTHENTICATOR_BUSY);
        assertThat(authenticate(authenticator, token(JwtAlgorithm.HS256, SECRET_KEY))
                        .user())
                .hasToString("user:alice");
    }

    @Test
    void shouldFailTheStageWhenAKeySourceBreaksItsPromise() {
        JwtAuthenticator authenticator = new JwtAuthenticator(
                JwtRules.NONE,
                () -> {
                    throw new IllegalStateException("broken");
                },
                Runnable::run,
                CLOCK);

        CompletionStage<Principal> stage =
                authenticator.authenticate(new Credentials(token(JwtAlgorithm.HS256, SECRET_KEY)));

        assertThatThrownBy(() -> stage.toCompletableFuture().join()).hasRootCauseMessage("broken");
    }

    @Test
    void shouldNotShowTheTokenInAnyText() {
        String token = token(JwtAlgorithm.HS256, SECRET_KEY);

        assertThat(CompactToken.parse(token).toString()).isEqualTo("CompactToken[HS256, text hidden]");
        assertThat(new Credentials(token).toString()).doesNotContain(token);
        assertThat(KeyRing.ofHmacSecret(SECRET).toString())
                .isEqualTo("KeyRing[(no kid)[HS256, HS384, HS512]]")
                .doesNotContain(new String(SECRET, UTF_8));
    }

    // Rules

    @Test
    void shouldRefuseEmptyRules() {
        assertThatThrownBy(() -> new JwtRules(Set.of(), "", null)).hasMessageContaining("issuer");
        assertThatThrownBy(() -> new JwtRules(Set.of(), null, "")).hasMessageContaining("audience");
        assertThatThrownBy(() -> JwtAlgorithm.parse("none"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"none\"")
                .hasMessageContaining("HS256, HS384");
    }
}
