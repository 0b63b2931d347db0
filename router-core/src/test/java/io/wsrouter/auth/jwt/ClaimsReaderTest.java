package io.wsrouter.auth.jwt;

import static io.wsrouter.auth.jwt.TestTokens.NOW;
import static io.wsrouter.auth.jwt.TestTokens.SECRET;
import static io.wsrouter.auth.jwt.TestTokens.authenticate;
import static io.wsrouter.auth.jwt.TestTokens.authenticator;
import static io.wsrouter.auth.jwt.TestTokens.failureOf;
import static io.wsrouter.auth.jwt.TestTokens.hmacAuthenticator;
import static io.wsrouter.auth.jwt.TestTokens.hs256;
import static io.wsrouter.auth.jwt.TestTokens.withClaims;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Claims, tried through whole signed tokens, so that JJWT has its say too. */
class ClaimsReaderTest {

    private static final String ALICE = "\"sub\":\"alice\"";
    private static final String GOOD_EXP = "\"exp\":" + (NOW + 3600);

    // what many tokens have in common

    @Test
    void shouldKeepEqualGrantsOnce() {
        JwtAuthenticator authenticator = hmacAuthenticator();
        String grants = ",\"router\":{\"publish\":[\"user:*\"],\"subscribe\":[\"topic:chat.*\"]}}";

        Principal alice = authenticate(authenticator, withClaims("{\"sub\":\"alice\"," + GOOD_EXP + grants));
        Principal bob = authenticate(authenticator, withClaims("{\"sub\":\"bob\"," + GOOD_EXP + grants));

        assertThat(bob.user()).isNotEqualTo(alice.user());
        assertThat(bob.grants()).isSameAs(alice.grants());
    }

    @ParameterizedTest
    @ValueSource(strings = {"user:a", "user:a*", "topic:a", "topic:a*", "*"})
    void shouldTellGrantsApart(String other) {
        JwtAuthenticator authenticator = hmacAuthenticator();
        String claims = "{" + ALICE + "," + GOOD_EXP + ",\"router\":{\"publish\":[\"%s\"]}}";
        authenticate(authenticator, withClaims(claims.formatted("user:a")));
        authenticate(authenticator, withClaims(claims.formatted("topic:a*")));

        Principal principal = authenticate(authenticator, withClaims(claims.formatted(other)));

        assertThat(principal.grants().publish()).hasSize(1).first().hasToString(other);
    }

    // exp and nbf

    @ParameterizedTest
    @CsvSource({"3600,true", "1,true", "0,true", "-1,true", "-29,true", "-30,false", "-31,false", "-3600,false"})
    void shouldAllowThirtySecondsOfSkewAfterExp(int offset, boolean isAccepted) {
        String token = withClaims("{" + ALICE + ",\"exp\":" + (NOW + offset) + "}");

        if (isAccepted) {
            assertThat(authenticate(hmacAuthenticator(), token).expiresAtEpochSeconds())
                    .isEqualTo(NOW + offset);
        } else {
            assertThat(failureOf(hmacAuthenticator(), token)).isEqualTo(AuthFailure.TOKEN_EXPIRED);
        }
    }

    @Test
    void shouldExpireToTheMillisecond() {
        String token = withClaims("{" + ALICE + ",\"exp\":" + (NOW - 30) + "}");
        Instant border = Instant.ofEpochSecond(NOW);

        assertThat(authenticate(at(border.minusMillis(1)), token).user()).hasToString("user:alice");
        assertThat(failureOf(at(border), token)).isEqualTo(AuthFailure.TOKEN_EXPIRED);
        assertThat(failureOf(at(border.plusMillis(1)), token)).isEqualTo(AuthFailure.TOKEN_EXPIRED);
    }

    @ParameterizedTest
    @CsvSource({"-3600,true", "0,true", "1,true", "30,true", "31,false", "3600,false"})
    void shouldAllowThirtySecondsOfSkewBeforeNbf(int offset, boolean isAccepted) {
        String token = withClaims("{" + ALICE + "," + GOOD_EXP + ",\"nbf\":" + (NOW + offset) + "}");

        if (isAccepted) {
            assertThat(authenticate(hmacAuthenticator(), token).user()).hasToString("user:alice");
        } else {
            assertThat(failureOf(hmacAuthenticator(), token)).isEqualTo(AuthFailure.TOKEN_NOT_YET_VALID);
        }
    }

    @Test
    void shouldBecomeValidToTheMillisecond() {
        String token = withClaims("{" + ALICE + "," + GOOD_EXP + ",\"nbf\":" + (NOW + 30) + "}");
        Instant border = Instant.ofEpochSecond(NOW);

        assertThat(authenticate(at(border), token).user()).hasToString("user:alice");
        assertThat(failureOf(at(border.minusMillis(1)), token)).isEqualTo(AuthFailure.TOKEN_NOT_YET_VALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{" + ALICE + "}", "{" + ALICE + ",\"exp\":null}", "{}", "{\"EXP\":9999999999}"})
    void shouldRequireExp(String claims) {
        assertThat(failureOf(hmacAuthenticator(), withClaims(claims))).isEqualTo(AuthFailure.EXPIRY_MISSING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"1757378698\"",
                "\"2125-09-09T00:00:00Z\"",
                "\"\"",
                "1757378698.0",
                "1757378698.5",
                "1.757378698e9",
                "1e30",
                "-1e30",
                "-1",
                "253402300800",
                "1757378698000",
                "9223372036854775807",
                "9223372036854775808",
                "18446744075466930314",
                "18446744073709551616000000000000000001757378698",
                "-9223372036854775809",
                "true",
                "[]",
                "[1757378698]",
                "{}",
                "{\"$date\":1757378698}",
            })
    void shouldRefuseATimeThatIsNotWholeSeconds(String time) {
        for (String claims : List.of(
                "{" + ALICE + ",\"exp\":" + time + "}", "{" + ALICE + "," + GOOD_EXP + ",\"nbf\":" + time + "}")) {
            assertThat(failureOf(hmacAuthenticator(), withClaims(claims))).isEqualTo(AuthFailure.TOKEN_MALFORMED);
        }
    }

    @Test
    void shouldAcceptTheLastSecondBeforeTheYear10000() {
        String token = withClaims("{" + ALICE + ",\"exp\":253402300799,\"nbf\":0,\"iat\":0}");

        assertThat(authenticate(hmacAuthenticator(), token).expiresAtEpochSeconds())
                .isEqualTo(253_402_300_799L);
    }

    // iss and aud

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"iss\":\"https://id.example\"; true",
                "\"iss\":\"https://id.example/\"; false",
                "\"iss\":\"HTTPS://id.example\"; false",
                "\"iss\":\"\"; false",
                "\"iss\":null; false",
                "\"iss\":[\"https://id.example\"]; false",
                "\"iss\":7; false",
                "\"ISS\":\"https://id.example\"; false",
                "\"x\":1; false",
            })
    void shouldCompareTheIssuerWhenConfigured(String member, boolean isAccepted) {
        String token = withClaims("{" + ALICE + "," + GOOD_EXP + "," + member + "}");
        JwtAuthenticator authenticator = withRules(new JwtRules(Set.of(), "https://id.example", null));

        if (isAccepted) {
            assertThat(authenticate(authenticator, token).user()).hasToString("user:alice");
        } else {
            assertThat(failureOf(authenticator, token)).isEqualTo(AuthFailure.ISSUER_MISMATCH);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"aud\":\"router\"; true",
                "\"aud\":[\"router\"]; true",
                "\"aud\":[\"other\",\"router\"]; true",
                "\"aud\":[\"router\",\"router\"]; true",
                "\"aud\":[\"router\",7]; false",
                "\"aud\":[\"router\",null]; false",
                "\"aud\":[\"other\"]; false",
                "\"aud\":[[\"router\"]]; false",
                "\"aud\":[]; false",
                "\"aud\":\"Router\"; false",
                "\"aud\":\"router2\"; false",
                "\"aud\":\"other router\"; false",
                "\"aud\":{\"router\":true}; false",
                "\"aud\":null; false",
                "\"aud\":7; false",
                "\"x\":1; false",
            })
    void shouldCompareTheAudienceWhenConfigured(String member, boolean isAccepted) {
        String token = withClaims("{" + ALICE + "," + GOOD_EXP + "," + member + "}");
        JwtAuthenticator authenticator = withRules(new JwtRules(Set.of(), null, "router"));

        if (isAccepted) {
            assertThat(authenticate(authenticator, token).user()).hasToString("user:alice");
        } else {
            assertThat(failureOf(authenticator, token)).isEqualTo(AuthFailure.AUDIENCE_MISMATCH);
        }
    }

    @Test
    void shouldNotAskForIssuerAndAudienceUnlessConfigured() {
        String token = withClaims("{" + ALICE + "," + GOOD_EXP + ",\"iss\":\"x\",\"aud\":[\"y\",\"z\"]}");

        assertThat(authenticate(hmacAuthenticator(), token).user()).hasToString("user:alice");
    }

    // sub

    @ParameterizedTest
    @ValueSource(strings = {"{" + "\"user_id\":\"alice\"", "{\"sub\":null", "{\"SUB\":\"alice\"", "{\"Sub\":\"alice\""})
    void shouldRequireSub(String start) {
        String token = withClaims(start + "," + GOOD_EXP + "}");

        assertThat(failureOf(hmacAuthenticator(), token)).isEqualTo(AuthFailure.SUBJECT_MISSING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\"",
                "\"*\"",
                "\"al*\"",
                "\"user:*\"",
                "\">\"",
                "\"null\"",
                "\"None\"",
                "\"undefined\"",
                "\" alice\"",
                "\"alice \"",
                "\"al ice\"",
                "\"alice\\u00a0\"",
                "\"alice\\u2003\"",
                "\"alice\\n\"",
                "\"alice\\u0000\"",
                "\"alice\\u007f\"",
                "\"alice\\u0085\"",
                "\"al\\\"ice\"",
                "\"al\\\\ice\"",
                "7",
                "true",
                "1.5",
                "[]",
                "[\"alice\"]",
                "{\"id\":\"alice\"}",
            })
    void shouldRefuseASubThatIsNotAUserId(String sub) {
        String token = withClaims("{\"sub\":" + sub + "," + GOOD_EXP + "}");

        assertThat(failureOf(hmacAuthenticator(), token)).isEqualTo(AuthFailure.SUBJECT_INVALID);
    }

    @Test
    void shouldCountTheBytesOfASub() {
        String two = "\u00e9";
        for (String longest : List.of("a".repeat(128), two.repeat(64), "\ud83d\ude00".repeat(32))) {
            assertThat(authenticate(hmacAuthenticator(), withSub(longest)).user())
                    .isEqualTo(Address.user(longest));
        }
        for (String tooLong : List.of("a".repeat(129), two.repeat(64) + "a", "\ud83d\ude00".repeat(32) + "a")) {
            assertThat(failureOf(hmacAuthenticator(), withSub(tooLong))).isEqualTo(AuthFailure.SUBJECT_INVALID);
        }
    }

    @Test
    void shouldTakeTheSubByteForByte() {
        assertThat(authenticate(hmacAuthenticator(), withSub("test_user_123456_0"))
                        .user())
                .hasToString("user:test_user_123456_0");
        assertThat(authenticate(hmacAuthenticator(), withSub("e\u0301")).user())
                .isNotEqualTo(
                        authenticate(hmacAuthenticator(), withSub("\u00e9")).user());
        assertThat(authenticate(hmacAuthenticator(), withSub("\\u0061lice")).user())
                .hasToString("user:alice");
        assertThat(authenticate(hmacAuthenticator(), withSub("user:alice")).user())
                .hasToString("user:user:alice");
    }

    // Payloads with two readings

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sub\":\"alice\",\"sub\":\"bob\",%s}",
                "{\"sub\":\"alice\",\"s\\u0075b\":\"bob\",%s}",
                "{\"sub\":\"alice\",\" sub\":\"bob\",%s}",
                "{\"sub\":\"alice\",\"sub\\t\":\"bob\",%s}",
                "{\"sub\":\"alice\",\" sub \":null,%s}",
                "{\"sub\":\"alice\",%s,\"exp\":9999999999}",
                "{\"sub\":\"alice\",%s,\" exp\":9999999999}",
                "{\"sub\":\"alice\",%s,\"x\":{\"a\":1,\"a\":1}}",
                "{\"sub\":\"alice\",%s}{\"sub\":\"bob\"}",
                "{\"sub\":\"alice\",%s} garbage",
                "{\"sub\":\"alice\",%s}]",
                "{\"sub\":\"alice\",%s,}",
                "{\"sub\":\"alice\",%s",
                "{\"sub\":\"alice\\ud800\",%s}",
                "{\"sub\":\"alice\",%s,\"x\":NaN}",
                "{\"sub\":\"alice\",%s,\"x\":01}",
                "{\"sub\":\"alice\",%s/*,\"sub\":\"bob\"*/}",
                "\ufeff{\"sub\":\"alice\",%s}",
                "[{\"sub\":\"alice\",%s}]",
                "\"sub\"",
                "null",
                "",
            })
    void shouldRefuseAPayloadThatIsNotPlainJson(String format) {
        String token = hs256("{\"alg\":\"HS256\"}", format.replace("%s", GOOD_EXP) + (format.isEmpty() ? " " : ""));

        assertThat(failureOf(hmacAuthenticator(), token)).isEqualTo(AuthFailure.TOKEN_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00ff", "\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00f4\u0090\u0080\u0080", "\u00c3"})
    void shouldRefuseInvalidUtf8RatherThanReplaceIt(String latin1) {
        byte[] claims = ("{\"sub\":\"al" + latin1 + "\"," + GOOD_EXP + "}").getBytes(ISO_8859_1);
        String token = hs256("{\"alg\":\"HS256\"}".getBytes(UTF_8), claims, SECRET);

        assertThat(failureOf(hmacAuthenticator(), token)).isEqualTo(AuthFailure.TOKEN_MALFORMED);
    }

    @Test
    void shouldBoundTheNestingOfClaims() {
        String nested = "{" + ALICE + "," + GOOD_EXP + ",\"x\":%s1%s}";

        assertThat(authenticate(hmacAuthenticator(), withClaims(nested.formatted("[".repeat(31), "]".repeat(31))))
                        .user())
                .hasToString("user:alice");
        for (int depth : new int[] {32, 2900}) {
            String token = withClaims(nested.formatted("[".repeat(depth), "]".repeat(depth)));
            assertThat(failureOf(hmacAuthenticator(), token)).isEqualTo(AuthFailure.TOKEN_MALFORMED);
        }
    }

    @Test
    void shouldBearManyClaims() {
        StringBuilder claims = new StringBuilder("{" + ALICE + "," + GOOD_EXP);
        for (int i = 0; i < 600; i++) {
            claims.append(",\"").append(i).append("\":").append(i);
        }

        assertThat(authenticate(
                                hmacAuthenticator(),
                                withClaims(claims.append('}').toString()))
                        .user())
                .hasToString("user:alice");
    }

    // router

    @Test
    void shouldReadGrants() {
        Principal principal = withRouter(
                "{\"publish\":[\"user:*\",\"topic:chat.*\"],\"subscribe\":[\"topic:chat.*\"],\"admin\":true}");

        assertThat(principal.grants().publish().stream().map(AddressPattern::toString))
                .containsExactly("user:*", "topic:chat.*");
        assertThat(principal.grants().subscribe().stream().map(AddressPattern::toString))
                .containsExactly("topic:chat.*");
        assertThat(principal.isAdmin()).isTrue();
        assertThat(principal.mayPublish(Address.user("bob"))).isTrue();
        assertThat(principal.maySubscribe(Address.topic("chat.42"))).isTrue();
        assertThat(principal.maySubscribe(Address.topic("ops"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"publish\":[]}",
                "{\"subscribe\":[]}",
                "{\"admin\":false}",
                "{\"publish\":[],\"subscribe\":[],\"admin\":false}"
            })
    void shouldGrantNothingWhereNothingIsListed(String router) {
        assertThat(withRouter(router).grants()).isEqualTo(Grants.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "1",
                "\"admin\"",
                "[]",
                "[{\"admin\":true}]",
                "{\"admin\":\"true\"}",
                "{\"admin\":1}",
                "{\"admin\":null}",
                "{\"admin\":[]}",
                "{\"Admin\":true}",
                "{\"publish\":null}",
                "{\"publish\":\"*\"}",
                "{\"publish\":{}}",
                "{\"publish\":{\"0\":\"*\"}}",
                "{\"publish\":true}",
                "{\"publish\":[1]}",
                "{\"publish\":[null]}",
                "{\"publish\":[[\"*\"]]}",
                "{\"publish\":[\"\"]}",
                "{\"publish\":[\"**\"]}",
                "{\"publish\":[\"alice\"]}",
                "{\"publish\":[\"user:\"]}",
                "{\"publish\":[\"user:a*b\"]}",
                "{\"publish\":[\"User:*\"]}",
                "{\"publish\":[\" user:*\"]}",
                "{\"publish\":[\"user:* \"]}",
                "{\"publish\":[\"connection:*\"]}",
                "{\"publish\":[\"connection:ws_alice_1757375098_6ead719c\"]}",
                "{\"publish\":[\"topic:a b\"]}",
                "{\"publish\":[\"topic:good\",\"topic:bad>\"]}",
                "{\"subscribe\":null}",
                "{\"subscribe\":\"topic:*\"}",
                "{\"subscribe\":[\"connection:*\"]}",
                "{\"subscribe\":[false]}",
                "{\"Publish\":[\"*\"]}",
                "{\"publish\":[],\"extra\":1}",
                "{\"roles\":[\"admin\"]}",
                "{\"publish \":[]}",
            })
    void shouldRefuseMistypedGrants(String router) {
        String token = withClaims("{" + ALICE + "," + GOOD_EXP + ",\"router\":" + router + "}");

        assertThat(failureOf(hmacAuthenticator(), token)).isEqualTo(AuthFailure.GRANTS_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish", "subscribe"})
    void shouldBoundTheGrants(String list) {
        String format = "{\"" + list + "\":[%s]}";
        String hundred = String.join(",", Collections.nCopies(100, "\"topic:a\""));
        Grants grants = withRouter(format.formatted(hundred)).grants();

        assertThat(grants.publish().size() + grants.subscribe().size()).isEqualTo(100);
        String token = withClaims(
                "{" + ALICE + "," + GOOD_EXP + ",\"router\":" + format.formatted(hundred + ",\"topic:a\"") + "}");
        assertThat(failureOf(hmacAuthenticator(), token)).isEqualTo(AuthFailure.GRANTS_INVALID);
    }

    @Test
    void shouldTakeGrantsFromTheRouterClaimOnly() {
        Principal principal = authenticate(
                hmacAuthenticator(),
                withClaims("{" + ALICE + "," + GOOD_EXP
                        + ",\"admin\":true,\"publish\":[\"*\"],\"permissions\":[\"*\"],\"Router\":{\"admin\":true}}"));

        assertThat(principal.grants()).isEqualTo(Grants.NONE);
    }

    // Order

    @Test
    void shouldNameTheFirstFaultInTheDocumentedOrder() {
        JwtAuthenticator authenticator = withRules(new JwtRules(Set.of(), "me", "router"));
        String[] faults = {
            "", "\"exp\":1", "\"nbf\":9999999999", "\"iss\":\"x\"", "\"aud\":\"x\"", "\"sub\":\"*\"", "\"router\":1"
        };
        String[] cures = {"", GOOD_EXP, "\"nbf\":1", "\"iss\":\"me\"", "\"aud\":\"router\"", ALICE, "\"router\":{}"};
        AuthFailure[] failures = {
            AuthFailure.EXPIRY_MISSING,
            AuthFailure.TOKEN_EXPIRED,
            AuthFailure.TOKEN_NOT_YET_VALID,
            AuthFailure.ISSUER_MISMATCH,
            AuthFailure.AUDIENCE_MISMATCH,
            AuthFailure.SUBJECT_INVALID,
            AuthFailure.GRANTS_INVALID
        };
        assertThat(failureOf(authenticator, withClaims("{\"sub\":\"*\"}"))).isEqualTo(failures[0]);
        for (int first = 1; first < faults.length; first++) {
            StringBuilder claims = new StringBuilder("{\"x\":0");
            for (int i = 1; i < faults.length; i++) {
                claims.append(',').append(i < first ? cures[i] : faults[i]);
            }
            assertThat(failureOf(authenticator, withClaims(claims.append('}').toString())))
                    .isEqualTo(failures[first]);
        }
    }

    private static JwtAuthenticator withRules(JwtRules rules) {
        return authenticator(rules, KeyRing.ofHmacSecret(SECRET));
    }

    private static JwtAuthenticator at(Instant now) {
        KeyRing ring = KeyRing.ofHmacSecret(SECRET);
        return new JwtAuthenticator(JwtRules.NONE, () -> ring, Runnable::run, InstantSource.fixed(now));
    }

    private static String withSub(String sub) {
        return withClaims("{\"sub\":\"" + sub + "\"," + GOOD_EXP + "}");
    }

    private static Principal withRouter(String router) {
        return authenticate(
                hmacAuthenticator(), withClaims("{" + ALICE + "," + GOOD_EXP + ",\"router\":" + router + "}"));
    }
}
