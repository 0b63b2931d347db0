package io.wsrouter.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a certificate and its private key from PEM files (RFC 7468). TLS itself would notice a wrong pair only when clients come. */
final class CertificatePair {

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private CertificatePair() {}

    /** The first certificate of the file; empty when it holds none. Blocks on the disk. */
    static Optional<X509Certificate> certificate(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .findFirst();
        } catch (IOException | CertificateException e) {
            return Optional.empty();
        }
    }

    /** Whether the file holds a private key in PKCS #8 without a passphrase. Blocks on the disk. */
    static boolean isPrivateKey(Path file) {
        return pkcs8(file).isPresent();
    }

    /** Whether the private key in the file is that of the public key: what the one signs, the other verifies. */
    static boolean matches(PublicKey publicKey, Path file) {
        byte[] probe = {1, 2, 3};
        try {
            PrivateKey privateKey = KeyFactory.getInstance(publicKey.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(pkcs8(file).orElseThrow()));
            Signature signature = Signature.getInstance(signatureOf(publicKey));
            signature.initSign(privateKey);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String signatureOf(PublicKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
    }

    private static Optional<byte[]> pkcs8(Path file) {
        try {
            Matcher block = PKCS8.matcher(Files.readString(file, ISO_8859_1));
            return block.find() ? Optional.of(Base64.getMimeDecoder().decode(block.group(1))) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
