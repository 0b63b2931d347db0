package io.wsrouter.auth.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.SecureDigestAlgorithm;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Principal;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Keys, times and tokens, well-formed and otherwise, that tests share. */
public final class TestTokens {

    static final long NOW = 1_757_375_098;
    static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(NOW));

    public static final byte[] SECRET =
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".getBytes(UTF_8);
    static final SecretKey SECRET_KEY = new SecretKeySpec(SECRET, "HmacSHA512");

    static final KeyPair RSA = generate("RSA", 2048);
    static final KeyPair OTHER_RSA = generate("RSA", 2048);
    static final KeyPair P256 = Jwts.SIG.ES256.keyPair().build();
    static final KeyPair P384 = Jwts.SIG.ES384.keyPair().build();
    static final KeyPair P521 = Jwts.SIG.ES512.keyPair().build();
    static final KeyPair ED25519 = generate("Ed25519", 0);
    static final KeyPair ED448 = generate("Ed448", 0);

    private static final Map<JwtAlgorithm, KeyPair> PAIRS = new EnumMap<>(JwtAlgorithm.class);

    static {
        JwtAlgorithm.RSA.forEach(algorithm -> PAIRS.put(algorithm, RSA));
        PAIRS.put(JwtAlgorithm.ES256, P256);
        PAIRS.put(JwtAlgorithm.ES384, P384);
        PAIRS.put(JwtAlgorithm.ES512, P521);
        PAIRS.put(JwtAlgorithm.EDDSA, ED25519);
    }

    private TestTokens() {}

    static KeyPair generate(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (bits > 0) {
                generator.initialize(bits);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static Key signingKey(JwtAlgorithm algorithm) {
        KeyPair pair = PAIRS.get(algorithm);
        return pair == null ? SECRET_KEY : pair.getPrivate();
    }

    static Key verifyingKey(JwtAlgorithm algorithm) {
        KeyPair pair = PAIRS.get(algorithm);
        return pair == null ? SECRET_KEY : pair.getPublic();
    }

    static String pem(KeyPair pair) {
        return pem("PUBLIC KEY", pair.getPublic().getEncoded());
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }

    /** A token for alice, good for an hour, as JJWT makes it. */
    static String token(JwtAlgorithm algorithm, Key key) {
        return token(algorithm, key, null);
    }

    @SuppressWarnings("unchecked")
    static String token(JwtAlgorithm algorithm, Key key, String keyId) {
        SecureDigestAlgorithm<Key, ?> signature =
                (SecureDigestAlgorithm<Key, ?>) Jwts.SIG.get().forKey(algorithm.id());
        return Jwts.builder()
                .header()
                .keyId(keyId)
                .and()
                .claim("sub", "alice")
                .claim("exp", NOW + 3600)
                .signWith(key, signature)
                .compact();
    }

    /** An HS256 token of exactly this claims text. */
    public static String withClaims(String claims) {
        return hs256("{\"alg\":\"HS256\"}", claims);
    }

    static String hs256(String header, String payload) {
        return hs256(header.getBytes(UTF_8), payload.getBytes(UTF_8), SECRET);
    }

    /** A token of exactly these bytes, signed with HMAC-SHA256 whatever its header says. */
    public static String hs256(byte[] header, byte[] payload, byte[] secret) {
        String signed = base64Url(header) + '.' + base64Url(payload);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return signed + '.' + base64Url(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static JwtAuthenticator hmacAuthenticator() {
        return authenticator(KeyRing.ofHmacSecret(SECRET));
    }

    static JwtAuthenticator authenticator(KeyRing ring) {
        return authenticator(JwtRules.NONE, ring);
    }

    static JwtAuthenticator authenticator(JwtRules rules, KeyRing ring) {
        return new JwtAuthenticator(rules, () -> ring, Runnable::run, CLOCK);
    }

    static Principal authenticate(Authenticator authenticator, String token) {
        return authenticator
                .authenticate(new Credentials(token))
                .toCompletableFuture()
                .join();
    }

    /** Why {@code token} is refused; fails when it is not, or when the exception tells anything of the token. */
    static AuthFailure failureOf(Authenticator authenticator, String token) {
        return failureOf(() -> authenticate(authenticator, token));
    }

    static AuthFailure failureOf(Supplier<?> refused) {
        try {
            throw new AssertionError("accepted: " + refused.get());
        } catch (AuthenticationException e) {
            return failureOf(e);
        } catch (CompletionException e) {
            if (e.getCause() instanceof AuthenticationException cause) {
                return failureOf(cause);
            }
            throw new AssertionError("not an AuthenticationException", e.getCause());
        }
    }

    private static AuthFailure failureOf(AuthenticationException exception) {
        AuthFailure failure = exception.failure();
        String expected = failure.word() + ": " + failure.explanation();
        if (!expected.equals(exception.getMessage())
                || exception.getCause() != null
                || exception.getSuppressed().length > 0) {
            throw new AssertionError("the exception tells more than its failure", exception);
        }
        return failure;
    }
}
