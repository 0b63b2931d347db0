package io.wsrouter.security;

import static io.wsrouter.security.SignedTokens.CLAIMS;
import static io.wsrouter.security.SignedTokens.EXP;
import static io.wsrouter.security.SignedTokens.HS256;
import static io.wsrouter.security.SignedTokens.base64Url;
import static io.wsrouter.security.SignedTokens.claims;
import static io.wsrouter.security.SignedTokens.header;
import static io.wsrouter.security.SignedTokens.hs256;
import static io.wsrouter.security.SignedTokens.rs256;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.server.TestServer;
import java.time.Instant;
import java.util.List;

/** Tokens that let nobody in. */
final class BadTokens {

    private static final String MALFORMED = "401 token_malformed";
    private static final String SUBJECT = "401 subject_invalid";
    private static final String GRANTS = "401 grants_invalid";
    private static final String ALGORITHM = "401 algorithm_not_allowed";
    private static final String SIGNATURE = "401 bad_signature";

    private static final String GOOD = claims(CLAIMS);
    private static final String SIGNED_PART = GOOD.substring(0, GOOD.lastIndexOf('.'));
    private static final String SIGNATURE_PART = GOOD.substring(GOOD.lastIndexOf('.') + 1);
    private static final String TRUSTED =
            "{\"sub\":\"mallory\"," + EXP + ",\"iss\":\"https://issuer.example\",\"aud\":\"ws-router\"}";

    private BadTokens() {}

    static List<BadInput> all() {
        return List.of(
                // the shape
                token("no token at all", "", "401 token_missing"),
                token("a word", "letmein", MALFORMED),
                token("three words", "not.a.jwt", MALFORMED),
                token("only dots", "..", MALFORMED),
                token("two parts", SIGNED_PART, MALFORMED),
                token("a fourth part", GOOD + ".AAAA", MALFORMED),
                token("a JWE, five parts", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA", MALFORMED),
                token(
                        "JSON serialization instead of compact",
                        "{\"payload\":\"" + base64Url(CLAIMS) + "\"}",
                        MALFORMED),
                token("8 KiB and one character", "x".repeat(8193), "401 token_too_large"),
                token("a good token with a blank inside", GOOD.replace(".", ". "), MALFORMED),
                token("a good token in quotes", '"' + GOOD + '"', MALFORMED),
                token("two good tokens, comma between", GOOD + "," + GOOD, MALFORMED),
                token("standard base64 instead of base64url", GOOD.replace('.', '+'), MALFORMED),
                token("padding", SIGNED_PART + "." + SIGNATURE_PART + "=", MALFORMED),
                token("percent-encoded dots", GOOD.replace(".", "%2E"), MALFORMED),
                token("a letter of another script that looks the same", GOOD.replaceFirst("e", "\u0435"), MALFORMED),
                token(
                        "unused bits of the last character set",
                        SIGNED_PART + "." + nextInAlphabet(SIGNATURE_PART),
                        MALFORMED),
                token("a header that is no JSON", base64Url("alg=HS256") + ".e30.AAAA", MALFORMED),
                token("a header that is an array", hs256("[\"HS256\"]", CLAIMS), MALFORMED),
                token("a header cut short", hs256("{\"alg\":\"HS256\"", CLAIMS), MALFORMED),
                token("claims that are an array", claims("[]"), MALFORMED),
                token("claims that are no JSON", claims("sub=alice"), MALFORMED),
                token("claims with bytes behind the object", claims(CLAIMS + "{}"), MALFORMED),
                token("claims behind a byte order mark", claims("\uFEFF" + CLAIMS), MALFORMED),
                token("claims with a comment", claims("/* */" + CLAIMS), MALFORMED),
                token("claims with single quotes", claims("{'sub':'mallory'," + EXP + "}"), MALFORMED),
                token(
                        "claims nested 33 deep",
                        claims("{\"sub\":\"mallory\"," + EXP + ",\"x\":" + "[".repeat(33) + "]".repeat(33) + "}"),
                        MALFORMED),
                token("claims that are not UTF-8", claims(new byte[] {'{', (byte) 0xC0, '}'}), MALFORMED),
                // the algorithm
                token(
                        "alg none, no signature",
                        base64Url("{\"alg\":\"none\"}") + '.' + base64Url(CLAIMS) + '.',
                        MALFORMED),
                token("alg none, a signature", header("{\"alg\":\"none\"}"), ALGORITHM),
                token("alg None", header("{\"alg\":\"None\"}"), ALGORITHM),
                token("alg NONE", header("{\"alg\":\"NONE\"}"), ALGORITHM),
                token("alg nOnE", header("{\"alg\":\"nOnE\"}"), ALGORITHM),
                token("alg none with a blank", header("{\"alg\":\"none \"}"), ALGORITHM),
                token("alg none in escapes", header("{\"alg\":\"\\u006eone\"}"), ALGORITHM),
                token("alg hs256 in lower case", header("{\"alg\":\"hs256\"}"), ALGORITHM),
                token("alg empty", header("{\"alg\":\"\"}"), ALGORITHM),
                token("alg missing", header("{\"typ\":\"JWT\"}"), MALFORMED),
                token("alg null", header("{\"alg\":null}"), MALFORMED),
                token("alg a number", header("{\"alg\":256}"), MALFORMED),
                token("alg an array", header("{\"alg\":[\"HS256\"]}"), MALFORMED),
                token("alg given twice, HS256 first", header("{\"alg\":\"HS256\",\"alg\":\"none\"}"), MALFORMED),
                token("alg given twice, HS256 last", header("{\"alg\":\"none\",\"alg\":\"HS256\"}"), MALFORMED),
                token(
                        "alg given twice, once in escapes",
                        header("{\"alg\":\"HS256\",\"\\u0061lg\":\"none\"}"),
                        MALFORMED),
                token("alg RS256 where only a secret is configured", header("{\"alg\":\"RS256\"}"), ALGORITHM),
                token("alg dir, as of a JWE", header("{\"alg\":\"dir\",\"enc\":\"A256GCM\"}"), MALFORMED),
                token("alg HS512 with a secret that is too short for it", hs512(), "401 algorithm_not_allowed"),
                trusting(
                        "HS256 keyed with the public key's PEM",
                        hs256(HS256, TRUSTED, SignedTokens.publicKeyPem().getBytes(UTF_8)),
                        ALGORITHM),
                trusting(
                        "HS256 keyed with the public key's DER",
                        hs256(HS256, TRUSTED, SignedTokens.publicKeyDer()),
                        ALGORITHM),
                trusting("alg none where a public key is configured", hs256("{\"alg\":\"none\"}", TRUSTED), ALGORITHM),
                trusting(
                        "RS256 under another key",
                        SignedTokens.rsa("SHA256withRSA", "{\"alg\":\"RS256\"}", TRUSTED, SignedTokens.anotherRsaKey()),
                        SIGNATURE),
                trusting("an RS256 signature under alg RS512", rs256("{\"alg\":\"RS512\"}", TRUSTED), SIGNATURE),
                trusting("an RS256 signature under alg PS256", rs256("{\"alg\":\"PS256\"}", TRUSTED), SIGNATURE),
                trusting("an RS256 signature under alg ES256", rs256("{\"alg\":\"ES256\"}", TRUSTED), ALGORITHM),
                trusting("an RS256 signature under alg EdDSA", rs256("{\"alg\":\"EdDSA\"}", TRUSTED), ALGORITHM),
                // headers that say where a key is or how to read
                token(
                        "jwk, a key of its own",
                        header("{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}"),
                        MALFORMED),
                token("jku, a URL of keys", header("{\"alg\":\"HS256\",\"jku\":\"https://evil.example/\"}"), MALFORMED),
                token(
                        "x5u, a URL of certificates",
                        header("{\"alg\":\"HS256\",\"x5u\":\"https://evil.example/\"}"),
                        MALFORMED),
                token("x5c, a certificate of its own", header("{\"alg\":\"HS256\",\"x5c\":[\"AAAA\"]}"), MALFORMED),
                token("crit", header("{\"alg\":\"HS256\",\"crit\":[\"exp\"]}"), MALFORMED),
                token("crit, empty", header("{\"alg\":\"HS256\",\"crit\":[]}"), MALFORMED),
                token("b64 false", header("{\"alg\":\"HS256\",\"b64\":false}"), MALFORMED),
                token("zip", header("{\"alg\":\"HS256\",\"zip\":\"DEF\"}"), MALFORMED),
                token("cty JWT, a nested token", hs256("{\"alg\":\"HS256\",\"cty\":\"JWT\"}", GOOD), MALFORMED),
                token("a nested token without cty", hs256(HS256, GOOD), MALFORMED),
                token("kid a number", header("{\"alg\":\"HS256\",\"kid\":1}"), MALFORMED),
                token("kid empty", header("{\"alg\":\"HS256\",\"kid\":\"\"}"), MALFORMED),
                token("kid null", header("{\"alg\":\"HS256\",\"kid\":null}"), MALFORMED),
                token("kid an object", header("{\"alg\":\"HS256\",\"kid\":{\"$ne\":null}}"), MALFORMED),
                trusting("kid unknown", rs256("{\"alg\":\"RS256\",\"kid\":\"other\"}", TRUSTED), "401 unknown_key"),
                trusting(
                        "kid a path",
                        rs256("{\"alg\":\"RS256\",\"kid\":\"../../../../dev/null\"}", TRUSTED),
                        "401 unknown_key"),
                trusting(
                        "kid of SQL",
                        rs256("{\"alg\":\"RS256\",\"kid\":\"x' UNION SELECT 'k\"}", TRUSTED),
                        "401 unknown_key"),
                // the signature
                token("a signature of zeros", SIGNED_PART + "." + "A".repeat(43), SIGNATURE),
                token("half a signature", SIGNED_PART + "." + SIGNATURE_PART.substring(0, 20), SIGNATURE),
                token("no signature", SIGNED_PART + ".", MALFORMED),
                token(
                        "the signature of other claims",
                        claims("{\"sub\":\"alice\"," + EXP + "}").replaceFirst("[^.]+$", SIGNATURE_PART),
                        SIGNATURE),
                token("under another secret", hs256(HS256, CLAIMS, new byte[32]), SIGNATURE),
                token("under the empty secret's block of zeros", hs256(HS256, CLAIMS, new byte[64]), SIGNATURE),
                token(
                        "the secret with a line feed",
                        hs256(HS256, CLAIMS, (TestServer.SECRET + "\n").getBytes(UTF_8)),
                        SIGNATURE),
                // time
                token("exp missing", claims("{\"sub\":\"mallory\"}"), "401 expiry_missing"),
                token("exp null", exp("null"), "401 expiry_missing"),
                token("exp in the past", exp("1"), "401 token_expired"),
                token("exp 31 s ago", exp(String.valueOf(Instant.now().getEpochSecond() - 31)), "401 token_expired"),
                token("exp zero", exp("0"), "401 token_expired"),
                token("exp negative", exp("-1"), MALFORMED),
                token("exp a string", exp("\"4102444800\""), MALFORMED),
                token("exp a date", exp("\"2100-01-01T00:00:00Z\""), MALFORMED),
                token("exp with a fraction", exp("4102444800.5"), MALFORMED),
                token("exp with an exponent", exp("4e9"), MALFORMED),
                token("exp in milliseconds", exp("4102444800000"), MALFORMED),
                token("exp 2^63", exp("9223372036854775808"), MALFORMED),
                token("exp 10^400", exp("1" + "0".repeat(400)), MALFORMED),
                token("exp true", exp("true"), MALFORMED),
                token("exp an array", exp("[4102444800]"), MALFORMED),
                token("exp NaN", exp("NaN"), MALFORMED),
                token("exp given twice", claims("{\"sub\":\"mallory\",\"exp\":1," + EXP + "}"), MALFORMED),
                token("nbf in the future", with("\"nbf\":4102444700"), "401 token_not_yet_valid"),
                token("nbf a string", with("\"nbf\":\"0\""), MALFORMED),
                token("nbf null", with("\"nbf\":null"), MALFORMED),
                token("nbf negative", with("\"nbf\":-1"), MALFORMED),
                // who
                token("sub missing", claims("{" + EXP + "}"), "401 subject_missing"),
                token("sub null", sub("null"), "401 subject_missing"),
                token("sub empty", sub("\"\""), SUBJECT),
                token("sub a number", sub("42"), SUBJECT),
                token("sub true", sub("true"), SUBJECT),
                token("sub an array", sub("[\"alice\"]"), SUBJECT),
                token("sub an object", sub("{\"id\":\"alice\"}"), SUBJECT),
                token("sub of *", sub("\"*\""), SUBJECT),
                token("sub of >", sub("\">\""), SUBJECT),
                token("sub that ends in *", sub("\"al*\""), SUBJECT),
                token("sub of null, the word", sub("\"null\""), SUBJECT),
                token("sub of None", sub("\"None\""), SUBJECT),
                token("sub of undefined", sub("\"undefined\""), SUBJECT),
                token("sub with a blank behind", sub("\"alice \""), SUBJECT),
                token("sub with a blank before", sub("\" alice\""), SUBJECT),
                token("sub with a tab", sub("\"alice\\t\""), SUBJECT),
                token("sub with a line feed", sub("\"alice\\nlevel=info\""), SUBJECT),
                token("sub with NUL", sub("\"alice\\u0000\""), SUBJECT),
                token("sub with DEL", sub("\"alice\\u007f\""), SUBJECT),
                token("sub with a C1 control", sub("\"alice\\u0085\""), SUBJECT),
                token("sub with a no-break space", sub("\"alice\\u00a0\""), SUBJECT),
                token("sub with an ideographic space", sub("\"alice\\u3000\""), SUBJECT),
                token("sub with a line separator", sub("\"alice\\u2028\""), SUBJECT),
                token("sub with a quote", sub("\"ali\\\"ce\""), SUBJECT),
                token("sub with a backslash", sub("\"ali\\\\ce\""), SUBJECT),
                token("sub with half a surrogate pair", sub("\"alice\\ud800\""), MALFORMED),
                token("sub with a raw line feed", sub("\"ali\nce\""), MALFORMED),
                token("sub of 129 bytes", sub('"' + "x".repeat(129) + '"'), SUBJECT),
                token("sub of 65 letters of two bytes", sub('"' + "\u00e9".repeat(65) + '"'), SUBJECT),
                token("sub given twice", claims("{\"sub\":\"mallory\",\"sub\":\"alice\"," + EXP + "}"), MALFORMED),
                token(
                        "sub given twice, once in escapes",
                        claims("{\"sub\":\"mallory\",\"s\\u0075b\":\"alice\"," + EXP + "}"),
                        MALFORMED),
                // for whom
                trusting("iss missing", rs256("{\"alg\":\"RS256\"}", CLAIMS), "401 issuer_mismatch"),
                trusting("iss of another", issued("\"https://evil.example\"", "\"ws-router\""), "401 issuer_mismatch"),
                trusting(
                        "iss with a slash more",
                        issued("\"https://issuer.example/\"", "\"ws-router\""),
                        "401 issuer_mismatch"),
                trusting(
                        "iss in an array",
                        issued("[\"https://issuer.example\"]", "\"ws-router\""),
                        "401 issuer_mismatch"),
                trusting("iss null", issued("null", "\"ws-router\""), "401 issuer_mismatch"),
                trusting(
                        "aud of another", issued("\"https://issuer.example\"", "\"billing\""), "401 audience_mismatch"),
                trusting("aud an empty array", issued("\"https://issuer.example\"", "[]"), "401 audience_mismatch"),
                trusting(
                        "aud an array with a number in it",
                        issued("\"https://issuer.example\"", "[\"ws-router\",1]"),
                        "401 audience_mismatch"),
                trusting(
                        "aud a nested array",
                        issued("\"https://issuer.example\"", "[[\"ws-router\"]]"),
                        "401 audience_mismatch"),
                trusting(
                        "aud in upper case",
                        issued("\"https://issuer.example\"", "\"WS-ROUTER\""),
                        "401 audience_mismatch"),
                // the router claim
                token("router null", router("null"), GRANTS),
                token("router true", router("true"), GRANTS),
                token("router an array", router("[\"*\"]"), GRANTS),
                token("router with an unknown member", router("{\"publsh\":[\"*\"]}"), GRANTS),
                token("router with a member in upper case", router("{\"Admin\":true}"), GRANTS),
                token("router.publish a string", router("{\"publish\":\"*\"}"), GRANTS),
                token("router.publish null", router("{\"publish\":null}"), GRANTS),
                token("router.publish with a number", router("{\"publish\":[1]}"), GRANTS),
                token("router.publish with null", router("{\"publish\":[null]}"), GRANTS),
                token("router.publish of a connection", router("{\"publish\":[\"connection:*\"]}"), GRANTS),
                token("router.publish with the star in the middle", router("{\"publish\":[\"user:*x\"]}"), GRANTS),
                token("router.publish with two stars", router("{\"publish\":[\"user:**\"]}"), GRANTS),
                token("router.publish with a star before the kind", router("{\"publish\":[\"*:alice\"]}"), GRANTS),
                token("router.publish without a kind", router("{\"publish\":[\"alice\"]}"), GRANTS),
                token("router.publish of an empty name", router("{\"publish\":[\"user:\"]}"), GRANTS),
                token("router.publish of NATS's wildcard", router("{\"publish\":[\"topic:>\"]}"), GRANTS),
                token("router.publish with a blank", router("{\"publish\":[\"user:alice \"]}"), GRANTS),
                token(
                        "router.publish of 101 grants",
                        router("{\"publish\":[" + "\"user:a\",".repeat(100) + "\"user:a\"]}"),
                        GRANTS),
                token("router.subscribe an object", router("{\"subscribe\":{\"topic:a\":true}}"), GRANTS),
                token("router.admin a string", router("{\"admin\":\"true\"}"), GRANTS),
                token("router.admin 1", router("{\"admin\":1}"), GRANTS),
                token("router given twice", with("\"router\":{},\"router\":{\"admin\":true}"), MALFORMED),
                token("router.admin given twice", router("{\"admin\":false,\"admin\":true}"), MALFORMED));
    }

    private static BadInput token(String what, String token, String answer) {
        return new BadInput(BadInput.Section.TOKENS, what, answer, arena -> Arena.answerToToken(arena.server(), token));
    }

    /** A token for the router that trusts one RSA key, issuer and audience. */
    private static BadInput trusting(String what, String token, String answer) {
        return new BadInput(
                BadInput.Section.TOKENS,
                what + " (RSA key, issuer and audience configured)",
                answer,
                arena -> Arena.answerToToken(arena.withPublicKey(), token));
    }

    private static String exp(String value) {
        return claims("{\"sub\":\"mallory\",\"exp\":" + value + "}");
    }

    private static String sub(String value) {
        return claims("{\"sub\":" + value + "," + EXP + "}");
    }

    private static String router(String value) {
        return with("\"router\":" + value);
    }

    private static String with(String members) {
        return claims("{\"sub\":\"mallory\"," + EXP + "," + members + "}");
    }

    private static String issued(String issuer, String audience) {
        return rs256(
                "{\"alg\":\"RS256\"}",
                "{\"sub\":\"mallory\"," + EXP + ",\"iss\":" + issuer + ",\"aud\":" + audience + "}");
    }

    private static String hs512() {
        return SignedTokens.hmac("HmacSHA512", "{\"alg\":\"HS512\"}", CLAIMS, TestServer.SECRET.getBytes(UTF_8));
    }

    /** The signature with its last character's unused bits changed: the same bytes to a lenient reader. */
    private static String nextInAlphabet(String signature) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        char last = signature.charAt(signature.length() - 1);
        return signature.substring(0, signature.length() - 1) + alphabet.charAt(alphabet.indexOf(last) + 1);
    }
}
