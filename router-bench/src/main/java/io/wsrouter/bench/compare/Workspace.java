package io.wsrouter.bench.compare;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.stream.Stream;

/** A directory with what the servers need, for as long as the comparison runs: a secret, configurations, a certificate. */
final class Workspace implements AutoCloseable {

    private final Path directory;
    private final String secret;

    private Workspace(Path directory, String secret) {
        this.directory = directory;
        this.secret = secret;
    }

    static Workspace create() throws IOException {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        Workspace workspace = new Workspace(
                Files.createTempDirectory("ws-router-compare"), HexFormat.of().formatHex(random));
        workspace.writePrivately("secret", workspace.secret);
        return workspace;
    }

    /** What all tokens are signed with. */
    String secret() {
        return secret;
    }

    /** A file with that. */
    Path secretFile() {
        return directory.resolve("secret");
    }

    /** A port of loopback that nobody listens on at the moment. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A configuration of the router with every safeguard on and the limits out of the way. */
    Path routerConfiguration(String row, int port, boolean isTls) throws IOException {
        String tls = isTls ? ", tls: {certificate: %s, key: %s}".formatted(certificate(), certificateKey()) : "";
        return Files.writeString(directory.resolve(row + ".yaml"), """
                node: compare
                public: {host: 127.0.0.1, port: %d%s}
                internal: {host: 127.0.0.1, port: 0}
                degradation: {enabled: false}
                auth:
                  hmac-secret-file: %s
                limits:
                  connections-per-user: unlimited
                  connections-per-ip: unlimited
                  handshakes-per-second: unlimited
                  messages-per-second: unlimited
                  messages-per-second-per-user: unlimited
                """.formatted(port, tls, secretFile()));
    }

    /** A configuration of nats-server that takes WebSockets without TLS. */
    Path natsConfiguration(int port) throws IOException {
        return Files.writeString(directory.resolve("nats.conf"), """
                listen: "127.0.0.1:%d"
                max_connections: 200000
                websocket { listen: "127.0.0.1:%d", no_tls: true, compression: false }
                """.formatted(freePort(), port));
    }

    /** The chain of a self-signed certificate for loopback, in PEM. */
    Path certificate() {
        return directory.resolve("certificate.pem");
    }

    private Path certificateKey() {
        return directory.resolve("certificate-key.pem");
    }

    /** Makes a certificate, once. */
    void makeCertificate() throws IOException {
        if (Files.exists(certificate())) {
            return;
        }
        try {
            X509Bundle bundle = new CertificateBuilder()
                    .ecp256()
                    .subject("CN=localhost")
                    .addSanIpAddress("127.0.0.1")
                    .setIsCertificateAuthority(true)
                    .notAfter(Instant.now().plus(2, ChronoUnit.DAYS))
                    .buildSelfSigned();
            Files.writeString(certificate(), bundle.getCertificatePathPEM());
            writePrivately(certificateKey().getFileName().toString(), bundle.getPrivateKeyPEM());
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new CompareException("cannot make a certificate", e);
        }
    }

    private void writePrivately(String name, String text) throws IOException {
        Path file = Files.createFile(
                directory.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
