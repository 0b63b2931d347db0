package io.wsrouter.auth.jwt;

import static io.wsrouter.auth.jwt.TestTokens.CLOCK;
import static io.wsrouter.auth.jwt.TestTokens.NOW;
import static io.wsrouter.auth.jwt.TestTokens.SECRET;
import static io.wsrouter.auth.jwt.TestTokens.authenticate;
import static io.wsrouter.auth.jwt.TestTokens.authenticator;
import static io.wsrouter.auth.jwt.TestTokens.failureOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wsrouter.address.AddressPattern;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.Grants;
import io.wsrouter.auth.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenMinterTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @ParameterizedTest
    @EnumSource(names = {"HS256", "HS384", "HS512"})
    void shouldMintWhatTheAuthenticatorAccepts(JwtAlgorithm algorithm) {
        Grants grants = new Grants(
                List.of(AddressPattern.parse("user:*")),
                List.of(AddressPattern.parse("topic:chat.*"), AddressPattern.parse("*")),
                true);
        TokenMinter minter = new TokenMinter(SECRET, algorithm, "me", "router", CLOCK);
        JwtAuthenticator authenticator =
                authenticator(new JwtRules(Set.of(algorithm), "me", "router"), KeyRing.ofHmacSecret(SECRET));

        Principal principal = authenticate(authenticator, minter.mint("alice_\u00e9", HOUR, grants));

        assertThat(principal.user()).hasToString("user:alice_\u00e9");
        assertThat(principal.expiresAtEpochSeconds()).isEqualTo(NOW + 3600);
        assertThat(principal.grants()).hasToString(grants.toString());
    }

    @Test
    void shouldSayNoMoreThanAsked() {
        String token = minter().mint("alice", HOUR, Grants.NONE);

        assertThat(payloadOf(token)).isEqualTo("{\"sub\":\"alice\",\"iat\":1757375098,\"exp\":1757378698}");
        assertThat(failureOf(authenticator(new JwtRules(Set.of(), "me", null), KeyRing.ofHmacSecret(SECRET)), token))
                .isEqualTo(AuthFailure.ISSUER_MISMATCH);
        assertThat(failureOf(authenticator(new JwtRules(Set.of(), null, "me"), KeyRing.ofHmacSecret(SECRET)), token))
                .isEqualTo(AuthFailure.AUDIENCE_MISMATCH);
    }

    @Test
    void shouldWriteOnlyTheGrantsThatThereAre() {
        Grants grants = new Grants(List.of(AddressPattern.parse("topic:a")), List.of(), false);

        assertThat(payloadOf(minter().mint("alice", HOUR, grants))).endsWith("\"router\":{\"publish\":[\"topic:a\"]}}");
        assertThat(payloadOf(minter().mint("alice", HOUR, new Grants(List.of(), grants.publish(), false))))
                .endsWith("\"router\":{\"subscribe\":[\"topic:a\"]}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "null", "al ice", "al\nice"})
    void shouldRefuseAUserThatNobodyCanBe(String userId) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> minter().mint(userId, HOUR, Grants.NONE))
                .withMessageContaining("user id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.999S", "PT-1H", "P3650000D", "PT2562047788015215H"})
    void shouldRefuseATtlOutsideOfTime(String ttl) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> minter().mint("alice", Duration.parse(ttl), Grants.NONE))
                .withMessageStartingWith("ttl " + Duration.parse(ttl) + " (expected at least 1 s");
    }

    @Test
    void shouldRefuseATokenThatTheRouterWouldRefuse() {
        List<AddressPattern> patterns = Collections.nCopies(100, AddressPattern.parse("topic:" + "x".repeat(100)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> minter().mint("alice", HOUR, new Grants(patterns, List.of(), false)))
                .withMessageContaining("expected at most 8192");
    }

    @Test
    void shouldMintTheShortestAndTheLongestLife() {
        Principal brief = authenticate(
                authenticator(KeyRing.ofHmacSecret(SECRET)),
                minter().mint("alice", Duration.ofSeconds(1), Grants.NONE));
        long mostSeconds = ClaimsReader.MAX_EPOCH_SECONDS - NOW;
        Principal lasting = authenticate(
                authenticator(KeyRing.ofHmacSecret(SECRET)),
                minter().mint("alice", Duration.ofSeconds(mostSeconds), Grants.NONE));

        assertThat(brief.expiresAtEpochSeconds()).isEqualTo(NOW + 1);
        assertThat(lasting.expiresAtEpochSeconds()).isEqualTo(ClaimsReader.MAX_EPOCH_SECONDS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> minter().mint("alice", Duration.ofSeconds(mostSeconds + 1), Grants.NONE))
                .withMessageContaining("before the year 10000");
    }

    @Test
    void shouldMintWhateverTheRouterTakes() {
        List<AddressPattern> patterns = new ArrayList<>(Collections.nCopies(29, longTopic(194)));
        int longest = 0;
        for (int length = 1; longest < CompactToken.MAX_LENGTH; length++) {
            patterns.add(longTopic(length));
            String token = minter().mint("alice", HOUR, new Grants(patterns, List.of(), false));
            patterns.remove(patterns.size() - 1);
            assertThat(authenticate(authenticator(KeyRing.ofHmacSecret(SECRET)), token)
                            .user())
                    .hasToString("user:alice");
            longest = token.length();
        }
        assertThat(longest).isEqualTo(CompactToken.MAX_LENGTH);
    }

    private static AddressPattern longTopic(int length) {
        return AddressPattern.parse("topic:" + "x".repeat(length));
    }

    @Test
    void shouldRefuseASecretThatIsTooShort() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TokenMinter(new byte[31], JwtAlgorithm.HS256, null, null, CLOCK))
                .withMessage("the HMAC secret has 31 bytes (expected at least 32)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TokenMinter(new byte[47], JwtAlgorithm.HS384, null, null, CLOCK))
                .withMessage("the HMAC secret has 47 bytes (expected at least 48 for HS384)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TokenMinter(new byte[63], JwtAlgorithm.HS512, null, null, CLOCK))
                .withMessage("the HMAC secret has 63 bytes (expected at least 64 for HS512)");
    }

    @Test
    void shouldSignWithASecretOnly() {
        for (JwtAlgorithm algorithm : EnumSet.range(JwtAlgorithm.RS256, JwtAlgorithm.EDDSA)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new TokenMinter(SECRET, algorithm, null, null, CLOCK))
                    .withMessageContaining("algorithm " + algorithm.id());
        }
    }

    @Test
    void shouldRefuseAnEmptyIssuerAndAudience() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TokenMinter(SECRET, JwtAlgorithm.HS256, "", null, CLOCK))
                .withMessageContaining("issuer");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TokenMinter(SECRET, JwtAlgorithm.HS256, null, "", CLOCK))
                .withMessageContaining("audience");
    }

    private static TokenMinter minter() {
        return new TokenMinter(SECRET, JwtAlgorithm.HS256, null, null, CLOCK);
    }

    private static String payloadOf(String token) {
        return new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), UTF_8);
    }
}
