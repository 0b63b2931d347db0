package io.wsrouter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.JwtRules;
import io.wsrouter.auth.jwt.KeyRing;
import io.wsrouter.auth.jwt.KeySource;
import io.wsrouter.auth.jwt.TokenMinter;
import io.wsrouter.cli.TokenCheck.Result;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class TokenCheckTest {

    private static final byte[] SECRET = "a secret of the tests, more than 32 bytes long".getBytes(UTF_8);
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final JwtRules RULES =
            new JwtRules(Set.of(JwtAlgorithm.HS256, JwtAlgorithm.ES256), "issuer", "router");
    private static final long SOON = NOW.getEpochSecond() + 3600;
    private static final String GOOD_CLAIMS =
            "\"sub\":\"alice\",\"exp\":" + SOON + ",\"iss\":\"issuer\",\"aud\":\"router\"";

    /** What only a request can be refused for. */
    private static final Set<AuthFailure> OF_REQUESTS = EnumSet.of(
            AuthFailure.TOKEN_CONFLICT,
            AuthFailure.QUERY_TOKEN_DISABLED,
            AuthFailure.IDENTITY_MISMATCH,
            AuthFailure.AUTHENTICATOR_BUSY);

    private final KeySource keys = () -> KeyRing.ofHmacSecret(SECRET);

    @Test
    void shouldSayWhatAGoodTokenAllows() {
        Grants grants = new Grants(
                List.of(AddressPattern.parse("user:*")), List.of(AddressPattern.parse("topic:chat.*")), true);
        String token = new TokenMinter(SECRET, JwtAlgorithm.HS256, "issuer", "router", CLOCK)
                .mint("alice", Duration.ofMinutes(90), grants);

        Result result = new TokenCheck(RULES, keys, CLOCK).check(token);

        assertThat(result.isGood()).isTrue();
        assertThat(result.lines())
                .containsExactly(
                        "good: the router lets this token in",
                        "user: alice",
                        "publish: to itself and its own connections, user:*",
                        "subscribe: topic:chat.*",
                        "admin: yes, all of the internal port",
                        "alg: HS256",
                        "kid: none",
                        "sub: \"alice\"",
                        "exp: 2026-01-01T13:30:00Z, in 1h30m",
                        "iss: \"issuer\" (expected \"issuer\")",
                        "aud: [router] (expected \"router\")");
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void shouldSayWhyATokenIsRefusedAndWhatToDo(AuthFailure failure, String token, String advice) {
        Result result = new TokenCheck(RULES, keys, CLOCK).check(token);

        assertThat(result.isGood()).isFalse();
        assertThat(result.lines().get(0)).isEqualTo("refused: " + failure.word() + ". " + failure.explanation());
        assertThat(result.lines().get(1)).startsWith("do: ").contains(advice);
        assertThat(result.lines()).noneMatch(line -> line.contains("\n"));
        String signature = token.substring(token.lastIndexOf('.') + 1);
        if (signature.length() > 10) {
            assertThat(String.join("\n", result.lines()))
                    .doesNotContain(signature)
                    .doesNotContain(new String(SECRET, UTF_8));
        }
    }

    static Stream<Arguments> refusals() {
        String good = token(GOOD_CLAIMS);
        return Stream.of(
                Arguments.of(AuthFailure.TOKEN_MISSING, "", "Authorization: Bearer"),
                Arguments.of(AuthFailure.TOKEN_MALFORMED, "Bearer " + good, "without Bearer"),
                Arguments.of(AuthFailure.TOKEN_MALFORMED, "opaque", "signed JWT"),
                Arguments.of(AuthFailure.TOKEN_TOO_LARGE, "x".repeat(8193), "fewer or shorter"),
                Arguments.of(AuthFailure.ALGORITHM_NOT_ALLOWED, token("{\"alg\":\"RS256\"}", GOOD_CLAIMS), "HS256"),
                Arguments.of(AuthFailure.ALGORITHM_NOT_ALLOWED, token("{\"alg\":\"none\"}", GOOD_CLAIMS), "HS256"),
                Arguments.of(AuthFailure.BAD_SIGNATURE, good.substring(0, good.length() - 43) + "A".repeat(43), "key"),
                Arguments.of(
                        AuthFailure.BAD_SIGNATURE,
                        good.substring(0, good.length() - 23),
                        "its signature has 15 bytes, which none of HS256 has (expected 32)"),
                Arguments.of(
                        AuthFailure.TOKEN_EXPIRED,
                        token(claims("exp", NOW.getEpochSecond() - 31)),
                        "here it is 2026-01-01T12:00:00Z"),
                Arguments.of(AuthFailure.TOKEN_NOT_YET_VALID, token(GOOD_CLAIMS + ",\"nbf\":" + SOON), "clocks"),
                Arguments.of(AuthFailure.EXPIRY_MISSING, token("\"sub\":\"alice\""), "set exp"),
                Arguments.of(AuthFailure.ISSUER_MISMATCH, token(GOOD_CLAIMS.replace("issuer", "other")), "\"issuer\""),
                Arguments.of(
                        AuthFailure.AUDIENCE_MISMATCH, token(GOOD_CLAIMS.replace("router", "other")), "\"router\""),
                Arguments.of(AuthFailure.SUBJECT_MISSING, token(GOOD_CLAIMS.replace("sub", "user")), "set sub"),
                Arguments.of(
                        AuthFailure.SUBJECT_INVALID, token(GOOD_CLAIMS.replace("alice", "a\\nb\\u001b[2J")), "sub"),
                Arguments.of(AuthFailure.GRANTS_INVALID, token(GOOD_CLAIMS + ",\"router\":[]"), "\"publish\":["),
                badGrants("[]", "router is no object; write"),
                badGrants("{\"Publish\\n\":[]}", "router has a member Publish\\u000a; write"),
                badGrants("{\"publish\":{}}", "router.publish is no list; write"),
                badGrants("{\"publish\":[\"*\",1]}", "router.publish[1] is no string; write"),
                badGrants(
                        "{\"subscribe\":[\"topic:a\",\"a\"]}", "router.subscribe[1]: grant \"a\" (expected user:<id>"),
                badGrants("{\"admin\":1}", "router.admin is neither true nor false; write"));
    }

    private static Arguments badGrants(String grants, String advice) {
        return Arguments.of(AuthFailure.GRANTS_INVALID, token(GOOD_CLAIMS + ",\"router\":" + grants), advice);
    }

    @Test
    void shouldNameTheKeysThatThereAre() {
        KeySource two = () -> KeyRing.builder()
                .key("old", new SecretKeySpec(SECRET, "HmacSHA256"))
                .key("new", new SecretKeySpec("another secret of more than 32 bytes".getBytes(UTF_8), "HmacSHA256"))
                .build();

        Result result =
                new TokenCheck(RULES, two, CLOCK).check(token("{\"alg\":\"HS256\",\"kid\":\"x\"}", GOOD_CLAIMS));

        assertThat(result.lines().get(0)).startsWith("refused: unknown_key");
        assertThat(result.lines().get(1)).contains("old[HS256]", "new[HS256]");
        assertThat(result.lines()).contains("kid: \"x\"");
    }

    @Test
    void shouldSayThatKeysAreMissing() {
        KeySource unfetched = new KeySource() {
            @Override
            public KeyRing keys() {
                return KeyRing.EMPTY;
            }

            @Override
            public boolean isComplete() {
                return false;
            }
        };

        Result result = new TokenCheck(RULES, unfetched, CLOCK).check(token(GOOD_CLAIMS));

        assertThat(result.lines().get(0)).startsWith("refused: keys_unavailable");
        assertThat(result.lines().get(1)).contains("auth.jwks-url");
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveAdviceForEveryFailure(AuthFailure failure) {
        String advice = new TokenCheck(RULES, keys, CLOCK).advice(failure, null);

        assertThat(advice).isNotEmpty().doesNotContain("\n").doesNotContain("null");
    }

    @Test
    void shouldTryEveryFailureOfATokenAbove() {
        Set<AuthFailure> tried =
                refusals().map(row -> (AuthFailure) row.get()[0]).collect(Collectors.toSet());
        tried.addAll(OF_REQUESTS);
        tried.add(AuthFailure.UNKNOWN_KEY);
        tried.add(AuthFailure.KEYS_UNAVAILABLE);

        assertThat(tried).containsExactlyInAnyOrder(AuthFailure.values());
    }

    @Test
    void shouldPrintClaimsOnOneLineOfBoundedLength() {
        Result result = new TokenCheck(RULES, keys, CLOCK)
                .check(token("\"sub\":\"" + "x".repeat(5000) + "\\u001b[2J\\u202e\",\"exp\":" + SOON));

        assertThat(result.lines()).allMatch(line -> line.length() < 400).noneMatch(line -> line.contains("\u001b"));
    }

    private static String claims(String name, long seconds) {
        return GOOD_CLAIMS.replaceAll("\"" + name + "\":[0-9]+", "\"" + name + "\":" + seconds);
    }

    private static String token(String claims) {
        return token("{\"alg\":\"HS256\"}", claims);
    }

    private static String token(String header, String claims) {
        String signed = base64Url(header.getBytes(UTF_8)) + '.' + base64Url(("{" + claims + "}").getBytes(UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
            return signed + '.' + base64Url(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
