package io.wsrouter.auth.jwt;

import static io.wsrouter.auth.jwt.TestTokens.NOW;
import static io.wsrouter.auth.jwt.TestTokens.P256;
import static io.wsrouter.auth.jwt.TestTokens.RSA;
import static io.wsrouter.auth.jwt.TestTokens.SECRET;
import static io.wsrouter.auth.jwt.TestTokens.SECRET_KEY;
import static io.wsrouter.auth.jwt.TestTokens.authenticate;
import static io.wsrouter.auth.jwt.TestTokens.authenticator;
import static io.wsrouter.auth.jwt.TestTokens.failureOf;
import static io.wsrouter.auth.jwt.TestTokens.hs256;
import static io.wsrouter.auth.jwt.TestTokens.pem;
import static io.wsrouter.auth.jwt.TestTokens.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.wsrouter.auth.AuthFailure;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tokens with something changed in them: none gets in, as nobody, and nothing but an {@link AuthFailure} comes out. */
class TokenMutationTest {

    private static final int MUTATIONS = 20_000;
    private static final String BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final JwtAuthenticator authenticator = authenticator(KeyRing.builder()
            .hmacSecret(SECRET)
            .pem("rsa.pem", pem(RSA))
            .pem("ec.pem", pem(P256))
            .build());

    @Test
    void shouldRefuseEveryMutationOfAToken() {
        List<String> cheap = List.of(
                token(JwtAlgorithm.HS256, SECRET_KEY),
                token(JwtAlgorithm.HS512, SECRET_KEY, "any"),
                token(JwtAlgorithm.RS256, RSA.getPrivate(), "rsa"),
                token(JwtAlgorithm.PS384, RSA.getPrivate()),
                hs256(
                        "{\"alg\":\"HS256\"}",
                        "{\"sub\":\"alice\",\"exp\":" + (NOW + 60) + ",\"router\":{\"publish\":[\"user:*\"]}}"));
        String expensive = token(JwtAlgorithm.ES256, P256.getPrivate(), "ec");
        cheap.forEach(
                token -> assertThat(authenticate(authenticator, token).user()).hasToString("user:alice"));
        assertThat(authenticate(authenticator, expensive).user()).hasToString("user:alice");

        Set<AuthFailure> seen = EnumSet.noneOf(AuthFailure.class);
        for (int i = 0; i < MUTATIONS; i++) {
            String original = i % 50 == 0 ? expensive : cheap.get(random.nextInt(cheap.size()));
            String mutated = mutate(original);
            if (!mutated.equals(original)) {
                seen.add(refuse(mutated));
            }
        }
        assertThat(seen)
                .as("seed %d", seed)
                .contains(AuthFailure.TOKEN_MALFORMED, AuthFailure.ALGORITHM_NOT_ALLOWED, AuthFailure.BAD_SIGNATURE);
    }

    /** The same with a good signature over the changed bytes: malformed in every way, but never a crash. */
    @Test
    void shouldSurviveEveryMutationOfSignedBytes() {
        String header = "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"any\"}";
        String claims = "{\"sub\":\"alice\",\"exp\":" + (NOW + 60) + ",\"nbf\":" + (NOW - 60)
                + ",\"aud\":[\"a\",\"b\"],\"router\":{\"publish\":[\"user:*\",\"topic:chat.*\"],\"admin\":false}}";
        int accepted = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            String token = random.nextInt(4) == 0 ? hs256(mutate(header), claims) : hs256(header, mutate(claims));
            if (isAccepted(token)) {
                accepted++;
            }
        }
        assertThat(accepted).as("seed %d", seed).isBetween(1, MUTATIONS / 2);
    }

    private boolean isAccepted(String token) {
        try {
            authenticate(authenticator, token);
            return true;
        } catch (RuntimeException e) {
            refuse(token);
            return false;
        }
    }

    private AuthFailure refuse(String token) {
        try {
            return failureOf(authenticator, token);
        } catch (AssertionError e) {
            return fail("seed " + seed + ", token " + token, e);
        }
    }

    private String mutate(String text) {
        StringBuilder mutated = new StringBuilder(text);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(mutated.length());
            int other = random.nextInt(mutated.length());
            switch (random.nextInt(7)) {
                case 0 -> mutated.setCharAt(at, (char) (mutated.charAt(at) ^ (1 << random.nextInt(8))));
                case 1 -> mutated.setCharAt(at, BASE64URL.charAt(random.nextInt(BASE64URL.length())));
                case 2 -> mutated.insert(at, BASE64URL.charAt(random.nextInt(BASE64URL.length())));
                case 3 -> mutated.insert(at, (char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
                case 4 -> mutated.deleteCharAt(at);
                case 5 -> mutated.insert(at, mutated.substring(Math.min(at, other), Math.max(at, other)));
                default -> mutated.delete(Math.min(at, other), Math.max(at, other));
            }
            if (mutated.isEmpty()) {
                mutated.append('x');
            }
        }
        return mutated.toString();
    }
}
