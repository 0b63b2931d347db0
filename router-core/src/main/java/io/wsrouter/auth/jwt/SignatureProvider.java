package io.wsrouter.auth.jwt;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.JwtParserBuilder;
import io.jsonwebtoken.Jwts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What verifies signatures: the JDK, or a faster provider for those algorithms that it has been seen to verify rightly.
 * Immutable, any thread.
 */
public final class SignatureProvider {

    /** The JDK alone. */
    public static final SignatureProvider JDK = new SignatureProvider(null, Set.of());

    private static final int MAX_INLINE_RSA_BITS = 4096;
    private static final int MAX_NATIVE_RSA_EXPONENT_BITS = 33;

    private static final String SIGNED_PAYLOAD = ".eyJhIjoxfQ.";
    private static final String OTHER_PAYLOAD = ".eyJhIjoyfQ.";

    private final @Nullable Provider provider;
    private final Set<JwtAlgorithm> algorithms;

    private SignatureProvider(@Nullable Provider provider, Set<JwtAlgorithm> algorithms) {
        this.provider = provider;
        this.algorithms = algorithms;
    }

    /**
     * Tries {@code provider} on a good and a bad token of each public key algorithm; what it does not get right stays with
     * the JDK. Takes some milliseconds.
     */
    public static SignatureProvider proven(Provider provider) {
        Set<JwtAlgorithm> proven = EnumSet.noneOf(JwtAlgorithm.class);
        for (String line : probes().split("\n", -1)) {
            if (!line.isEmpty()) {
                String[] probe = line.split(" ", -1);
                JwtAlgorithm algorithm = JwtAlgorithm.parse(probe[0]);
                if (isRight(provider, algorithm, probe[1], probe[2])) {
                    proven.add(algorithm);
                }
            }
        }
        return proven.isEmpty() ? JDK : new SignatureProvider(provider, Collections.unmodifiableSet(proven));
    }

    /** The algorithms that are not left to the JDK, but for unusual keys. */
    public Set<JwtAlgorithm> algorithms() {
        return algorithms;
    }

    /** Whether the parser of {@link #addTo} takes this key for this algorithm; otherwise the JDK's does. */
    boolean verifies(VerificationKey key, JwtAlgorithm algorithm) {
        return algorithms.contains(algorithm) && isOrdinary(key.key());
    }

    /** Native libraries know no Ed448, and bound the sizes of RSA more tightly than the JDK. */
    private static boolean isOrdinary(Key key) {
        if (key instanceof EdECPublicKey edwards) {
            return edwards.getParams().getName().equals("Ed25519");
        }
        return !(key instanceof RSAPublicKey rsa)
                || (rsa.getModulus().bitLength() <= MAX_INLINE_RSA_BITS
                        && rsa.getPublicExponent().bitLength() <= MAX_NATIVE_RSA_EXPONENT_BITS);
    }

    /**
     * Whether a verification may cost more CPU time than an event loop should give (200 microseconds). Measured by
     * TokenBenchmark: ES256 and Ed25519 are cheap where the JDK does not verify them, ES384 and ES512 nowhere.
     */
    boolean isExpensive(VerificationKey key, JwtAlgorithm algorithm) {
        return switch (algorithm) {
            case HS256, HS384, HS512 -> false;
            case RS256, RS384, RS512, PS256, PS384, PS512 ->
                !(key.key() instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() <= MAX_INLINE_RSA_BITS);
            case ES256, EDDSA -> !verifies(key, algorithm);
            case ES384, ES512 -> true;
        };
    }

    JwtParserBuilder addTo(JwtParserBuilder parser) {
        return provider == null ? parser : parser.provider(provider);
    }

    private static boolean isRight(Provider provider, JwtAlgorithm algorithm, String publicKey, String token) {
        try {
            PublicKey key = publicKey(algorithm, publicKey);
            JwtParser parser = Jwts.parser().provider(provider).verifyWith(key).build();
            return isAccepted(parser, token) && !isAccepted(parser, token.replace(SIGNED_PAYLOAD, OTHER_PAYLOAD));
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
            return false;
        }
    }

    private static boolean isAccepted(JwtParser parser, String token) {
        try {
            parser.parseSignedClaims(token);
            return true;
        } catch (JwtException e) {
            return false;
        }
    }

    private static PublicKey publicKey(JwtAlgorithm algorithm, String base64) throws GeneralSecurityException {
        String type = algorithm == JwtAlgorithm.EDDSA ? "EdDSA" : JwtAlgorithm.RSA.contains(algorithm) ? "RSA" : "EC";
        return KeyFactory.getInstance(type)
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }

    /** One line for each algorithm: its name, a public key (X.509, base64) and a token that it signed. */
    private static String probes() {
        try (InputStream resource = SignatureProvider.class.getResourceAsStream("signature-probes.txt")) {
            if (resource == null) {
                throw new IllegalStateException("signature-probes.txt is missing from the jar");
            }
            return new String(resource.readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The provider and its algorithms. */
    @Override
    public String toString() {
        return provider == null ? "JDK" : provider.getName() + algorithms;
    }
}
