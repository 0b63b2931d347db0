package io.wsrouter.auth.jwt;

import static io.wsrouter.auth.jwt.TestTokens.ED25519;
import static io.wsrouter.auth.jwt.TestTokens.ED448;
import static io.wsrouter.auth.jwt.TestTokens.P256;
import static io.wsrouter.auth.jwt.TestTokens.P384;
import static io.wsrouter.auth.jwt.TestTokens.P521;
import static io.wsrouter.auth.jwt.TestTokens.RSA;
import static io.wsrouter.auth.jwt.TestTokens.SECRET_KEY;
import static io.wsrouter.auth.jwt.TestTokens.authenticate;
import static io.wsrouter.auth.jwt.TestTokens.authenticator;
import static io.wsrouter.auth.jwt.TestTokens.pem;
import static io.wsrouter.auth.jwt.TestTokens.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemKeysTest {

    /** Made by: openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=test; long expired. */
    private static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIC/zCCAeegAwIBAgIUa5T11IHw9mUKVLYpVkdz4nshRk0wDQYJKoZIhvcNAQEL
            BQAwDzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjIyMjQwMDRaFw0yNjExMjMyMjQw
            MDRaMA8xDTALBgNVBAMMBHRlc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
            AoIBAQDrFSqahW/G+4ZUErF44oCe1HUmyDs0nXeMjWFufcBfeuCnFnObKrfOHMsp
            bcdcnIjudJjaeu/AF0Q2rrh6oJI8Izq/6wdb3s9Sox40DGQKa1fh+jRpzi76+uQ6
            0KPkEC3plTeRNRR/zzWJ5e6u9NcLwuYOD6g4rfzJXg2bXeimsda3APUYLOVqhYPQ
            S/wRWbkJA0eJD42FAKXJOoaGK2Cv1mR6CXan/j1L0pEKJGN1/jaeojvw5+zfwC6W
            z5Yu2YxAqcoobS5Ded4j/Ac0TShdNNVHMigpsDiD5JCHjibEz2l4mDn6hXgXPMu1
            IpL5ACLY0x3KuzvoPy2sJ/87YlT7AgMBAAGjUzBRMB0GA1UdDgQWBBSl4s9gFSTA
            wPMV/be1b7Ihly4A1TAfBgNVHSMEGDAWgBSl4s9gFSTAwPMV/be1b7Ihly4A1TAP
            BgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQAAY/gxu8ICIc9RGHJi
            OKD+iEFkFkxrfXWgYwUs4XcFjaoY550VFcwP4DTVjMdGoqIpM1Jd/n/ffNOz4T2y
            D+km5s6Ol7Uwc9TN8vOSfuGzZs/VzPBvbjx/auRp5BQOAp7GFinEyuF82rO5Suo0
            oO1L7IVGCUK4Qp/p2HcfU6ER+1S37UMbJd+PYL9kfTES+M9Z1aE71A6eJ3WsmLk/
            +H5AMBj37hahi1q+ITEoOq8T7+Bf2IkmvSI9hlU5U/16HMq6HUHQ3dcsxT2O34LX
            nqkWU0N2UoL+iKm2G3tRTsK4ehXjqe701mwH2Ud45URHbh5qJWReuiuGuqbo6guT
            KxsW
            -----END CERTIFICATE-----
            """;

    /** The key of the certificate. Made by: openssl rsa -RSAPublicKey_out. */
    private static final String PKCS1 = """
            -----BEGIN RSA PUBLIC KEY-----
            MIIBCgKCAQEA6xUqmoVvxvuGVBKxeOKAntR1Jsg7NJ13jI1hbn3AX3rgpxZzmyq3
            zhzLKW3HXJyI7nSY2nrvwBdENq64eqCSPCM6v+sHW97PUqMeNAxkCmtX4fo0ac4u
            +vrkOtCj5BAt6ZU3kTUUf881ieXurvTXC8LmDg+oOK38yV4Nm13oprHWtwD1GCzl
            aoWD0Ev8EVm5CQNHiQ+NhQClyTqGhitgr9Zkegl2p/49S9KRCiRjdf42nqI78Ofs
            38Auls+WLtmMQKnKKG0uQ3neI/wHNE0oXTTVRzIoKbA4g+SQh44mxM9peJg5+oV4
            FzzLtSKS+QAi2NMdyrs76D8trCf/O2JU+wIDAQAB
            -----END RSA PUBLIC KEY-----
            """;

    /** The key of the certificate. Made by: openssl x509 -pubkey. */
    private static final String SPKI = """
            -----BEGIN PUBLIC KEY-----
            MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA6xUqmoVvxvuGVBKxeOKA
            ntR1Jsg7NJ13jI1hbn3AX3rgpxZzmyq3zhzLKW3HXJyI7nSY2nrvwBdENq64eqCS
            PCM6v+sHW97PUqMeNAxkCmtX4fo0ac4u+vrkOtCj5BAt6ZU3kTUUf881ieXurvTX
            C8LmDg+oOK38yV4Nm13oprHWtwD1GCzlaoWD0Ev8EVm5CQNHiQ+NhQClyTqGhitg
            r9Zkegl2p/49S9KRCiRjdf42nqI78Ofs38Auls+WLtmMQKnKKG0uQ3neI/wHNE0o
            XTTVRzIoKbA4g+SQh44mxM9peJg5+oV4FzzLtSKS+QAi2NMdyrs76D8trCf/O2JU
            +wIDAQAB
            -----END PUBLIC KEY-----
            """;

    /** Made by: openssl ecparam -name secp256k1 -genkey | openssl ec -pubout. */
    private static final String SECP256K1 = """
            -----BEGIN PUBLIC KEY-----
            MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEmuSIewKmsdRMTKPFbr31O2CJ6/8UepIu
            3AmHuBAh+fcEzB9HfzPNoQ5btK6VTJ/dd5HjNmPchdaKk5f2uU/BIA==
            -----END PUBLIC KEY-----
            """;

    @Test
    void shouldReadEveryKindOfKey() {
        for (KeyPair pair : List.of(RSA, P256, P384, P521, ED25519, ED448, TestTokens.generate("RSASSA-PSS", 2048))) {
            assertThat(PemKeys.read("auth.pem", pem(pair))).containsExactly(pair.getPublic());
        }
    }

    @Test
    void shouldReadTheSameKeyFromEveryKindOfBlock() {
        assertThat(PemKeys.read("a", SPKI)).hasSize(1);
        assertThat(PemKeys.read("a", PKCS1)).isEqualTo(PemKeys.read("a", SPKI));
        assertThat(PemKeys.read("a", CERTIFICATE)).isEqualTo(PemKeys.read("a", SPKI));
    }

    /** The lengths around those where DER changes how it writes a length. */
    @ParameterizedTest
    @CsvSource({"512, 20", "936, 22", "2048, 24"})
    void shouldReadPkcs1OfAnyLength(int bits, int pkcs1Start) {
        PublicKey key = TestTokens.generate("RSA", bits).getPublic();
        byte[] der = key.getEncoded();

        assertThat(PemKeys.read("a", pem("RSA PUBLIC KEY", Arrays.copyOfRange(der, pkcs1Start, der.length))))
                .containsExactly(key);
    }

    @Test
    void shouldReadSeveralBlocksAndSkipTheTextBetween() {
        String pem =
                "# ours\n" + pem(RSA) + "Bag Attributes: none\n" + pem(P256).replace("\n", "\r\n") + "\n\n";

        assertThat(PemKeys.read("auth.pem", pem)).containsExactly(RSA.getPublic(), P256.getPublic());
    }

    @ParameterizedTest
    @CsvSource({
        "auth.pem, auth",
        "auth-2025.pub.pem, auth-2025.pub",
        "/etc/wsrouter/keys/auth.pem, auth",
        "C:\\keys\\auth.pem, auth",
        "keys.d/auth, auth",
        ".pem, .pem",
    })
    void shouldNameAKeyAfterItsFile(String fileName, String keyId) {
        KeyRing ring = KeyRing.builder()
                .pem(fileName, pem(RSA))
                .pem("other.pem", pem(TestTokens.OTHER_RSA))
                .build();

        assertThat(authenticate(authenticator(ring), token(JwtAlgorithm.RS256, RSA.getPrivate(), keyId))
                        .user())
                .hasToString("user:alice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRIVATE KEY",
                "RSA PRIVATE KEY",
                "EC PRIVATE KEY",
                "ENCRYPTED PRIVATE KEY",
                "OPENSSH PRIVATE KEY"
            })
    void shouldRefuseAPrivateKey(String label) {
        String secret = pem(label, RSA.getPrivate().getEncoded());

        for (String pem : List.of(secret, pem(RSA) + secret, secret + pem(RSA), "-----BEGIN " + label + "-----")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeyRing.builder().pem("auth.pem", pem))
                    .withMessage("auth.pem holds a private key (expected public keys only; write them with:"
                            + " openssl pkey -in PRIVATE -pubout)");
        }
    }

    @Test
    void shouldRefuseWhatIsNoPublicKey() {
        byte[] der = RSA.getPublic().getEncoded();
        String block = pem(RSA);

        assertRefused("", "holds no key (expected -----BEGIN PUBLIC KEY-----)");
        assertRefused("{\"keys\":[]}", "holds no key");
        assertRefused(new String(SECRET_KEY.getEncoded(), UTF_8), "holds no key");
        assertRefused(block.replace("-----END PUBLIC KEY-----", ""), "does not end as it begins");
        assertRefused(block.replace("END PUBLIC", "END RSA PUBLIC"), "does not end as it begins");
        assertRefused(block + "-----BEGIN PUBLIC KEY-----", "does not end as it begins");
        assertRefused(block + "-----END PUBLIC KEY-----", "does not end as it begins");
        assertRefused("-----END PUBLIC KEY-----\n" + block, "does not end as it begins");
        assertRefused("-----BEGIN CERTIFICATE-----\n-----\n" + block, "does not end as it begins");
        assertRefused(
                pem("SSH2 PUBLIC KEY", der), "the block \"SSH2 PUBLIC KEY\" cannot be read: expected PUBLIC KEY,");
        assertRefused(pem("X509 CRL", der), "expected PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE");
        assertRefused(pem("PUBLIC KEY", Arrays.copyOf(der, der.length - 1)), "expected a key for RSA, EC");
        assertRefused(pem("PUBLIC KEY", new byte[0]), "expected a key for RSA, EC");
        assertRefused(pem("RSA PUBLIC KEY", der), "expected a key for RSA, EC");
        assertRefused(pem("CERTIFICATE", der), "the block \"CERTIFICATE\" cannot be read");
        assertRefused(block.replaceFirst("MII", "M!I"), "the block \"PUBLIC KEY\" cannot be read: Illegal base64");
        assertRefused(pem(TestTokens.generate("X25519", 0)), "cannot be read");
        assertRefused(pem(TestTokens.generate("DSA", 2048)), "expected a key for RSA, EC");
        assertRefused(pem(TestTokens.generate("RSA", 1024)), "an RSA key of 1024 bits (expected 2048 to 16384)");
        assertRefused(SECP256K1, "P-256, P-384");
    }

    private static void assertRefused(String pem, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.builder().pem("keys/auth.pem", pem))
                .withMessageStartingWith("keys/auth.pem")
                .withMessageContaining(reason);
    }
}
