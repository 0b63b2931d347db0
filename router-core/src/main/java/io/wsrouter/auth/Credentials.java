package io.wsrouter.auth;

/**
 * What a client presents to say who it is. Immutable, any thread; the token never appears in {@link #toString()}.
 *
 * @param token the token as it was carried, without any prefix such as {@code Bearer}; may be anything at all
 */
public record Credentials(String token) {

    @Override
    public String toString() {
        return "Credentials[token hidden]";
    }
}
