package io.wsrouter.auth.jwt;

import static io.wsrouter.auth.jwt.TestTokens.ED25519;
import static io.wsrouter.auth.jwt.TestTokens.ED448;
import static io.wsrouter.auth.jwt.TestTokens.OTHER_RSA;
import static io.wsrouter.auth.jwt.TestTokens.P256;
import static io.wsrouter.auth.jwt.TestTokens.P384;
import static io.wsrouter.auth.jwt.TestTokens.P521;
import static io.wsrouter.auth.jwt.TestTokens.RSA;
import static io.wsrouter.auth.jwt.TestTokens.SECRET;
import static io.wsrouter.auth.jwt.TestTokens.SECRET_KEY;
import static io.wsrouter.auth.jwt.TestTokens.authenticate;
import static io.wsrouter.auth.jwt.TestTokens.authenticator;
import static io.wsrouter.auth.jwt.TestTokens.failureOf;
import static io.wsrouter.auth.jwt.TestTokens.pem;
import static io.wsrouter.auth.jwt.TestTokens.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wsrouter.auth.AuthFailure;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRingTest {

    // Selection

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // keys of the ring, separated by blanks | alg | kid | the key that is chosen, or the failure
                "rsa:a                | RS256 |       | a",
                "rsa:a                | PS384 |       | a",
                "rsa:a                | RS256 | a     | a",
                "rsa:a                | RS256 | b     | unknown_key",
                "rsa:a                | RS256 | A     | unknown_key",
                "rsa:a                | HS256 |       | algorithm_not_allowed",
                "rsa:a                | HS256 | a     | algorithm_not_allowed",
                "rsa:a                | ES256 | a     | algorithm_not_allowed",
                "rsa:a rsa2:b         | RS256 | a     | a",
                "rsa:a rsa2:b         | RS256 | b     | b",
                "rsa:a rsa2:b         | RS256 | c     | unknown_key",
                "rsa:a rsa2:b         | RS256 |       | unknown_key",
                "rsa:a p256:b         | RS256 |       | a",
                "rsa:a p256:b         | ES256 |       | b",
                "rsa:a p256:b         | ES256 | a     | algorithm_not_allowed",
                "rsa:a p256:b         | RS256 | b     | algorithm_not_allowed",
                "rsa:a p256:a         | RS256 | a     | a",
                "rsa:a p256:a         | ES256 | a     | a",
                "rsa:a p256:a         | EdDSA | a     | algorithm_not_allowed",
                "hmac                 | HS256 |       | (no kid)",
                "hmac                 | HS256 | any   | (no kid)",
                "hmac rsa:a           | HS256 | any   | (no kid)",
                "hmac rsa:a           | HS256 | a     | algorithm_not_allowed",
                "hmac rsa:a           | RS256 |       | a",
                "hmac rsa:a           | RS256 | any   | unknown_key",
                "hmac hmac2:b         | HS256 |       | unknown_key",
                "hmac hmac2:b         | HS256 | b     | b",
                "hmac hmac2:b         | HS256 | c     | (no kid)",
                "rsa rsa2:b           | RS256 |       | unknown_key",
                "rsa rsa2:b           | RS256 | b     | b",
                "rsa rsa2:b           | RS256 | c     | (no kid)",
                "ed25519:a ed448:b    | EdDSA |       | unknown_key",
                "ed25519:a ed448:b    | EdDSA | b     | b",
                "p256:a p384:b p521:c | ES512 |       | c",
                "p256:a p384:b p521:c | ES384 |       | b",
                "                     | RS256 |       | unknown_key",
                "                     | RS256 | a     | unknown_key",
            })
    void shouldChooseTheOneKeyThatFits(String keys, String alg, String keyId, String expected) {
        KeyRing.Builder builder = KeyRing.builder();
        if (keys != null) {
            Arrays.stream(keys.split(" ")).forEach(key -> add(builder, key));
        }
        KeyRing ring = builder.build();
        JwtAlgorithm algorithm = JwtAlgorithm.parse(alg);

        if (expected.contains("_")) {
            assertThat(failureOf(() -> ring.select(algorithm, keyId)))
                    .isEqualTo(AuthFailure.valueOf(expected.toUpperCase(Locale.ROOT)));
        } else {
            VerificationKey selected = ring.select(algorithm, keyId);
            assertThat(selected.keyId() == null ? "(no kid)" : selected.keyId()).isEqualTo(expected);
            assertThat(selected.algorithms()).contains(algorithm);
        }
    }

    @Test
    void shouldKnowNoAlgorithmWithoutAName() {
        assertThat(JwtAlgorithm.find(null)).isNull();
    }

    private static void add(KeyRing.Builder builder, String key) {
        String[] nameAndId = key.split(":");
        String keyId = nameAndId.length > 1 ? nameAndId[1] : null;
        switch (nameAndId[0]) {
            case "hmac" -> builder.key(keyId, new SecretKeySpec(SECRET, "HmacSHA512"));
            case "hmac2" -> builder.key(keyId, new SecretKeySpec(new byte[32], "AES"));
            case "rsa" -> builder.key(keyId, RSA.getPublic());
            case "rsa2" -> builder.key(keyId, OTHER_RSA.getPublic());
            case "p256" -> builder.key(keyId, P256.getPublic());
            case "p384" -> builder.key(keyId, P384.getPublic());
            case "p521" -> builder.key(keyId, P521.getPublic());
            case "ed25519" -> builder.key(keyId, ED25519.getPublic());
            case "ed448" -> builder.key(keyId, ED448.getPublic());
            default -> throw new AssertionError(key);
        }
    }

    // What a key may verify

    @ParameterizedTest
    @CsvSource({"32,1", "47,1", "48,2", "63,2", "64,3", "1000,3"})
    void shouldServeTheHmacAlgorithmsThatTheSecretIsLongEnoughFor(int length, int count) {
        assertThat(KeyRing.ofHmacSecret(new byte[length]).algorithms())
                .containsExactly(Arrays.copyOf(JwtAlgorithm.values(), count));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31})
    void shouldRefuseAShortSecret(int length) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.ofHmacSecret(new byte[length]))
                .withMessage("the HMAC secret has " + length + " bytes (expected at least 32)");
    }

    @Test
    void shouldRefuseAShortSecretKey() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.builder().key("a", new SecretKeySpec(new byte[31], "HmacSHA256")))
                .withMessage("an HMAC secret of 31 bytes (expected at least 32)");
    }

    @Test
    void shouldRefuseASecretKeyThatDoesNotShowItsBytes() {
        SecretKey hidden = new SecretKey() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getAlgorithm() {
                return "HmacSHA256";
            }

            @Override
            public String getFormat() {
                return null;
            }

            @Override
            public byte[] getEncoded() {
                return null;
            }
        };

        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.builder().key("a", hidden))
                .withMessage("an HMAC secret of 0 bytes (expected at least 32)");
    }

    @Test
    void shouldVerifyWithASecretThatWasMadeForAnotherPurpose() {
        KeyRing ring =
                KeyRing.builder().key(null, new SecretKeySpec(SECRET, "AES")).build();

        assertThat(authenticate(authenticator(ring), token(JwtAlgorithm.HS256, SECRET_KEY))
                        .user())
                .hasToString("user:alice");
    }

    @Test
    void shouldRefusePemTextAsASecret() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.ofHmacSecret(pem(RSA).getBytes(UTF_8)))
                .withMessageContaining("the HMAC secret is PEM text");
    }

    @Test
    void shouldServeTheAlgorithmsOfEachKindOfKey() {
        assertThat(ringOf(RSA.getPublic()).algorithms())
                .containsExactlyElementsOf(EnumSet.range(JwtAlgorithm.RS256, JwtAlgorithm.PS512));
        assertThat(ringOf(P256.getPublic()).algorithms()).containsExactly(JwtAlgorithm.ES256);
        assertThat(ringOf(P384.getPublic()).algorithms()).containsExactly(JwtAlgorithm.ES384);
        assertThat(ringOf(P521.getPublic()).algorithms()).containsExactly(JwtAlgorithm.ES512);
        assertThat(ringOf(ED25519.getPublic()).algorithms()).containsExactly(JwtAlgorithm.EDDSA);
        assertThat(ringOf(ED448.getPublic()).algorithms()).containsExactly(JwtAlgorithm.EDDSA);
        assertThat(KeyRing.EMPTY.algorithms()).isEmpty();
    }

    @Test
    void shouldServeOnlyPssWithAKeyThatIsForPss() {
        PublicKey key = TestTokens.generate("RSASSA-PSS", 2048).getPublic();

        assertThat(ringOf(key).algorithms())
                .containsExactlyElementsOf(EnumSet.range(JwtAlgorithm.PS256, JwtAlgorithm.PS512));
    }

    @Test
    void shouldNarrowAKeyToSomeAlgorithms() {
        KeyRing ring = KeyRing.builder()
                .key("a", RSA.getPublic(), Set.of(JwtAlgorithm.RS256))
                .build();

        assertThat(ring.algorithms()).containsExactly(JwtAlgorithm.RS256);
        assertThat(failureOf(() -> ring.select(JwtAlgorithm.PS256, "a"))).isEqualTo(AuthFailure.ALGORITHM_NOT_ALLOWED);
    }

    @Test
    void shouldRefuseAlgorithmsOfAnotherKindOfKey() {
        for (Set<JwtAlgorithm> algorithms : Set.of(
                Set.<JwtAlgorithm>of(),
                Set.of(JwtAlgorithm.HS256),
                Set.of(JwtAlgorithm.RS256, JwtAlgorithm.HS256),
                Set.of(JwtAlgorithm.ES256))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeyRing.builder().key("a", RSA.getPublic(), algorithms))
                    .withMessageContaining("for this key");
        }
    }

    @Test
    void shouldRefuseAPrivateKey() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.builder().key("a", RSA.getPrivate()))
                .withMessageContaining("a key that is not public");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.builder().key("a", P256.getPrivate()))
                .withMessageContaining("a key that is not public");
    }

    @Test
    void shouldRefuseWeakAndAbsurdRsaKeys() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ringOf(TestTokens.generate("RSA", 1024).getPublic()))
                .withMessageContaining("1024 bits (expected 2048 to 16384)");
        BigInteger modulus = ((RSAPublicKey) RSA.getPublic()).getModulus();
        BigInteger tooLarge = BigInteger.ONE.shiftLeft(16_384);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ringOf(rsaKey(tooLarge, BigInteger.valueOf(65_537))))
                .withMessageContaining("16385 bits (expected 2048 to 16384)");
        for (BigInteger exponent : Set.of(
                BigInteger.ONE, BigInteger.TWO, BigInteger.ONE.shiftLeft(64).add(BigInteger.ONE))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ringOf(rsaKey(modulus, exponent)))
                    .withMessageContaining("exponent");
        }
    }

    @Test
    void shouldTakeTheLargestRsaKeysAndExponents() {
        BigInteger largest = BigInteger.ONE.shiftLeft(16_384).subtract(BigInteger.ONE);
        BigInteger exponent = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

        assertThat(ringOf(rsaKey(largest, BigInteger.valueOf(3))).algorithms()).contains(JwtAlgorithm.RS256);
        assertThat(ringOf(rsaKey(largest, exponent)).algorithms()).contains(JwtAlgorithm.RS256);
    }

    @Test
    void shouldSayWhichKindOfPublicKeyItCannotUse() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ringOf(TestTokens.generate("DSA", 2048).getPublic()))
                .withMessage("a public key for DSA (expected a public key: RSA, EC, Ed25519 or Ed448)");
    }

    @Test
    void shouldRefuseKeysThatNoTokenCouldTellApart() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> KeyRing.builder().pem("old/auth.pem", pem(RSA)).pem("new/auth.pem", pem(OTHER_RSA)))
                .withMessageStartingWith("new/auth.pem: two keys with the kid \"auth\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.builder().hmacSecret(SECRET).hmacSecret(new byte[32]))
                .withMessageContaining("two keys without a kid");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.builder().key("", RSA.getPublic()))
                .withMessageContaining("kid \"\"");
    }

    @Test
    void shouldNotShowASecret() {
        KeyRing ring =
                KeyRing.builder().hmacSecret(SECRET).pem("a.pem", pem(P256)).build();

        assertThat(ring).hasToString("KeyRing[(no kid)[HS256, HS384, HS512], a[ES256]]");
        assertThat(ring.size()).isEqualTo(2);
    }

    private static PublicKey rsaKey(BigInteger modulus, BigInteger exponent) {
        return new RSAPublicKey() {
            @Override
            public BigInteger getPublicExponent() {
                return exponent;
            }

            @Override
            public BigInteger getModulus() {
                return modulus;
            }

            @Override
            public String getAlgorithm() {
                return "RSA";
            }

            @Override
            public String getFormat() {
                return "none";
            }

            @Override
            public byte[] getEncoded() {
                return new byte[0];
            }
        };
    }

    private static KeyRing ringOf(PublicKey key) {
        return KeyRing.builder().key(null, key).build();
    }
}
