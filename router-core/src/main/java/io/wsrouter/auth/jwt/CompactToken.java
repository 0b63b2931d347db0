package io.wsrouter.auth.jwt;

import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A token whose size, shape and header have been checked, and nothing else: it may be forged. Immutable, any thread.
 *
 * <p>The shape is the compact serialization of a JWS (RFC 7515 section 3.1) with three non-empty parts in the one
 * canonical base64url spelling of their bytes, so that no second text means the same token.
 */
final class CompactToken {

    static final int MAX_LENGTH = 8 * 1024;

    /*
     * What would change how a token is read (crit, b64, zip, cty, and enc, which makes it a JWE) or where its key comes
     * from (RFC 7515 sections 4.1.2, 4.1.3, 4.1.5, 4.1.6): the router supports none of it.
     */
    private static final Set<String> REFUSED_HEADERS =
            Set.of("crit", "b64", "zip", "cty", "enc", "jku", "jwk", "x5u", "x5c");

    private static final byte[] BASE64URL_VALUES = base64UrlValues();

    private final String text;
    private final int payloadStart;
    private final int payloadEnd;
    private final JwtAlgorithm algorithm;
    private final @Nullable String keyId;

    private CompactToken(
            String text, int payloadStart, int payloadEnd, JwtAlgorithm algorithm, @Nullable String keyId) {
        this.text = text;
        this.payloadStart = payloadStart;
        this.payloadEnd = payloadEnd;
        this.algorithm = algorithm;
        this.keyId = keyId;
    }

    /** Reads a token, or throws what is wrong with its size, shape or header. */
    static CompactToken parse(String text) {
        if (text.isEmpty()) {
            throw new AuthenticationException(AuthFailure.TOKEN_MISSING);
        }
        if (text.length() > MAX_LENGTH) {
            throw new AuthenticationException(AuthFailure.TOKEN_TOO_LARGE);
        }
        int firstDot = text.indexOf('.');
        int secondDot = text.indexOf('.', firstDot + 1);
        requireBase64Url(text, 0, firstDot);
        requireBase64Url(text, firstDot + 1, secondDot);
        requireBase64Url(text, secondDot + 1, text.length());

        Map<String, @Nullable Object> header = StrictJson.readObject(decode(text, 0, firstDot));
        for (String name : header.keySet()) {
            if (REFUSED_HEADERS.contains(name)) {
                throw malformed();
            }
        }
        if (!(header.get("alg") instanceof String algorithmId)) {
            throw malformed();
        }
        JwtAlgorithm algorithm = JwtAlgorithm.find(algorithmId);
        if (algorithm == null) {
            throw new AuthenticationException(AuthFailure.ALGORITHM_NOT_ALLOWED);
        }
        return new CompactToken(text, firstDot + 1, secondDot, algorithm, keyIdOf(header));
    }

    String text() {
        return text;
    }

    JwtAlgorithm algorithm() {
        return algorithm;
    }

    @Nullable
    String keyId() {
        return keyId;
    }

    byte[] payload() {
        return decode(text, payloadStart, payloadEnd);
    }

    int signatureBytes() {
        return (text.length() - payloadEnd - 1) * 3 / 4;
    }

    private static @Nullable String keyIdOf(Map<String, @Nullable Object> header) {
        if (!header.containsKey("kid")) {
            return null;
        }
        if (header.get("kid") instanceof String keyId && !keyId.isEmpty()) {
            return keyId;
        }
        throw malformed();
    }

    private static byte[] decode(String text, int start, int end) {
        return Base64.getUrlDecoder().decode(text.substring(start, end));
    }

    private static void requireBase64Url(String text, int start, int end) {
        int length = end - start;
        if (length <= 0 || length % 4 == 1) {
            throw malformed();
        }
        int value = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            value = c < BASE64URL_VALUES.length ? BASE64URL_VALUES[c] : -1;
            if (value < 0) {
                throw malformed();
            }
        }
        int unusedBits = length % 4 == 2 ? 0b1111 : length % 4 == 3 ? 0b11 : 0;
        if ((value & unusedBits) != 0) {
            throw malformed();
        }
    }

    private static byte[] base64UrlValues() {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        byte[] values = new byte[128];
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < alphabet.length(); i++) {
            values[alphabet.charAt(i)] = (byte) i;
        }
        return values;
    }

    private static AuthenticationException malformed() {
        return new AuthenticationException(AuthFailure.TOKEN_MALFORMED);
    }

    @Override
    public String toString() {
        return "CompactToken[" + algorithm + ", text hidden]";
    }
}
