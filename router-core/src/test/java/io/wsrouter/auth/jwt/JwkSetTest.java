package io.wsrouter.auth.jwt;

import static io.wsrouter.auth.jwt.TestTokens.ED25519;
import static io.wsrouter.auth.jwt.TestTokens.P256;
import static io.wsrouter.auth.jwt.TestTokens.P384;
import static io.wsrouter.auth.jwt.TestTokens.RSA;
import static io.wsrouter.auth.jwt.TestTokens.SECRET;
import static io.wsrouter.auth.jwt.TestTokens.authenticate;
import static io.wsrouter.auth.jwt.TestTokens.authenticator;
import static io.wsrouter.auth.jwt.TestTokens.failureOf;
import static io.wsrouter.auth.jwt.TestTokens.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jsonwebtoken.security.Jwks;
import io.wsrouter.auth.AuthFailure;
import java.security.Key;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwkSetTest {

    private final List<String> warnings = new ArrayList<>();

    @Test
    void shouldVerifyWithEveryKindOfKey() {
        KeyRing ring = read(
                jwk(RSA.getPublic(), "r"),
                jwk(P256.getPublic(), "e"),
                jwk(P384.getPublic(), "f"),
                jwk(ED25519.getPublic(), "d"));

        assertThat(warnings).isEmpty();
        assertThat(ring.size()).isEqualTo(4);
        for (Object[] signed : new Object[][] {
            {JwtAlgorithm.RS256, RSA, "r"},
            {JwtAlgorithm.PS384, RSA, "r"},
            {JwtAlgorithm.ES256, P256, "e"},
            {JwtAlgorithm.ES384, P384, "f"},
            {JwtAlgorithm.EDDSA, ED25519, "d"}
        }) {
            String token = token(
                    (JwtAlgorithm) signed[0], ((java.security.KeyPair) signed[1]).getPrivate(), (String) signed[2]);
            assertThat(authenticate(authenticator(ring), token).user()).hasToString("user:alice");
        }
    }

    @Test
    void shouldKeepAKeyToItsAlgorithm() {
        KeyRing ring = read(with(jwk(RSA.getPublic(), "r"), "alg", "RS256"));

        assertThat(ring.algorithms()).containsExactly(JwtAlgorithm.RS256);
        assertThat(failureOf(authenticator(ring), token(JwtAlgorithm.PS256, RSA.getPrivate(), "r")))
                .isEqualTo(AuthFailure.ALGORITHM_NOT_ALLOWED);
    }

    @ParameterizedTest
    @MethodSource
    void shouldSkipWhatCannotBeUsedAndServeTheRest(Map<String, Object> bad, String reason) {
        KeyRing ring = read(bad, jwk(P256.getPublic(), "good"));

        assertThat(ring).hasToString("KeyRing[good[ES256]]");
        assertThat(warnings).singleElement().asString().startsWith("key 1 of 2").contains(reason);
    }

    static Stream<Arguments> shouldSkipWhatCannotBeUsedAndServeTheRest() {
        Map<String, Object> rsa = jwk(RSA.getPublic(), "bad");
        Map<String, Object> ec = jwk(P256.getPublic(), "bad");
        return Stream.of(
                Arguments.of(with(rsa, "use", "enc"), "use is not sig"),
                Arguments.of(with(rsa, "use", 7), "use is not sig"),
                Arguments.of(with(rsa, "key_ops", List.of("encrypt")), "key_ops"),
                Arguments.of(with(rsa, "key_ops", List.of()), "key_ops"),
                Arguments.of(with(rsa, "key_ops", "verify"), "key_ops"),
                Arguments.of(with(rsa, "alg", "RSA-OAEP"), "alg"),
                Arguments.of(with(rsa, "alg", "none"), "alg"),
                Arguments.of(with(rsa, "alg", 256), "alg"),
                Arguments.of(with(rsa, "alg", "HS256"), "[HS256]"),
                Arguments.of(with(rsa, "alg", "ES256"), "[ES256]"),
                Arguments.of(with(ec, "alg", "ES384"), "[ES384]"),
                Arguments.of(with(rsa, "d", "AQAB"), "private key"),
                Arguments.of(with(ec, "d", "AQAB"), "private key"),
                Arguments.of(with(rsa, "p", "AQAB"), "private key"),
                Arguments.of(Map.of("kty", "oct", "k", "c2VjcmV0"), "secret"),
                Arguments.of(Map.of("kty", "oct"), "secret"),
                Arguments.of(with(rsa, "kty", "AKP"), "cannot be read"),
                Arguments.of(with(rsa, "kty", "EC"), "cannot be read"),
                Arguments.of(with(rsa, "kty", 7), "cannot be read"),
                Arguments.of(with(rsa, "n", "!"), "cannot be read"),
                Arguments.of(with(rsa, "n", List.of()), "cannot be read"),
                Arguments.of(jwk(TestTokens.generate("RSA", 1024).getPublic(), "bad"), "1024 bits"),
                Arguments.of(with(ec, "x", "AQAB"), "cannot be read"),
                Arguments.of(with(ec, "crv", "secp256k1"), "cannot be read"),
                Arguments.of(with(rsa, "kid", ""), "its kid is not 1 to 200 printable"),
                Arguments.of(with(rsa, "kid", 7), "its kid is not 1 to 200 printable"),
                Arguments.of(with(rsa, "kid", "a\nb"), "its kid is not 1 to 200 printable"),
                Arguments.of(with(rsa, "kid", "a\u200eb"), "its kid is not 1 to 200 printable"),
                Arguments.of(with(rsa, "kid", "a\u2028b"), "its kid is not 1 to 200 printable"),
                Arguments.of(with(rsa, "kid", "a\u2029b"), "its kid is not 1 to 200 printable"),
                Arguments.of(with(rsa, "kid", "a\ud83d"), "its kid is not 1 to 200 printable"),
                Arguments.of(with(rsa, "kid", "a\u0378"), "its kid is not 1 to 200 printable"),
                Arguments.of(with(rsa, "kid", "x".repeat(201)), "its kid is not 1 to 200 printable"),
                Arguments.of(Map.of(), "cannot be read"));
    }

    @Test
    void shouldTakeAKeyOnlyForWhatItSaysItIsFor() {
        Map<String, Object> key = jwk(RSA.getPublic(), "x".repeat(200));
        key.put("use", "sig");
        key.put("key_ops", List.of("sign", "verify"));
        key.put("alg", "PS256");
        key.put("x5c", List.of("no certificate"));
        key.put("x5t", 7);
        key.put("y", null);

        assertThat(read(key).algorithms()).containsExactly(JwtAlgorithm.PS256);
        assertThat(warnings).isEmpty();
    }

    @Test
    void shouldNameASkippedKeyByItsKidIfItHasOne() {
        read(Map.of("kty", "oct"), Map.of("kty", "oct", "kid", "k"), jwk(P256.getPublic(), "good"));

        assertThat(warnings)
                .hasSize(2)
                .satisfies(warning -> assertThat(warning).startsWith("key 1 of 3 is not used: "), Index.atIndex(0))
                .satisfies(
                        warning -> assertThat(warning).startsWith("key 2 of 3 (kid \"k\") is not used: "),
                        Index.atIndex(1));
    }

    @Test
    void shouldRefuseTheSecondKeyOfAKid() {
        Map<String, Object> second = jwk(
                Jwks.builder()
                        .key(TestTokens.generate("EC", 256).getPublic())
                        .build()
                        .toKey(),
                "k");

        KeyRing ring = read(jwk(P256.getPublic(), "k"), second);

        assertThat(ring.size()).isOne();
        assertThat(warnings).singleElement().asString().contains("key 2 of 2 (kid \"k\")", "two keys");
        assertThat(authenticate(authenticator(ring), token(JwtAlgorithm.ES256, P256.getPrivate(), "k"))
                        .user())
                .hasToString("user:alice");
    }

    @Test
    void shouldNotReplaceAKeyThatWasThere() {
        KeyRing ring = KeyRing.builder()
                .key("k", P256.getPublic())
                .jwks(
                        set(jwk(TestTokens.generate("EC", 256).getPublic(), "k"), jwk(RSA.getPublic(), "r")),
                        warnings::add)
                .build();

        assertThat(authenticate(authenticator(ring), token(JwtAlgorithm.ES256, P256.getPrivate(), "k"))
                        .user())
                .hasToString("user:alice");
        assertThat(warnings).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{}",
                "<html>",
                "{\"keys\":{}}",
                "{\"keys\":[]}",
                "{\"keys\":[1]}",
                "{\"keys\":[],\"keys\":[]}",
                "{\"keys\":[]} x",
                "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}"
            })
    void shouldRefuseWhatIsNoSetOfPublicKeys(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.builder().jwks(text, warnings::add))
                .withMessageContaining("expected")
                .withMessageNotContaining("c2VjcmV0");
    }

    @Test
    void shouldTakeAHundredKeys() {
        Map<?, ?>[] keys =
                Stream.generate(() -> Map.of("kty", "oct")).limit(100).toArray(Map<?, ?>[]::new);
        keys[99] = jwk(P256.getPublic(), "good");

        assertThat(read(keys).size()).isOne();
    }

    @Test
    void shouldRefuseAHundredAndOneKeys() {
        String keys = Stream.generate(() -> "{}").limit(101).collect(Collectors.joining(","));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.builder().jwks("{\"keys\":[" + keys + "]}", warnings::add))
                .withMessageContaining("101 keys");
    }

    @Test
    void shouldTellWhatChangedByNameOnly() {
        KeyRing before =
                KeyRing.builder().hmacSecret(SECRET).key("a", P256.getPublic()).build();
        KeyRing after = read(jwk(RSA.getPublic(), "b"), jwk(P256.getPublic(), "a"));

        assertThat(after.changesSince(before))
                .isEqualTo("added b[RS256, RS384, RS512, PS256, PS384, PS512], removed (no kid)[HS256, HS384, HS512]");
        assertThat(after.changesSince(after)).isEmpty();
        assertThat(before.changesSince(KeyRing.EMPTY)).isEqualTo("added (no kid)[HS256, HS384, HS512] a[ES256]");
        assertThat(KeyRing.EMPTY.changesSince(before)).isEqualTo("removed (no kid)[HS256, HS384, HS512] a[ES256]");
        assertThat(read(jwk(TestTokens.generate("EC", 256).getPublic(), "a"))
                        .changesSince(
                                KeyRing.builder().key("a", P256.getPublic()).build()))
                .isEqualTo("added a[ES256], removed a[ES256]");
    }

    private KeyRing read(Map<?, ?>... keys) {
        return KeyRing.builder().jwks(set(keys), warnings::add).build();
    }

    private static String set(Map<?, ?>... keys) {
        return "{\"keys\":[" + Stream.of(keys).map(JwkSetTest::json).collect(Collectors.joining(",")) + "]}";
    }

    private static Map<String, Object> jwk(Key key, String keyId) {
        return new LinkedHashMap<>(Jwks.builder().key((PublicKey) key).id(keyId).build());
    }

    private static Map<String, Object> with(Map<String, Object> jwk, String name, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(jwk);
        changed.put(name, value);
        return changed;
    }

    private static String json(Object value) {
        if (value instanceof Map<?, ?> members) {
            return members.entrySet().stream()
                    .map(member -> '"' + member.getKey().toString() + "\":" + json(member.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof List<?> elements) {
            return elements.stream().map(JwkSetTest::json).collect(Collectors.joining(",", "[", "]"));
        }
        return value == null || value instanceof Number
                ? String.valueOf(value)
                : '"' + value.toString().replace("\n", "\\n") + '"';
    }
}
