package io.wsrouter.cli;

import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Credentials;
import io.wsrouter.auth.Principal;
import io.wsrouter.auth.jwt.JwtAlgorithm;
import io.wsrouter.auth.jwt.JwtAuthenticator;
import io.wsrouter.auth.jwt.JwtRules;
import io.wsrouter.auth.jwt.KeySource;
import io.wsrouter.auth.jwt.TokenContent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says in words what a router with these rules and keys makes of a token: one line for each thing to know, the verdict first.
 * It prints what the token claims, never the token or its signature.
 */
final class TokenCheck {

    private static final int MOST_CHARACTERS = 200;

    private final JwtRules rules;
    private final KeySource keys;
    private final InstantSource clock;

    TokenCheck(JwtRules rules, KeySource keys, InstantSource clock) {
        this.rules = rules;
        this.keys = keys;
        this.clock = clock;
    }

    /** Whether the token is good, and the lines to print. */
    record Result(boolean isGood, List<String> lines) {}

    /** Blocks while newer keys are fetched. */
    Result check(String token) {
        TokenContent content = contentOf(token);
        try {
            Principal principal = new JwtAuthenticator(rules, keys, Runnable::run, clock)
                    .authenticate(new Credentials(token))
                    .toCompletableFuture()
                    .join();
            return new Result(true, good(principal, content));
        } catch (CompletionException e) {
            if (e.getCause() instanceof AuthenticationException refused) {
                return new Result(false, refused(refused.failure(), content));
            }
            throw e;
        }
    }

    private static @Nullable TokenContent contentOf(String token) {
        try {
            return TokenContent.unverified(token);
        } catch (AuthenticationException e) {
            return null;
        }
    }

    private List<String> good(Principal principal, @Nullable TokenContent content) {
        List<String> lines = new ArrayList<>();
        lines.add("good: the router lets this token in");
        lines.add("user: " + principal.user().name());
        lines.add("publish: to itself and its own connections"
                + patterns(", ", principal.grants().publish()));
        lines.add("subscribe:" + (principal.grants().subscribe().isEmpty() ? " nothing" : "")
                + patterns(" ", principal.grants().subscribe()));
        lines.add("admin: " + (principal.isAdmin() ? "yes, all of the internal port" : "no"));
        if (content != null) {
            lines.addAll(facts(content));
        }
        return lines;
    }

    private static String patterns(String separator, List<?> patterns) {
        return patterns.stream().map(pattern -> separator + pattern).collect(Collectors.joining());
    }

    private List<String> refused(AuthFailure failure, @Nullable TokenContent content) {
        List<String> lines = new ArrayList<>();
        lines.add("refused: " + failure.word() + ". " + failure.explanation());
        lines.add("do: " + advice(failure, content));
        if (content != null) {
            lines.addAll(facts(content));
        }
        return lines;
    }

    private List<String> facts(TokenContent content) {
        Map<String, @Nullable Object> claims = content.claims();
        List<String> facts = new ArrayList<>();
        facts.add("alg: " + content.algorithm());
        facts.add("kid: " + (content.keyId() == null ? "none" : shown(content.keyId())));
        facts.add("sub: " + shown(claims.get("sub")));
        facts.add("exp: " + time(claims.get("exp")));
        if (claims.containsKey("nbf")) {
            facts.add("nbf: " + time(claims.get("nbf")));
        }
        if (rules.issuer() != null || claims.containsKey("iss")) {
            facts.add("iss: " + shown(claims.get("iss")) + expected(rules.issuer()));
        }
        if (rules.audience() != null || claims.containsKey("aud")) {
            facts.add("aud: " + shown(claims.get("aud")) + expected(rules.audience()));
        }
        return facts;
    }

    /** What whoever made or sent the token does next. */
    String advice(AuthFailure failure, @Nullable TokenContent content) {
        return switch (failure) {
            case TOKEN_MISSING ->
                "send it as Authorization: Bearer TOKEN, or as the subprotocol bearer.TOKEN next to"
                        + " ws-router.v1.json";
            case TOKEN_MALFORMED ->
                "pass the token alone, without Bearer, quotes or blanks, as the issuer made it: a"
                        + " signed JWT, not an encrypted or an opaque one";
            case TOKEN_TOO_LARGE -> "have the issuer put fewer or shorter claims and grants into it";
            case TOKEN_CONFLICT -> "send one token: header, subprotocol and URL hold different ones";
            case QUERY_TOKEN_DISABLED ->
                "send it as a header or subprotocol; or set auth.allow-query-token, and mind that"
                        + " URLs end up in logs";
            case ALGORITHM_NOT_ALLOWED ->
                "sign with "
                        + (rules.algorithms().isEmpty()
                                ? "an algorithm of the keys there are: " + keys.keys()
                                : "one of auth.algorithms " + rules.algorithms() + " and a key of it: " + keys.keys());
            case UNKNOWN_KEY -> "configure the issuer's key, or have it name one of these as kid: " + keys.keys();
            case BAD_SIGNATURE -> content == null || fits(content) ? ofAnotherKey() : cutOff(content);
            case TOKEN_EXPIRED -> "get a new token; if it is new, compare the clocks: here it is " + now();
            case TOKEN_NOT_YET_VALID -> "wait until nbf, or compare the clocks: here it is " + now();
            case EXPIRY_MISSING -> "have the issuer set exp, in seconds since the epoch";
            case ISSUER_MISMATCH -> "use a token of " + shown(rules.issuer()) + ", or change auth.issuer";
            case AUDIENCE_MISMATCH ->
                "have the issuer name " + shown(rules.audience()) + " in aud, or change auth.audience";
            case SUBJECT_MISSING -> "have the issuer set sub to the id of the user";
            case SUBJECT_INVALID -> "have the issuer set sub to an id of the user that follows these rules";
            case GRANTS_INVALID ->
                (content == null || content.grantsProblem() == null ? "" : printable(content.grantsProblem()) + "; ")
                        + "write it as {\"publish\":[\"user:*\"],\"subscribe\":[\"topic:chat.*\"],\"admin\":false};"
                        + " connection: patterns and other members are refused";
            case IDENTITY_MISMATCH ->
                "leave out X-User-ID, or set it to "
                        + (content == null ? "the sub" : shown(content.claims().get("sub")));
            case AUTHENTICATOR_BUSY -> "try again after the seconds in Retry-After";
            case KEYS_UNAVAILABLE -> "see why auth.jwks-url cannot be fetched now; clients may try again meanwhile";
        };
    }

    private String ofAnotherKey() {
        return "compare the key that signs with the one configured; they differ, or the token was changed on its way."
                + " Keys: " + keys.keys();
    }

    private static String cutOff(TokenContent content) {
        return "pass the whole token as the issuer made it: its signature has " + content.signatureBytes()
                + " bytes, which none of " + content.algorithm() + " has (expected "
                + signatureBytes(content.algorithm()).stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(" or "))
                + (isRsa(content.algorithm()) ? " or more" : "") + ')';
    }

    private static boolean fits(TokenContent content) {
        List<Integer> lengths = signatureBytes(content.algorithm());
        return lengths.contains(content.signatureBytes())
                || (isRsa(content.algorithm()) && content.signatureBytes() > lengths.get(0));
    }

    private static boolean isRsa(JwtAlgorithm algorithm) {
        return algorithm.id().startsWith("RS") || algorithm.id().startsWith("PS");
    }

    /** RFC 7518 section 3 and RFC 8032; those of RSA are as long as the key, which has 2048 bits at least. */
    private static List<Integer> signatureBytes(JwtAlgorithm algorithm) {
        return switch (algorithm) {
            case HS256 -> List.of(32);
            case HS384 -> List.of(48);
            case HS512, ES256 -> List.of(64);
            case ES384 -> List.of(96);
            case ES512 -> List.of(132);
            case EDDSA -> List.of(64, 114);
            case RS256, RS384, RS512, PS256, PS384, PS512 -> List.of(256);
        };
    }

    private Instant now() {
        return Instant.ofEpochSecond(clock.instant().getEpochSecond());
    }

    private String time(@Nullable Object claim) {
        if (!(claim instanceof Long seconds) || seconds < 0 || seconds > 253_402_300_799L) {
            return shown(claim);
        }
        Duration away = Duration.between(now(), Instant.ofEpochSecond(seconds));
        String distance = away.abs().toString().substring(2).toLowerCase(Locale.ROOT);
        return Instant.ofEpochSecond(seconds) + (away.isNegative() ? ", " + distance + " ago" : ", in " + distance);
    }

    private static String expected(@Nullable String value) {
        return value == null ? " (not checked)" : " (expected " + shown(value) + ")";
    }

    /** A claim as it may be printed: on one line, of bounded length, with nothing that a terminal would obey. */
    private static String shown(@Nullable Object claim) {
        if (claim == null) {
            return "none";
        }
        String safe = printable(claim.toString());
        return claim instanceof String ? '"' + safe + '"' : safe;
    }

    private static String printable(String text) {
        String cut = text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) + "..." : text;
        return cut.codePoints()
                .mapToObj(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                        ? String.format("\\u%04x", c)
                        : Character.toString(c))
                .collect(Collectors.joining());
    }
}
