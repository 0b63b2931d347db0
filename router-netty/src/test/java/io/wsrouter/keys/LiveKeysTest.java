package io.wsrouter.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
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
}
