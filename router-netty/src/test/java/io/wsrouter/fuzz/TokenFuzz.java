package io.wsrouter.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Principal;
import io.wsrouter.auth.jwt.JwtAuthenticator;
import io.wsrouter.auth.jwt.JwtRules;
import io.wsrouter.auth.jwt.KeyRing;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CompletionException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens: as they come, and as a header and claims (the first byte says where the one ends) with a good signature. Whoever
 * gets in is who Jackson reads in {@code sub}, and every refusal is an {@link AuthenticationException}.
 */
public final class TokenFuzz {

    private static final byte[] SECRET = "a secret of the fuzzer, more than 32 bytes".getBytes(UTF_8);
    private static final byte[] HEADER = "{\"alg\":\"HS256\"}".getBytes(UTF_8);
    private static final JwtAuthenticator AUTHENTICATOR = new JwtAuthenticator(
            JwtRules.NONE,
            () -> KeyRing.ofHmacSecret(SECRET),
            Runnable::run,
            InstantSource.fixed(Instant.ofEpochSecond(1_757_375_098)));
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private TokenFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
        if (userOf(new String(bytes, ISO_8859_1)) != null) {
            throw new AssertionError("a token that nobody signed was let in");
        }
        expectTheSubject(HEADER, bytes);
        if (bytes.length > 0) {
            int split = 1 + Math.min(bytes[0] & 0xFF, bytes.length - 1);
            expectTheSubject(Arrays.copyOfRange(bytes, 1, split), Arrays.copyOfRange(bytes, split, bytes.length));
        }
    }

    private static void expectTheSubject(byte[] header, byte[] claims) throws GeneralSecurityException, IOException {
        String user = userOf(signed(header, claims));
        if (user == null) {
            return;
        }
        JsonNode algorithm = JSON.readTree(header).path("alg");
        JsonNode tree = JSON.readTree(claims);
        boolean isRightlyIn = algorithm.asText().equals("HS256")
                && tree.path("sub").isTextual()
                && tree.path("sub").textValue().equals(user)
                && tree.path("exp").isIntegralNumber()
                && tree.path("exp").asLong() > 1_757_375_098 - 31;
        if (!isRightlyIn) {
            throw new AssertionError("let in as " + user + ": " + tree);
        }
    }

    /** Who is let in, or null. */
    private static String userOf(String token) {
        try {
            Principal principal = AUTHENTICATOR
                    .authenticate(new Credentials(token))
                    .toCompletableFuture()
                    .join();
            return principal.user().name();
        } catch (CompletionException e) {
            if (e.getCause() instanceof AuthenticationException) {
                return null;
            }
            throw e;
        }
    }

    private static String signed(byte[] header, byte[] claims) throws GeneralSecurityException {
        Base64.Encoder base64Url = Base64.getUrlEncoder().withoutPadding();
        String signed = base64Url.encodeToString(header) + '.' + base64Url.encodeToString(claims);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
        return signed + '.' + base64Url.encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
    }
}
