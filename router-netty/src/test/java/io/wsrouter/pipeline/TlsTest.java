package io.wsrouter.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.wsrouter.server.Frame;
import io.wsrouter.server.Handshake;
import io.wsrouter.server.RouterServer;
import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import io.wsrouter.server.WebSocketClient;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TlsTest {

    @TempDir
    private Path directory;

    private SSLContext trusting;
    private String[] settings;

    @BeforeEach
    void makeACertificate() throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path certificate = Files.writeString(directory.resolve("certificate.pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(directory.resolve("key.pem"), bundle.getPrivateKeyPEM());
        settings = new String[] {"public.tls.certificate=" + certificate, "public.tls.key=" + key};
        TrustManagerFactory trust = bundle.toTrustManagerFactory();
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
    }

    @ParameterizedTest
    @CsvSource({"nio, TLSv1.3", "nio, TLSv1.2", "auto, TLSv1.3", "auto, TLSv1.2"})
    void shouldRouteOverTls(String transport, String protocol) throws Exception {
        try (TestServer server = TestServer.start(settings[0], settings[1], "transport=" + transport)) {
            List<WebSocketClient> clients = new ArrayList<>();
            for (String user : List.of("alice", "alice", "bob", "carol", "dave", "erin")) {
                clients.add(WebSocketClient.open(
                        connect(server, protocol), handshake(server).bearer(server.token(user, TestServer.ALL))));
            }

            for (WebSocketClient publisher : clients) {
                assertThat(publisher
                                .publish("user:alice", "\"" + "x".repeat(40_000) + "\"")
                                .path("delivered")
                                .asInt())
                        .isEqualTo(2);
            }
            clients.get(2).closePolitely();
            clients.get(3).socket().close();
            clients.get(4).send(Frame.of(Frame.BINARY, new byte[0]));
            assertThat(clients.get(4).awaitClose().closeCode()).isEqualTo(1003);
            clients.forEach(WebSocketClient::close);
            server.awaitNoResidue();
        }
    }

    @Test
    void shouldRefuseOverTls() throws Exception {
        try (TestServer server = TestServer.start(settings)) {
            TestSocket socket = connect(server, "TLSv1.3");
            socket.send(handshake(server).bytes());

            assertThat(socket.readResponse().json().path("error").asText()).isEqualTo("token_missing");
            assertThat(socket.read()).isEqualTo(-1);
        }
    }

    @Test
    void shouldRefuseEarlyBytesOverTls() throws Exception {
        try (TestServer server = TestServer.start(settings)) {
            TestSocket socket = connect(server, "TLSv1.3");
            byte[] request = handshake(server).bearer(server.token("alice")).bytes();
            socket.send(new String(request, UTF_8) + "x");

            assertThat(socket.readResponse().json().path("error").asText()).isEqualTo("bytes_before_101");
        }
    }

    @Test
    void shouldCloseWhoDoesNotSpeakTls() {
        try (TestServer server = TestServer.start(settings[0], settings[1], "limits.handshake-timeout=300ms")) {
            TestSocket plain = server.open();
            plain.send(server.handshake().bytes());
            TestSocket silent = server.open();

            plain.readToEnd();
            assertThat(silent.read()).isEqualTo(-1);
            server.awaitNoResidue();
        }
    }

    @ParameterizedTest
    @CsvSource({"nio", "auto"})
    void shouldCloseAndCountGarbageAndPartsOfATlsHandshakeWithoutAWord(String transport) {
        try (CapturedLog log = new CapturedLog();
                TestServer server = TestServer.start(
                        settings[0], settings[1], "transport=" + transport, "limits.handshake-timeout=300ms")) {
            for (int i = 0; i < 20; i++) {
                TestSocket garbage = server.open();
                garbage.send("this is not a TLS record, and no HTTP either \r\n\r\n");
                garbage.readToEnd();
            }
            TestSocket partial = server.open();
            partial.send(new byte[] {0x16, 0x03, 0x01, 0x02, 0x00, 0x01});
            TestSocket silent = server.open();

            assertThat(partial.read()).isEqualTo(-1);
            assertThat(silent.read()).isEqualTo(-1);
            await().untilAsserted(() -> {
                assertThat(server.stats().path("handshakes_tls_failed").asInt()).isEqualTo(20);
                assertThat(server.stats().path("handshakes_timed_out").asInt()).isEqualTo(2);
            });
            server.awaitNoResidue();
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void shouldNotTakeAPageWithoutTlsForTheSameOrigin() throws Exception {
        try (TestServer server = TestServer.start(settings)) {
            String host = "localhost:" + server.router().publicPort();
            for (String origin : List.of("https://" + host, "http://" + host)) {
                TestSocket socket = connect(server, "TLSv1.3");
                socket.send(handshake(server)
                        .bearer(server.token("alice"))
                        .with("Origin", origin)
                        .bytes());

                assertThat(socket.readResponse().status()).isEqualTo(origin.startsWith("https:") ? 101 : 403);
            }
        }
    }

    @Test
    void shouldNameWhatCannotBeUsed() {
        String notAKey = settings[0].replace(".certificate=", ".key=");

        assertThatThrownBy(() -> RouterServer.start(TestServer.config(settings[0], notAKey)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("public.tls")
                .hasMessageContaining("certificate.pem");
    }

    private TestSocket connect(TestServer server, String protocol) throws Exception {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.router().publicPort());
        socket.setEnabledProtocols(new String[] {protocol});
        socket.setSoTimeout((int) TestSocket.PATIENCE.toMillis());
        socket.startHandshake();
        return server.keep(TestSocket.over(socket));
    }

    private static Handshake handshake(TestServer server) {
        return new Handshake("localhost:" + server.router().publicPort());
    }
}
