package io.wsrouter.auth.jwt;

import static io.wsrouter.auth.jwt.TestTokens.P256;
import static io.wsrouter.auth.jwt.TestTokens.SECRET_KEY;
import static io.wsrouter.auth.jwt.TestTokens.failureOf;
import static io.wsrouter.auth.jwt.TestTokens.token;
import static io.wsrouter.auth.jwt.TestTokens.withClaims;
import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.auth.AuthFailure;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenContentTest {

    @Test
    void shouldTellWhatATokenSaysOfItself() {
        TokenContent content = TokenContent.unverified(token(JwtAlgorithm.ES256, P256.getPrivate(), "k"));

        assertThat(content.algorithm()).isEqualTo(JwtAlgorithm.ES256);
        assertThat(content.keyId()).isEqualTo("k");
        assertThat(content.signatureBytes()).isEqualTo(64);
        assertThat(content.claims()).containsEntry("sub", "alice");
        assertThat(content.grantsProblem()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"HS256,32", "HS384,48", "HS512,64"})
    void shouldCountTheBytesOfTheSignature(JwtAlgorithm algorithm, int bytes) {
        assertThat(TokenContent.unverified(token(algorithm, SECRET_KEY)).signatureBytes())
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"publish\":[\"user:*\"]}           | ",
                "{}                                   | ",
                "null                                 | router is no object",
                "{\"publsh\":[]}                      | router has a member publsh",
                "{\"publish\":\"user:*\"}             | router.publish is no list",
                "{\"subscribe\":[\"topic:a\",7]}      | router.subscribe[1] is no string",
                "{\"subscribe\":[\"topic:a b\"]}      | router.subscribe[0]: grant \"topic:a b\" (expected",
                "{\"admin\":\"true\"}                 | router.admin is neither true nor false",
            })
    void shouldPointAtTheGrantThatIsMistyped(String router, String problem) {
        String found = TokenContent.unverified(withClaims("{\"router\":" + router + "}"))
                .grantsProblem();

        if (problem == null) {
            assertThat(found).isNull();
        } else {
            assertThat(found).startsWith(problem);
        }
    }

    @Test
    void shouldCountTooManyGrants() {
        String grants = Stream.generate(() -> "7").limit(101).collect(Collectors.joining(","));

        assertThat(TokenContent.unverified(withClaims("{\"router\":{\"publish\":[" + grants + "]}}"))
                        .grantsProblem())
                .isEqualTo("router.publish has 101 entries");
    }

    @Test
    void shouldReadNoContentOfWhatIsNoToken() {
        assertThat(failureOf(() -> TokenContent.unverified("a.b.c"))).isEqualTo(AuthFailure.TOKEN_MALFORMED);
    }
}
