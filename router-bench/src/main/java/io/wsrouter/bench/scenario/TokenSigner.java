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

/**
 * Makes tokens with a private key of its own, whose public key the router takes from a PEM file or, by its {@code kid}, from a
 * JWK Set. Any thread.
 */
record TokenSigner(String alg, KeyPair keys) {

    private static final int CURVE_BYTES = 32;

    /** A signer with a new key. */
    static TokenSigner of(String alg) {
        return new TokenSigner(alg, pair(alg));
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

    /** A token that names the key, or does not. */
    String token(int user, boolean hasKid) {
        String header = "{\"alg\":\"" + alg + '"' + (hasKid ? ",\"kid\":\"" + kid() + '"' : "") + '}';
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

    private String kid() {
        return "the-key-of-" + alg;
    }

    String pem() {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** Source: RFC 7518, sections 6.2.1 and 6.3.1, and RFC 8037, section 2. */
    String jwk() {
        String parameters;
        if (keys.getPublic() instanceof RSAPublicKey rsa) {
            parameters = member("kty", "RSA")
                    + member("n", number(rsa.getModulus()))
                    + member("e", number(rsa.getPublicExponent()));
        } else if (keys.getPublic() instanceof ECPublicKey ec) {
            parameters = member("kty", "EC")
                    + member("crv", "P-256")
                    + member("x", coordinate(ec.getW().getAffineX().toByteArray()))
                    + member("y", coordinate(ec.getW().getAffineY().toByteArray()));
        } else {
            parameters = member("kty", "OKP")
                    + member("crv", "Ed25519")
                    + member("x", coordinate(keys.getPublic().getEncoded()));
        }
        return '{' + parameters + member("kid", kid()) + member("alg", alg) + "\"use\":\"sig\"}";
    }

    private static String member(String name, String value) {
        return '"' + name + "\":\"" + value + "\",";
    }

    private static String number(BigInteger value) {
        byte[] bytes = value.toByteArray();
        return base64Url(bytes[0] == 0 ? fit(bytes, bytes.length - 1) : bytes);
    }

    private static String coordinate(byte[] number) {
        return base64Url(fit(number, CURVE_BYTES));
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
