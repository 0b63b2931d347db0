package io.wsrouter.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.server.TestServer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens of exactly the header and claims that a test wants, with a signature that verifies unless it shall not. */
final class SignedTokens {

    static final String HS256 = "{\"alg\":\"HS256\"}";

    /** Far in the future, so that only what a test breaks is wrong. */
    static final String EXP = "\"exp\":4102444800";

    static final String CLAIMS = "{\"sub\":\"mallory\"," + EXP + "}";

    private static final KeyPair RSA = generateRsa();

    private SignedTokens() {}

    /** A token of these claims under the HMAC secret of the tests. */
    static String claims(String json) {
        return hs256(HS256, json);
    }

    /** A token of this header with good claims. */
    static String header(String json) {
        return hs256(json, CLAIMS);
    }

    static String hs256(String header, String claims) {
        return hs256(header, claims, TestServer.SECRET.getBytes(UTF_8));
    }

    static String hs256(String header, String claims, byte[] secret) {
        return hmac("HmacSHA256", header, claims, secret);
    }

    static String hmac(String algorithm, String header, String claims, byte[] secret) {
        return hmac(algorithm, base64Url(header) + '.' + base64Url(claims), secret);
    }

    /** A token whose claims are these bytes. */
    static String claims(byte[] bytes) {
        return hmac("HmacSHA256", base64Url(HS256) + '.' + base64Url(bytes), TestServer.SECRET.getBytes(UTF_8));
    }

    private static String hmac(String algorithm, String signed, byte[] secret) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret, algorithm));
            return signed + '.' + base64Url(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A token under the RSA key that the second router trusts. */
    static String rs256(String header, String claims) {
        return rsa("SHA256withRSA", header, claims, RSA.getPrivate());
    }

    static String rsa(String algorithm, String header, String claims, PrivateKey key) {
        String signed = base64Url(header) + '.' + base64Url(claims);
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(signed.getBytes(UTF_8));
            return signed + '.' + base64Url(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static PrivateKey anotherRsaKey() {
        return generateRsa().getPrivate();
    }

    static byte[] publicKeyDer() {
        return RSA.getPublic().getEncoded();
    }

    static String publicKeyPem() {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(publicKeyDer())
                + "\n-----END PUBLIC KEY-----\n";
    }

    static String base64Url(String text) {
        return base64Url(text.getBytes(UTF_8));
    }

    static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static KeyPair generateRsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
