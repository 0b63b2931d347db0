package io.wsrouter.auth;

/**
 * Why a client was not let in. Each failure is a stable short {@link #word()} for the wire, logs and metrics, with one
 * sentence for humans; neither ever holds anything of the token.
 */
public enum AuthFailure {
    /** No token was presented. */
    TOKEN_MISSING("token_missing", "No token was presented."),
    /** The token cannot be read as a signed JWT. */
    TOKEN_MALFORMED(
            "token_malformed",
            "The token is not a plain signed JWT: three base64url parts, strict JSON, times in whole seconds, and no header"
                    + " that compresses, extends, nests or brings its own key."),
    /** The token exceeds the limit on its size. */
    TOKEN_TOO_LARGE("token_too_large", "The token is longer than 8 KiB."),
    /** Two carriers hold different tokens. */
    TOKEN_CONFLICT("token_conflict", "Two different tokens were presented."),
    /** The token came in the query string, which is off. */
    QUERY_TOKEN_DISABLED(
            "query_token_disabled", "The token came in the query string, which auth.allow-query-token does not allow."),
    /** The algorithm is not one that the configuration and the selected key allow. */
    ALGORITHM_NOT_ALLOWED(
            "algorithm_not_allowed",
            "The token's algorithm is not allowed by the configuration, or not by the key it names."),
    /** No key, or more than one, fits the token. */
    UNKNOWN_KEY("unknown_key", "No key fits the token, or several do and its kid does not say which."),
    /** The signature does not verify. */
    BAD_SIGNATURE("bad_signature", "The signature was not made over this token by the selected key."),
    /** The token's {@code exp} has passed. */
    TOKEN_EXPIRED("token_expired", "The token's exp has passed."),
    /** The token's {@code nbf} is still to come. */
    TOKEN_NOT_YET_VALID("token_not_yet_valid", "The token's nbf has not been reached."),
    /** The token has no {@code exp}. */
    EXPIRY_MISSING("expiry_missing", "The token has no exp, which is required."),
    /** The token's {@code iss} is not the configured one. */
    ISSUER_MISMATCH("issuer_mismatch", "The token's iss is not the one that auth.issuer names."),
    /** The token's {@code aud} does not hold the configured one. */
    AUDIENCE_MISMATCH("audience_mismatch", "The token's aud does not hold the one that auth.audience names."),
    /** The token has no {@code sub}. */
    SUBJECT_MISSING("subject_missing", "The token has no sub, which names the user."),
    /** The token's {@code sub} is not a user id. */
    SUBJECT_INVALID(
            "subject_invalid",
            "The token's sub is not a user id: 1 to 128 bytes without control characters, whitespace, quote, backslash, *"
                    + " or >, and no placeholder such as null."),
    /** The token's {@code router} claim is mistyped. */
    GRANTS_INVALID(
            "grants_invalid",
            "The token's router claim is not an object of publish and subscribe (each at most 100 addresses or patterns)"
                    + " and admin (true or false)."),
    /** The request names another user than the token. */
    IDENTITY_MISMATCH(
            "identity_mismatch",
            "The token's sub is another user than the X-User-ID header or the open connection names."),
    /** No capacity to verify the token now; a retry may cure it. */
    AUTHENTICATOR_BUSY("authenticator_busy", "Too many tokens are being verified at the moment; try again later."),
    /** No key fits the token, and the newest keys are not there, nor may be fetched at once; a retry may cure it. */
    KEYS_UNAVAILABLE(
            "keys_unavailable",
            "No key fits the token, and the newest keys cannot be fetched at the moment; try again later.");

    private final String word;
    private final String explanation;

    AuthFailure(String word, String explanation) {
        this.word = word;
        this.explanation = explanation;
    }

    /** The stable short word, for example {@code token_expired}. */
    public String word() {
        return word;
    }

    /** One sentence for humans. */
    public String explanation() {
        return explanation;
    }

    /** Whether the same token may be accepted later (HTTP 503); every other failure is final (HTTP 401). */
    public boolean isRetryable() {
        return this == AUTHENTICATOR_BUSY || this == KEYS_UNAVAILABLE;
    }
}
