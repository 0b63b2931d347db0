package io.wsrouter.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wsrouter.routing.RouterListener;
import io.wsrouter.routing.SecurityEvent;
import io.wsrouter.server.TestServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LiveKeysTest {

    @ParameterizedTest
    @CsvSource({
        "https://issuer.example/jwks, https://issuer.example/jwks",
        "https://issuer.example:8443/jwks, https://issuer.example:8443/jwks",
        "https://operator:secret@issuer.example:8443/jwks?key=secret#secret, https://issuer.example:8443/jwks",
        "https://secret@[::1]/jwks, https://[::1]/jwks",
    })
    void shouldNameAUrlWithoutItsSecrets(URI url, String named) {
        assertThat(LiveKeys.placeOf(url)).isEqualTo("auth.jwks-url " + named);
    }

    /** Throws an Error whenever keys change. */
    private static final class BrokenListener implements RouterListener {
        final AtomicInteger bugs = new AtomicInteger();

        @Override
        public void onSecurityEvent(SecurityEvent event) {
            throw new AssertionError("broken");
        }

        @Override
        public void onBug(Throwable cause) {
            bugs.incrementAndGet();
        }
    }

    @Test
    void shouldGoOnFetchingAfterAnError() {
        BrokenListener listener = new BrokenListener();
        try (TestIssuer issuer = new TestIssuer("k1");
                LiveKeys keys = keys("auth.jwks-url=" + issuer.url(), "auth.jwks-refresh=1s")) {
            keys.start(listener);
            await().untilAsserted(() -> assertThat(listener.bugs).hasPositiveValue());
            issuer.publish("k2");

            await().until(() -> keys.keys().toString().contains("k2"));
        }
    }

    @Test
    void shouldGoOnReadingFilesAfterAnError(@TempDir Path directory) throws Exception {
        BrokenListener listener = new BrokenListener();
        try (TestIssuer issuer = new TestIssuer("k1")) {
            Path file = Files.writeString(directory.resolve("jwks.json"), issuer.jwks("k1"));
            try (LiveKeys keys = keys("auth.jwks-file=" + file)) {
                keys.start(listener);
                for (String next : List.of("k2", "k3")) {
                    Files.writeString(file, issuer.jwks(next));
                    await().until(() -> keys.keys().toString().contains(next));
                }
            }
        }
        assertThat(listener.bugs).hasValueGreaterThanOrEqualTo(1);
    }

    private static LiveKeys keys(String... assignments) {
        return new LiveKeys(TestServer.config(assignments).auth());
    }
}
