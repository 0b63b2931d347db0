package io.wsrouter.auth.jwt;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.EllipticCurve;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * A key, and the algorithms that it may verify; no other algorithm ever sees it. Immutable, any thread.
 *
 * @param keyId the {@code kid} of the tokens that it verifies, or null when it has none
 * @param key a secret or a public key
 * @param algorithms not empty
 */
record VerificationKey(@Nullable String keyId, Key key, Set<JwtAlgorithm> algorithms) {

    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 16_384;
    private static final int MAX_RSA_EXPONENT_BITS = 64;

    private static final Map<EllipticCurve, JwtAlgorithm> ALGORITHM_BY_CURVE = Map.of(
            curve("secp256r1"), JwtAlgorithm.ES256,
            curve("secp384r1"), JwtAlgorithm.ES384,
            curve("secp521r1"), JwtAlgorithm.ES512);

    VerificationKey {
        algorithms = Set.copyOf(algorithms);
    }

    /** Everything that {@code key} is strong enough for; an IllegalArgumentException when that is nothing. */
    static Set<JwtAlgorithm> algorithmsOf(Key key) {
        if (key instanceof SecretKey secret) {
            return algorithmsOfSecret(secret);
        }
        if (key instanceof RSAPublicKey rsa) {
            return algorithmsOfRsa(rsa);
        }
        if (key instanceof ECPublicKey ec) {
            JwtAlgorithm algorithm = ALGORITHM_BY_CURVE.get(ec.getParams().getCurve());
            if (algorithm != null) {
                return Set.of(algorithm);
            }
            throw new IllegalArgumentException("an EC key on another curve (expected P-256, P-384 or P-521)");
        }
        if (key instanceof EdECPublicKey) {
            return Set.of(JwtAlgorithm.EDDSA);
        }
        String kind = key instanceof PublicKey ? "a public key for " + key.getAlgorithm() : "a key that is not public";
        throw new IllegalArgumentException(kind + " (expected a public key: RSA, EC, Ed25519 or Ed448)");
    }

    private static Set<JwtAlgorithm> algorithmsOfSecret(SecretKey secret) {
        byte[] bytes = secret.getEncoded();
        int length = bytes == null ? 0 : bytes.length;
        if (length >= 64) {
            return Set.of(JwtAlgorithm.HS256, JwtAlgorithm.HS384, JwtAlgorithm.HS512);
        }
        if (length >= 48) {
            return Set.of(JwtAlgorithm.HS256, JwtAlgorithm.HS384);
        }
        if (length >= 32) {
            return Set.of(JwtAlgorithm.HS256);
        }
        throw new IllegalArgumentException("an HMAC secret of " + length + " bytes (expected at least 32)");
    }

    private static Set<JwtAlgorithm> algorithmsOfRsa(RSAPublicKey rsa) {
        int bits = rsa.getModulus().bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            throw new IllegalArgumentException(
                    "an RSA key of " + bits + " bits (expected " + MIN_RSA_BITS + " to " + MAX_RSA_BITS + ")");
        }
        BigInteger exponent = rsa.getPublicExponent();
        if (exponent.bitLength() > MAX_RSA_EXPONENT_BITS || exponent.compareTo(BigInteger.TWO) <= 0) {
            throw new IllegalArgumentException("an RSA key whose public exponent has " + exponent.bitLength()
                    + " bits (expected 3 or more, of at most " + MAX_RSA_EXPONENT_BITS + " bits)");
        }
        return rsa.getAlgorithm().equals("RSA") ? JwtAlgorithm.RSA : JwtAlgorithm.RSA_PSS;
    }

    private static EllipticCurve curve(String name) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(name));
            return parameters.getParameterSpec(ECParameterSpec.class).getCurve();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks the curve " + name, e);
        }
    }

    @Override
    public String toString() {
        return (keyId == null ? "(no kid)" : keyId) + new TreeSet<>(algorithms);
    }
}
