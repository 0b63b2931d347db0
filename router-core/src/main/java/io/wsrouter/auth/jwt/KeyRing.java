package io.wsrouter.auth.jwt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import java.security.Key;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys that tokens are verified with. Immutable, any thread.
 *
 * <p>Every key has the algorithms that it may verify, by its own kind and strength, so that a public key can never serve as
 * an HMAC secret; and optionally a {@code kid} (RFC 7515 section 4.1.4). A token's key is chosen among those that may
 * verify its algorithm:
 *
 * <ul>
 *   <li>a {@code kid} that the ring has: the key of that name;
 *   <li>a {@code kid} that the ring does not have: the key without a name;
 *   <li>no {@code kid}: the only key that fits.
 * </ul>
 *
 * None, or several, is {@link AuthFailure#UNKNOWN_KEY}; a key of that name that is for other algorithms, or a ring that
 * verifies none of the kind, {@link AuthFailure#ALGORITHM_NOT_ALLOWED}.
 */
public final class KeyRing {

    /** No keys: verifies nothing. */
    public static final KeyRing EMPTY = new KeyRing(List.of());

    private final List<VerificationKey> keys;
    private final Set<String> keyIds;
    private final Set<JwtAlgorithm> algorithms;

    private KeyRing(List<VerificationKey> keys) {
        this.keys = List.copyOf(keys);
        Set<String> ids = new HashSet<>();
        Set<JwtAlgorithm> all = EnumSet.noneOf(JwtAlgorithm.class);
        for (VerificationKey key : keys) {
            if (key.keyId() != null) {
                ids.add(key.keyId());
            }
            all.addAll(key.algorithms());
        }
        this.keyIds = Set.copyOf(ids);
        this.algorithms = Collections.unmodifiableSet(all);
    }

    /**
     * A ring of one HMAC secret without a {@code kid}.
     *
     * @throws IllegalArgumentException as {@link Builder#hmacSecret} says
     */
    public static KeyRing ofHmacSecret(byte[] secret) {
        return builder().hmacSecret(secret).build();
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** Every algorithm that some key of this ring may verify. */
    public Set<JwtAlgorithm> algorithms() {
        return algorithms;
    }

    /** How many keys there are. */
    public int size() {
        return keys.size();
    }

    /** Which keys this ring has that {@code before} lacks, and the reverse, by name and algorithms; empty when none. */
    public String changesSince(KeyRing before) {
        String added = names(keys, before.keys);
        String removed = names(before.keys, keys);
        return (added.isEmpty() ? "" : "added " + added)
                + (added.isEmpty() || removed.isEmpty() ? "" : ", ")
                + (removed.isEmpty() ? "" : "removed " + removed);
    }

    private static String names(List<VerificationKey> keys, List<VerificationKey> others) {
        return keys.stream()
                .filter(key -> !others.contains(key))
                .map(VerificationKey::toString)
                .collect(Collectors.joining(" "));
    }

    /** The one key for a token, or throws why there is none. */
    VerificationKey select(JwtAlgorithm algorithm, @Nullable String keyId) {
        if (!keys.isEmpty() && !algorithms.contains(algorithm)) {
            throw new AuthenticationException(AuthFailure.ALGORITHM_NOT_ALLOWED);
        }
        boolean isKnownId = keyId != null && keyIds.contains(keyId);
        VerificationKey selected = null;
        for (VerificationKey key : keys) {
            boolean isCandidate = keyId == null || Objects.equals(key.keyId(), isKnownId ? keyId : null);
            if (isCandidate && key.algorithms().contains(algorithm)) {
                if (selected != null) {
                    throw new AuthenticationException(AuthFailure.UNKNOWN_KEY);
                }
                selected = key;
            }
        }
        if (selected == null) {
            throw new AuthenticationException(isKnownId ? AuthFailure.ALGORITHM_NOT_ALLOWED : AuthFailure.UNKNOWN_KEY);
        }
        return selected;
    }

    /** The names and algorithms of the keys, never their bytes. */
    @Override
    public String toString() {
        return "KeyRing" + keys;
    }

    /** Collects keys. Not thread safe. */
    public static final class Builder {

        private static final String HMAC = "HmacSHA256";

        private final List<VerificationKey> keys = new ArrayList<>();

        private Builder() {}

        /**
         * Adds an HMAC secret without a {@code kid}, for HS256, from 48 bytes HS384, and from 64 bytes HS512.
         *
         * @param secret at least 32 bytes; copied
         * @throws IllegalArgumentException when the secret is shorter, or is PEM text, which everybody may know
         */
        public Builder hmacSecret(byte[] secret) {
            if (new String(secret, ISO_8859_1).contains("-----BEGIN")) {
                throw new IllegalArgumentException(
                        "the HMAC secret is PEM text (expected random bytes; PEM public keys are a setting of their own)");
            }
            if (secret.length < 32) {
                throw new IllegalArgumentException(
                        "the HMAC secret has " + secret.length + " bytes (expected at least 32)");
            }
            return key(null, new SecretKeySpec(secret, HMAC));
        }

        /**
         * Adds the public keys of a PEM file: {@code PUBLIC KEY}, {@code RSA PUBLIC KEY} or {@code CERTIFICATE} blocks, where
         * of a certificate only the key counts. RSA from 2048 bits serves RS* and PS*; P-256, P-384 and P-521 serve ES256,
         * ES384 and ES512; Ed25519 and Ed448 serve EdDSA.
         *
         * @param fileName names the file in errors; without folder and extension it is the {@code kid} of its keys
         * @param pem the content of the file
         * @throws IllegalArgumentException naming the file and what was expected; a private key is refused
         */
        public Builder pem(String fileName, String pem) {
            String keyId = keyIdOf(fileName);
            for (PublicKey key : PemKeys.read(fileName, pem)) {
                try {
                    key(keyId, key);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(fileName + ": " + e.getMessage(), e);
                }
            }
            return this;
        }

        /**
         * Adds a secret or public key for every algorithm that it is strong enough for.
         *
         * @param keyId its {@code kid}, or null
         * @throws IllegalArgumentException as {@link #key(String, Key, Set)} says
         */
        public Builder key(@Nullable String keyId, Key key) {
            return key(keyId, key, VerificationKey.algorithmsOf(key));
        }

        /**
         * Adds a secret or public key for some algorithms only, such as the {@code alg} of a JWK.
         *
         * @param keyId its {@code kid}, or null
         * @param algorithms what it may verify; not empty
         * @throws IllegalArgumentException when the key is private, too weak, of another kind than {@code algorithms}, or no
         *     token could tell it from one that was added before: same {@code kid}, or both none, and a common algorithm
         */
        public Builder key(@Nullable String keyId, Key key, Set<JwtAlgorithm> algorithms) {
            Set<JwtAlgorithm> possible = VerificationKey.algorithmsOf(key);
            if (algorithms.isEmpty() || !possible.containsAll(algorithms)) {
                throw new IllegalArgumentException(
                        "algorithms " + algorithms + " (expected some of " + possible + " for this key)");
            }
            if (keyId != null && keyId.isEmpty()) {
                throw new IllegalArgumentException("kid \"\" (expected some text, or none at all)");
            }
            for (VerificationKey other : keys) {
                if (Objects.equals(keyId, other.keyId()) && !Collections.disjoint(algorithms, other.algorithms())) {
                    throw new IllegalArgumentException(
                            "two keys "
                                    + (keyId == null ? "without a kid" : "with the kid \"" + keyId + "\"")
                                    + " verify the same algorithm (expected a kid of its own for each; a PEM file's name is one)");
                }
            }
            keys.add(new VerificationKey(keyId, key instanceof SecretKey secret ? hmacKey(secret) : key, algorithms));
            return this;
        }

        /**
         * Adds the public keys of a JWK Set (RFC 7517), each for its {@code alg} where it has one.
         *
         * @param warnings told of each key that is skipped, such as a private one, one for encryption, or one that no token
         *     could tell from another; by its place and {@code kid}
         * @throws IllegalArgumentException when the text is no JWK Set, or none of its keys can be used
         */
        public Builder jwks(String json, Consumer<String> warnings) {
            JwkSet.addTo(this, json, warnings);
            return this;
        }

        /** The ring of what was added. */
        public KeyRing build() {
            return new KeyRing(keys);
        }

        /** JJWT refuses secrets that were made for another purpose, as those of a JWK are. */
        private static SecretKey hmacKey(SecretKey secret) {
            return new SecretKeySpec(secret.getEncoded(), HMAC);
        }

        private static String keyIdOf(String fileName) {
            String name = fileName.substring(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
            int extension = name.lastIndexOf('.');
            return extension > 0 ? name.substring(0, extension) : name;
        }
    }
}
