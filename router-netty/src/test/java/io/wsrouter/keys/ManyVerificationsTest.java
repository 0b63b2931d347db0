package io.wsrouter.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.server.TestServer;
import io.wsrouter.server.TestSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that take long to verify, many at once from one address. */
final class ManyVerificationsTest {

    private final KeyPair key = TestIssuer.ec("secp384r1");

    @TempDir
    Path directory;

    @Test
    void shouldHoldNoGoodTokenAgainstItsAddressWhileItIsVerified() throws IOException {
        Path jwks = directory.resolve("jwks.json");
        Files.writeString(jwks, "{\"keys\":[" + TestIssuer.jwk("k1", key) + "]}");
        try (TestServer server =
                TestServer.start("auth.jwks-file=" + jwks, "limits.failed-handshakes-per-second-per-ip=1")) {
            List<byte[]> heads = new ArrayList<>();
            List<TestSocket> sockets = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                String token = TestIssuer.sign("ES384", "SHA384withECDSAinP1363Format", key, "k1", "u" + i);
                heads.add(server.handshake().bearer(token).bytes());
                sockets.add(server.openFrom("127.0.0.2"));
            }

            for (int i = 0; i < heads.size(); i++) {
                sockets.get(i).send(heads.get(i));
            }

            assertThat(sockets)
                    .extracting(socket -> socket.readResponse().status())
                    .containsOnly(101);
        }
    }
}
