package io.wsrouter.bench;

import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Principal;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.JwtAuthenticator;
import io.wsrouter.auth.jwt.JwtRules;
import io.wsrouter.auth.jwt.KeyRing;
import io.wsrouter.auth.jwt.SignatureProvider;
import io.wsrouter.keys.FastSignatures;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a token cost from its text to its principal, by algorithm and by what verifies the signature? What takes more than
 * 200 microseconds does not run on a loop.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class TokenBenchmark {

    private static final byte[] SECRET =
            "a secret of the benchmark, which has 64 bytes as HS512 demands it".getBytes(StandardCharsets.US_ASCII);

    /** The name of the algorithm, and where it has several the size or name of the key. */
    @Param({"HS256", "RS256", "RS256-4096", "PS256", "ES256", "ES384", "ES512", "EdDSA-Ed25519", "EdDSA-Ed448"})
    private String algorithm = "";

    /** Who verifies. */
    @Param({"JDK", "fastest"})
    private String provider = "";

    private JwtAuthenticator authenticator;
    private Credentials credentials;

    /** Makes a key and a token that it signed. */
    @Setup
    public void sign() throws GeneralSecurityException {
        String[] name = algorithm.split("-", -1);
        String claims = "{\"sub\":\"alice\",\"exp\":" + (Instant.now().getEpochSecond() + 86_400)
                + ",\"router\":{\"publish\":[\"user:*\"],\"subscribe\":[\"topic:chat.*\"]}}";
        String signed = base64Url(("{\"alg\":\"" + name[0] + "\"}").getBytes(StandardCharsets.US_ASCII))
                + '.'
                + base64Url(claims.getBytes(StandardCharsets.US_ASCII));
        byte[] input = signed.getBytes(StandardCharsets.US_ASCII);
        KeyRing ring;
        byte[] signature;
        if (name[0].startsWith("HS")) {
            ring = KeyRing.ofHmacSecret(SECRET);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
            signature = mac.doFinal(input);
        } else {
            KeyPair pair = keyPair(name);
            ring = KeyRing.builder().key(null, pair.getPublic()).build();
            Signature signer = signer(name[0]);
            signer.initSign(pair.getPrivate());
            signer.update(input);
            signature = signer.sign();
        }
        credentials = new Credentials(signed + '.' + base64Url(signature));
        authenticator = new JwtAuthenticator(
                JwtRules.NONE,
                () -> ring,
                provider.equals("JDK") ? SignatureProvider.JDK : FastSignatures.find(),
                Runnable::run,
                InstantSource.system());
    }

    /** All of it on one thread, however long it takes. */
    @Benchmark
    public Principal verify() {
        return authenticator.authenticate(credentials).toCompletableFuture().join();
    }

    private static KeyPair keyPair(String[] name) throws GeneralSecurityException {
        String type = name[0].startsWith("ES") ? "EC" : name[0].equals("EdDSA") ? name[1] : "RSA";
        KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
        if (type.equals("RSA")) {
            generator.initialize(name.length > 1 ? Integer.parseInt(name[1]) : 2048);
        } else if (type.equals("EC")) {
            generator.initialize(new ECGenParameterSpec(
                    switch (JwtAlgorithm.parse(name[0])) {
                        case ES256 -> "secp256r1";
                        case ES384 -> "secp384r1";
                        default -> "secp521r1";
                    }));
        }
        return generator.generateKeyPair();
    }

    private static Signature signer(String id) throws GeneralSecurityException {
        String bits = id.substring(2);
        if (id.equals("EdDSA")) {
            return Signature.getInstance("EdDSA");
        }
        if (id.startsWith("PS")) {
            Signature pss = Signature.getInstance("RSASSA-PSS");
            String hash = "SHA-" + bits;
            pss.setParameter(new PSSParameterSpec(
                    hash, "MGF1", new MGF1ParameterSpec(hash), Integer.parseInt(bits) / Byte.SIZE, 1));
            return pss;
        }
        return Signature.getInstance(
                id.startsWith("RS") ? "SHA" + bits + "withRSA" : "SHA" + bits + "withECDSAinP1363Format");
    }

    private static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
