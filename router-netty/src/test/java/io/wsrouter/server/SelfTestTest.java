package io.wsrouter.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.auth.Authenticator;
import io.wsrouter.auth.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SelfTestTest {

    @Test
    void shouldFailOnARouterThatCrossesUsers() throws Exception {
        List<String> lines = new ArrayList<>();

        int violations = SelfTest.run(
                config -> RouterServer.start(config, Map.of(), SelfTestTest::grantingEverything), lines::add);

        assertThat(violations).isEqualTo(2);
        assertThat(lines.stream().filter(line -> line.startsWith("FAIL  ")))
                .satisfiesExactly(
                        crossed -> assertThat(crossed)
                                .isEqualTo("FAIL  messages crossed between two users are delivered and delivered"),
                        wrong -> assertThat(wrong).matches("FAIL  [1-9][0-9]* bytes on the wrong socket"));
    }

    private static Authenticator grantingEverything(Authenticator authenticator) {
        return credentials -> authenticator
                .authenticate(credentials)
                .thenApply(principal ->
                        new Principal(principal.user(), TestServer.ALL, principal.expiresAtEpochSeconds()));
    }
}
