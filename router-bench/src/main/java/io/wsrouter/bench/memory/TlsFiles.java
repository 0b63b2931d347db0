package io.wsrouter.bench.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for loopback, made by the JDK's keytool: as files for a server, and for clients that trust it. */
final class TlsFiles {

    /** Who speaks TLS in the router. */
    enum Provider {
        /** Netty's native library. */
        BORINGSSL,
        /** The JDK's own. */
        JDK
    }

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String ALIAS = "router";

    private final Path certificate;
    private final Path key;
    private final SSLContext clients;

    /** Makes the files in {@code directory}. */
    TlsFiles(Path directory) throws IOException, InterruptedException {
        Path store = directory.resolve("store.p12");
        keytool(store);
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD);
            certificate =
                    pem(directory, "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
            key = pem(directory, "PRIVATE KEY", keys.getKey(ALIAS, PASSWORD).getEncoded());
            clients = trusting(keys);
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate of keytool cannot be used", e);
        }
    }

    private static void keytool(Path store) throws IOException, InterruptedException {
        int code = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        store.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("keytool ended with " + code);
        }
    }

    private static Path pem(Path directory, String label, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
        return Files.writeString(
                directory.resolve(label.replace(' ', '-') + ".pem"),
                "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
    }

    private static SSLContext trusting(KeyStore keys) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** What the router has to be told. */
    List<String> settings() {
        return List.of("public.tls.certificate=" + certificate, "public.tls.key=" + key);
    }

    /** For clients. */
    SSLContext clients() {
        return clients;
    }
}
