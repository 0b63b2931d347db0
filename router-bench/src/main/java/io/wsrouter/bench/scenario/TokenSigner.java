package io.wsrouter.bench.scenario;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Makes tokens with a private key of its own, whose public key the router takes from a PEM file or, by its {@code kid}, from a
 * JWK Set. Any thread.
 */
record TokenSigner(String alg, @Nullable String kid, KeyPair keys) {

    private static final int P256_BYTES = 32;

    /** A signer whose tokens name no key. */
    static TokenSigner ofPem(String alg) {
        return new TokenSigner(alg, null, pair(alg));
    }

    /** A signer whose tokens name the key. */
    static TokenSigner ofJwks(String alg, String kid) {
        return new TokenSigner(alg, kid, pair(alg));
    }

    private static KeyPair pair(String alg) {
        try {
            return switch (alg) {
                case "RS256" -> pair("RSA", 2048);
                case "ES256" -> pair("EC", 256);
                default -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            };
        } catch (GeneralSecurityException e) {
            throw new ScenarioException("no keys for " + alg, e);
        }
    }

    private static KeyPair pair(String type, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    /** What a table of results calls it. */
    String name() {
        return kid == null ? alg : "JWKS " + alg;
    }

    String token(int user) {
        String header = "{\"alg\":\"" + alg + '"' + (kid == null ? "" : ",\"kid\":\"" + kid + '"') + '}';
        long expires = Instant.now().plusSeconds(3600).getEpochSecond();
        String payload = "{\"sub\":\"u" + user + "\",\"exp\":" + expires + '}';
        String input = base64Url(header.getBytes(UTF_8)) + '.' + base64Url(payload.getBytes(UTF_8));
        try {
            Signature signature = Signature.getInstance(
                    switch (alg) {
                        case "RS256" -> "SHA256withRSA";
                        case "ES256" -> "SHA256withECDSAinP1363Format";
                        default -> "Ed25519";
                    });
            signature.initSign(keys.getPrivate());
            signature.update(input.getBytes(US_ASCII));
            return input + '.' + base64Url(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new ScenarioException("cannot sign with " + alg, e);
        }
    }

    String pem() {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** Source: RFC 7518, sections 6.2.1 and 6.3.1. */
    String jwk() {
        String parameters;
        if (keys.getPublic() instanceof RSAPublicKey rsa) {
            parameters = "\"kty\":\"RSA\",\"n\":\"" + number(rsa.getModulus()) + "\",\"e\":\""
                    + number(rsa.getPublicExponent());
        } else if (keys.getPublic() instanceof ECPublicKey ec) {
            parameters = "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""
                    + coordinate(ec.getW().getAffineX()) + "\",\"y\":\""
                    + coordinate(ec.getW().getAffineY());
        } else {
            throw new IllegalStateException(alg + " (expected RS256 or ES256)");
        }
        return "{\"kid\":\"" + kid + "\",\"alg\":\"" + alg + "\",\"use\":\"sig\"," + parameters + "\"}";
    }

    private static String number(BigInteger value) {
        byte[] bytes = value.toByteArray();
        return base64Url(bytes[0] == 0 ? fit(bytes, bytes.length - 1) : bytes);
    }

    private static String coordinate(BigInteger value) {
        return base64Url(fit(value.toByteArray(), P256_BYTES));
    }

    /** The last {@code length} bytes, with zeros before them when there are fewer. */
    private static byte[] fit(byte[] bytes, int length) {
        byte[] fitted = new byte[length];
        int kept = Math.min(length, bytes.length);
        System.arraycopy(bytes, bytes.length - kept, fitted, length - kept, kept);
        return fitted;
    }

    private static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
