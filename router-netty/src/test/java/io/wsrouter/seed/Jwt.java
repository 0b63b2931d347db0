package io.wsrouter.seed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.server.TestServer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens with claims of any kind, good ones and bad ones. */
final class Jwt {

    private static final String HS256 = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

    private Jwt() {}

    /** A token of exactly these claims, signed with the secret of the tests. */
    static String of(String claims) {
        return of(HS256, claims, TestServer.SECRET);
    }

    /** A token of exactly this header and these claims, signed with HMAC-SHA256 whatever the header says. */
    static String of(String header, String claims, String secret) {
        String signed = base64(header.getBytes(UTF_8)) + '.' + base64(claims.getBytes(UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            return signed + '.' + base64(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A token without a signature. */
    static String unsigned(String claims) {
        return base64("{\"alg\":\"none\"}".getBytes(UTF_8)) + '.' + base64(claims.getBytes(UTF_8)) + '.';
    }

    /** The claims that a login issues: permissions of the application, and an end so many minutes from now. */
    static String claims(String user, String permissions, int minutes) {
        long now = Instant.now().getEpochSecond();
        return "{\"sub\":\"" + user + "\",\"email\":\"" + user + "@example.com\",\"permissions\":" + permissions
                + ",\"iat\":" + (now - 120) + ",\"exp\":" + (now + minutes * 60L) + ",\"type\":\"access\"}";
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
