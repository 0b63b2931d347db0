package io.wsrouter.auth.jwt;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads public keys from PEM text (RFC 7468). */
final class PemKeys {

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([^\\r\\n]*?)-----([^-]*)-----END \\1-----");
    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

    /** AlgorithmIdentifier { rsaEncryption, NULL } (RFC 8017 appendix C). */
    private static final byte[] RSA_ENCRYPTION = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

    private static final int DER_SEQUENCE = 0x30;
    private static final int DER_BIT_STRING = 0x03;

    private PemKeys() {}

    /**
     * The public keys of all blocks of {@code pem}, in order: {@code PUBLIC KEY}, {@code RSA PUBLIC KEY} and
     * {@code CERTIFICATE} (whose validity and issuer are not looked at). Text between blocks is skipped.
     *
     * @throws IllegalArgumentException naming the file and what was expected; a private key is refused
     */
    static List<PublicKey> read(String fileName, String pem) {
        if (pem.contains("PRIVATE KEY-----")) {
            throw new IllegalArgumentException(fileName + " holds a private key (expected public keys only; write them"
                    + " with: openssl pkey -in PRIVATE -pubout)");
        }
        List<PublicKey> keys = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(pem);
        int end = 0;
        while (blocks.find()) {
            requireNoMarker(fileName, pem.substring(end, blocks.start()));
            keys.add(readBlock(fileName, blocks.group(1), blocks.group(2)));
            end = blocks.end();
        }
        requireNoMarker(fileName, pem.substring(end));
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(fileName + " holds no key (expected -----BEGIN PUBLIC KEY-----)");
        }
        return keys;
    }

    private static PublicKey readBlock(String fileName, String label, String base64) {
        try {
            byte[] der = Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
            return switch (label) {
                case "PUBLIC KEY" -> publicKey(der);
                case "RSA PUBLIC KEY" -> publicKey(subjectPublicKeyInfo(der));
                case "CERTIFICATE" -> certificateKey(der);
                default -> throw new IllegalArgumentException("expected PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE");
            };
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    fileName + ": the block \"" + label + "\" cannot be read: " + e.getMessage(), e);
        }
    }

    private static PublicKey publicKey(byte[] der) throws GeneralSecurityException {
        X509EncodedKeySpec spec = new X509EncodedKeySpec(der);
        for (String type : KEY_TYPES) {
            try {
                return KeyFactory.getInstance(type).generatePublic(spec);
            } catch (InvalidKeySpecException e) {
                // Not of this type: the next one may read it.
            }
        }
        throw new InvalidKeySpecException("expected a key for RSA, EC (P-256, P-384, P-521), Ed25519 or Ed448");
    }

    private static PublicKey certificateKey(byte[] der) throws CertificateException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der))
                .getPublicKey();
    }

    /** Wraps an RSAPublicKey of PKCS#1 into the SubjectPublicKeyInfo that a KeyFactory reads. */
    private static byte[] subjectPublicKeyInfo(byte[] pkcs1) {
        byte[] bits = new byte[pkcs1.length + 1];
        System.arraycopy(pkcs1, 0, bits, 1, pkcs1.length);
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        info.writeBytes(RSA_ENCRYPTION);
        info.writeBytes(der(DER_BIT_STRING, bits));
        return der(DER_SEQUENCE, info.toByteArray());
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.length;
        if (length < 0x80) {
            out.write(length);
        } else {
            int lengthBytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            out.write(0x80 | lengthBytes);
            for (int shift = 8 * (lengthBytes - 1); shift >= 0; shift -= 8) {
                out.write(length >>> shift);
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static void requireNoMarker(String fileName, String outside) {
        if (outside.contains("-----BEGIN") || outside.contains("-----END")) {
            throw new IllegalArgumentException(fileName + " has a block that does not end as it begins (expected"
                    + " -----BEGIN PUBLIC KEY----- ... -----END PUBLIC KEY-----)");
        }
    }
}
