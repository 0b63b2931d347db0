package io.wsrouter.auth.jwt;

import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.security.Jwks;
import io.wsrouter.auth.AuthenticationException;
import java.security.Key;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the public keys of a JWK Set (RFC 7517). What the set says beyond the keys themselves can only narrow their use.
 *
 * <p>A text that is no JWK Set is refused as a whole. An entry that cannot be used is skipped with a warning, and the rest
 * serves: secrets ({@code oct}), private keys, keys for encryption, unknown types, curves and algorithms, weak keys.
 */
final class JwkSet {

    private static final int MAX_KEYS = 100;
    private static final int MAX_KEY_ID_LENGTH = 200;

    /** What makes a public key; certificates and the like are not read. */
    private static final Set<String> PUBLIC_MEMBERS = Set.of("kty", "crv", "x", "y", "n", "e");

    private static final Set<String> PRIVATE_MEMBERS = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv");

    private JwkSet() {}

    /**
     * Adds the usable keys of {@code json} to {@code keys}.
     *
     * @param warnings told of each entry that is skipped and why, by its place and kid, never its content
     * @throws IllegalArgumentException when it is no JWK Set, or none of its keys can be used
     */
    static void addTo(KeyRing.Builder keys, String json, Consumer<String> warnings) {
        List<?> entries = entries(json);
        int usable = 0;
        for (int i = 0; i < entries.size(); i++) {
            try {
                add(keys, entries.get(i));
                usable++;
            } catch (IllegalArgumentException e) {
                warnings.accept("key " + (i + 1) + " of " + entries.size() + named(entries.get(i)) + " is not used: "
                        + e.getMessage());
            }
        }
        if (usable == 0) {
            throw new IllegalArgumentException(
                    "it holds no key that can verify tokens (expected at least one public key)");
        }
    }

    private static List<?> entries(String json) {
        Object entries;
        try {
            entries = StrictJson.readObject(json).get("keys");
        } catch (AuthenticationException e) {
            throw new IllegalArgumentException(
                    "it is not a JSON object, or has a member twice (expected a JWK Set)", e);
        }
        if (!(entries instanceof List<?> list)) {
            throw new IllegalArgumentException("it has no list \"keys\" (expected a JWK Set)");
        }
        if (list.size() > MAX_KEYS) {
            throw new IllegalArgumentException("it has " + list.size() + " keys (expected at most " + MAX_KEYS + ")");
        }
        return list;
    }

    private static void add(KeyRing.Builder keys, @Nullable Object entry) {
        if (!(entry instanceof Map<?, ?> members)) {
            throw new IllegalArgumentException("it is not a JSON object");
        }
        if (members.containsKey("kid") && keyIdOf(members) == null) {
            throw new IllegalArgumentException("its kid is not 1 to " + MAX_KEY_ID_LENGTH + " printable characters");
        }
        if ("oct".equals(members.get("kty"))) {
            throw new IllegalArgumentException(
                    "it is a secret (expected public keys; auth.hmac-secret is for secrets)");
        }
        if (members.keySet().stream().anyMatch(PRIVATE_MEMBERS::contains)) {
            throw new IllegalArgumentException("it is a private key (expected public keys; consider it leaked)");
        }
        if (members.containsKey("use") && !"sig".equals(members.get("use"))) {
            throw new IllegalArgumentException("its use is not sig");
        }
        if (members.containsKey("key_ops")
                && !(members.get("key_ops") instanceof List<?> operations && operations.contains("verify"))) {
            throw new IllegalArgumentException("its key_ops lack verify");
        }
        Key key = publicKey(members);
        Set<JwtAlgorithm> algorithms = VerificationKey.algorithmsOf(key);
        if (members.containsKey("alg")) {
            JwtAlgorithm algorithm = members.get("alg") instanceof String id ? JwtAlgorithm.find(id) : null;
            if (algorithm == null) {
                throw new IllegalArgumentException("its alg is none that tokens may have");
            }
            algorithms = Set.of(algorithm);
        }
        keys.key(keyIdOf(members), key, algorithms);
    }

    private static Key publicKey(Map<?, ?> members) {
        Map<String, Object> essence = new HashMap<>();
        members.forEach((name, value) -> {
            if (name instanceof String text && value != null && PUBLIC_MEMBERS.contains(text)) {
                essence.put(text, value);
            }
        });
        try {
            return Jwks.builder().add(essence).build().toKey();
        } catch (JwtException | IllegalArgumentException | ClassCastException e) {
            throw new IllegalArgumentException("it cannot be read (expected kty RSA, EC or OKP and its members)", e);
        }
    }

    private static @Nullable String keyIdOf(Map<?, ?> members) {
        return members.get("kid") instanceof String id
                        && !id.isEmpty()
                        && id.length() <= MAX_KEY_ID_LENGTH
                        && id.codePoints().noneMatch(JwkSet::isUnprintable)
                ? id
                : null;
    }

    private static boolean isUnprintable(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE
                || type == Character.UNASSIGNED;
    }

    private static String named(@Nullable Object entry) {
        String keyId = entry instanceof Map<?, ?> members ? keyIdOf(members) : null;
        return keyId == null ? "" : " (kid \"" + keyId + "\")";
    }
}
