package io.wsrouter.auth.jwt;

import static io.wsrouter.auth.jwt.TestTokens.CLOCK;
import static io.wsrouter.auth.jwt.TestTokens.ED448;
import static io.wsrouter.auth.jwt.TestTokens.base64Url;
import static io.wsrouter.auth.jwt.TestTokens.failureOf;
import static io.wsrouter.auth.jwt.TestTokens.signingKey;
import static io.wsrouter.auth.jwt.TestTokens.token;
import static io.wsrouter.auth.jwt.TestTokens.verifyingKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Credentials;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.SignatureSpi;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SignatureProviderTest {

    private static final SignatureProvider CONSCRYPT = SignatureProvider.proven(Conscrypt.newProvider());

    @Test
    void shouldKeepAProviderForWhatItVerifiesRightly() {
        assertThat(SignatureProvider.proven(Conscrypt.newProvider()).algorithms())
                .containsExactlyInAnyOrder(
                        JwtAlgorithm.RS256,
                        JwtAlgorithm.RS384,
                        JwtAlgorithm.RS512,
                        JwtAlgorithm.ES256,
                        JwtAlgorithm.ES384,
                        JwtAlgorithm.ES512,
                        JwtAlgorithm.EDDSA);
        assertThat(SignatureProvider.proven(Security.getProvider("SunEC")).algorithms())
                .containsExactlyInAnyOrder(
                        JwtAlgorithm.ES256, JwtAlgorithm.ES384, JwtAlgorithm.ES512, JwtAlgorithm.EDDSA);
    }

    @Test
    void shouldLeaveAllToTheJdkWhereAProviderVerifiesNothing() {
        assertThat(SignatureProvider.proven(Security.getProvider("SUN"))).isSameAs(SignatureProvider.JDK);
    }

    @Test
    void shouldNotKeepAProviderThatAcceptsABadSignature() {
        assertThat(SignatureProvider.proven(new Scripted(Acceptance::new))).isSameAs(SignatureProvider.JDK);
    }

    @Test
    void shouldLeaveAllToTheJdkWhereAProviderCannotBeLinked() {
        assertThat(SignatureProvider.proven(new Scripted(() -> {
                    throw new UnsatisfiedLinkError("no native library");
                })))
                .isSameAs(SignatureProvider.JDK);
    }

    @Test
    void shouldVerifyWithTheProviderThatWasProven() throws GeneralSecurityException {
        AtomicInteger verifications = new AtomicInteger();
        SignatureProvider proven = SignatureProvider.proven(new Scripted(() -> {
            verifications.incrementAndGet();
            return Security.getProvider("SunEC")
                    .getService("Signature", "SHA256withECDSA")
                    .newInstance(null);
        }));
        KeyRing ring = KeyRing.builder().key(null, TestTokens.P256.getPublic()).build();
        Authenticator authenticator = new JwtAuthenticator(JwtRules.NONE, () -> ring, proven, Runnable::run, CLOCK);
        int before = verifications.get();

        TestTokens.authenticate(authenticator, token(JwtAlgorithm.ES256, TestTokens.P256.getPrivate()));

        assertThat(proven).hasToString("Scripted[ES256]");
        assertThat(SignatureProvider.JDK).hasToString("JDK");
        assertThat(verifications.get()).isGreaterThan(before);
    }

    @ParameterizedTest
    @EnumSource
    void shouldVerifyEveryAlgorithmAndRefuseItsBadSignatures(JwtAlgorithm algorithm) {
        Authenticator authenticator = conscrypt(verifyingKey(algorithm));
        String good = token(algorithm, signingKey(algorithm));
        int signature = good.lastIndexOf('.') + 1;

        assertThat(TestTokens.authenticate(authenticator, good).user()).hasToString("user:alice");
        for (int length : new int[] {1, 31, 33, 63, 64, 65, 96, 132, 255, 256, 257, 1024}) {
            assertThat(failureOf(authenticator, good.substring(0, signature) + base64Url(new byte[length])))
                    .isEqualTo(AuthFailure.BAD_SIGNATURE);
        }
        String other = token(algorithm, signingKey(algorithm), "another header");
        assertThat(failureOf(authenticator, good.substring(0, signature) + other.substring(other.lastIndexOf('.') + 1)))
                .isEqualTo(AuthFailure.BAD_SIGNATURE);
    }

    @Test
    void shouldLeaveUnusualKeysToTheJdk() throws Exception {
        assertThat(TestTokens.authenticate(conscrypt(ED448.getPublic()), token(JwtAlgorithm.EDDSA, ED448.getPrivate()))
                        .user())
                .hasToString("user:alice");

        assertThat(CONSCRYPT.verifies(ringKey(rsa(4096, 65_537)), JwtAlgorithm.RS256))
                .isTrue();
        assertThat(CONSCRYPT.verifies(ringKey(rsa(4097, 65_537)), JwtAlgorithm.RS256))
                .isFalse();
        assertThat(CONSCRYPT.verifies(ringKey(rsa(2048, (1L << 32) + 1)), JwtAlgorithm.RS256))
                .isTrue();
        assertThat(CONSCRYPT.verifies(ringKey(rsa(2048, (1L << 33) + 1)), JwtAlgorithm.RS256))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"HS256,0,0", "HS512,0,0", "RS256,0,0", "PS512,0,0", "ES256,1,0", "ES384,1,1", "ES512,1,1", "EdDSA,1,0"})
    void shouldKeepOnTheLoopWhatTheProviderMakesCheap(String alg, int tasksOfJdk, int tasksOfConscrypt) {
        JwtAlgorithm algorithm = JwtAlgorithm.parse(alg);

        assertThat(tasks(SignatureProvider.JDK, algorithm)).isEqualTo(tasksOfJdk);
        assertThat(tasks(CONSCRYPT, algorithm)).isEqualTo(tasksOfConscrypt);
    }

    @Test
    void shouldCallLongRsaAndEd448Expensive() throws Exception {
        assertThat(CONSCRYPT.isExpensive(ringKey(rsa(4096, 65_537)), JwtAlgorithm.RS256))
                .isFalse();
        assertThat(CONSCRYPT.isExpensive(ringKey(rsa(4097, 65_537)), JwtAlgorithm.RS256))
                .isTrue();
        assertThat(CONSCRYPT.isExpensive(ringKey(ED448.getPublic()), JwtAlgorithm.EDDSA))
                .isTrue();
    }

    private static int tasks(SignatureProvider signatures, JwtAlgorithm algorithm) {
        Deque<Runnable> tasks = new ArrayDeque<>();
        KeyRing ring = KeyRing.builder().key(null, verifyingKey(algorithm)).build();
        new JwtAuthenticator(JwtRules.NONE, () -> ring, signatures, tasks::add, CLOCK)
                .authenticate(new Credentials(token(algorithm, signingKey(algorithm))));
        return tasks.size();
    }

    private static Authenticator conscrypt(Key key) {
        KeyRing ring = KeyRing.builder().key(null, key).build();
        return new JwtAuthenticator(JwtRules.NONE, () -> ring, CONSCRYPT, Runnable::run, CLOCK);
    }

    private static VerificationKey ringKey(Key key) {
        return new VerificationKey(null, key, Set.of(JwtAlgorithm.RS256));
    }

    private static PublicKey rsa(int bits, long exponent) throws GeneralSecurityException {
        BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
        return KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(exponent)));
    }

    private static final class Scripted extends Provider {

        private static final long serialVersionUID = 1L;

        Scripted(Callable<Object> verifier) {
            super("Scripted", "1", "does what a test says");
            for (String name : new String[] {"SHA256withECDSA", "SHA256withRSA", "EdDSA"}) {
                putService(new Service(this, "Signature", name, Acceptance.class.getName(), null, null) {
                    @Override
                    public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                        try {
                            return verifier.call();
                        } catch (Exception e) {
                            throw new NoSuchAlgorithmException(e);
                        }
                    }
                });
            }
        }
    }

    /** Finds every signature good. */
    private static final class Acceptance extends SignatureSpi {

        @Override
        protected void engineInitVerify(PublicKey key) {}

        @Override
        protected void engineInitSign(java.security.PrivateKey key) {}

        @Override
        protected void engineUpdate(byte b) {}

        @Override
        protected void engineUpdate(byte[] b, int off, int len) {}

        @Override
        protected byte[] engineSign() {
            return new byte[0];
        }

        @Override
        protected boolean engineVerify(byte[] signature) {
            return true;
        }

        @Override
        @Deprecated
        protected void engineSetParameter(String name, Object value) {}

        @Override
        @Deprecated
        protected Object engineGetParameter(String name) {
            throw new UnsupportedOperationException();
        }
    }
}
