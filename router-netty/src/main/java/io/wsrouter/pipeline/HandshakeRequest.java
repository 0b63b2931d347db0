package io.wsrouter.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.auth.AuthenticationException;
import io.wsrouter.auth.Credentials;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a request on the public port asks for. Reads the head alone and decides nothing about identity. */
final class HandshakeRequest {

    /** The one subprotocol of the router. */
    static final String SUBPROTOCOL = "ws-router.v1.json";

    private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String BEARER = "bearer ";
    private static final String BEARER_SUBPROTOCOL = "bearer.";
    private static final String JWT_SUBPROTOCOL = "jwt.";
    private static final String QUERY_TOKEN = "access_token";
    private static final int KEY_BYTES = 16;

    private final HttpRequest request;

    HandshakeRequest(HttpRequest request) {
        this.request = request;
    }

    /** Whether a body shall follow the head, if the head is well-formed. */
    static boolean announcesABody(HttpRequest request) {
        return request.decoderResult().isSuccess()
                && (HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0);
    }

    /** The path, without the query. */
    String path() {
        int query = request.uri().indexOf('?');
        return query < 0 ? request.uri() : request.uri().substring(0, query);
    }

    /** Whether it asks for a WebSocket of the version that we speak (RFC 6455 section 4.2.1). */
    boolean isUpgrade() {
        HttpHeaders headers = request.headers();
        return headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && "13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION));
    }

    /**
     * The token, from exactly one place or the same from several.
     *
     * @throws AuthenticationException when there is none, there are two, or one is where none may be
     */
    Credentials credentials(boolean isQueryTokenAllowed) {
        Set<String> tokens = new LinkedHashSet<>();
        for (String authorization : request.headers().getAll(HttpHeaderNames.AUTHORIZATION)) {
            if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                tokens.add(authorization.substring(BEARER.length()).trim());
            }
        }
        for (String element : offeredSubprotocols()) {
            if (element.startsWith(BEARER_SUBPROTOCOL)) {
                tokens.add(element.substring(BEARER_SUBPROTOCOL.length()));
            } else if (element.startsWith(JWT_SUBPROTOCOL)) {
                tokens.add(decoded(element.substring(JWT_SUBPROTOCOL.length())));
            }
        }
        List<String> queryTokens = queryTokens();
        if (!queryTokens.isEmpty() && !isQueryTokenAllowed) {
            throw new AuthenticationException(AuthFailure.QUERY_TOKEN_DISABLED);
        }
        tokens.addAll(queryTokens);
        if (tokens.isEmpty()) {
            throw new AuthenticationException(AuthFailure.TOKEN_MISSING);
        }
        if (tokens.size() > 1) {
            throw new AuthenticationException(AuthFailure.TOKEN_CONFLICT);
        }
        return new Credentials(tokens.iterator().next());
    }

    /** Whether it names a user other than {@code userId} in {@code X-User-ID}. */
    boolean claimsAnotherUserThan(String userId) {
        return request.headers().getAll("X-User-ID").stream().anyMatch(claimed -> !claimed.equals(userId));
    }

    /** Whether its subprotocols, if it offers any, include ours. */
    boolean offersOurSubprotocolOrNone() {
        List<String> offered = offeredSubprotocols();
        return offered.isEmpty() || offered.contains(SUBPROTOCOL);
    }

    /**
     * Whether a browser's page of its origin may connect; requests without an origin are not a browser's.
     *
     * @param allowedOrigins origins, {@code *}, or nothing for the same origin
     * @param isTls whether the router itself speaks TLS, so that the same origin cannot be {@code http}
     */
    boolean isOriginAllowed(List<String> allowedOrigins, boolean isTls) {
        List<String> origins = request.headers().getAll(HttpHeaderNames.ORIGIN);
        if (origins.isEmpty() || allowedOrigins.contains("*")) {
            return true;
        }
        String origin = origins.get(0);
        return origins.size() == 1
                && (allowedOrigins.isEmpty()
                        ? isSameOrigin(origin, isTls)
                        : allowedOrigins.contains(origin.toLowerCase(Locale.ROOT)));
    }

    /** The origin that it names, or null. */
    @Nullable
    String origin() {
        return request.headers().get(HttpHeaderNames.ORIGIN);
    }

    /** The value that answers its {@code Sec-WebSocket-Key} (RFC 6455 section 4.2.2), or null when the key is malformed. */
    @Nullable
    String acceptKey() {
        String key = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        if (key == null || !isKey(key)) {
            return null;
        }
        return Base64.getEncoder().encodeToString(sha1().digest((key + ACCEPT_GUID).getBytes(US_ASCII)));
    }

    /** Whether the answer has to name our subprotocol. */
    boolean offersOurSubprotocol() {
        return offeredSubprotocols().contains(SUBPROTOCOL);
    }

    private List<String> offeredSubprotocols() {
        return request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
                .flatMap(header -> List.of(header.split(",", -1)).stream())
                .map(String::trim)
                .filter(element -> !element.isEmpty())
                .toList();
    }

    private List<String> queryTokens() {
        if (!request.uri().contains(QUERY_TOKEN)) {
            return List.of();
        }
        try {
            return new QueryStringDecoder(request.uri()).parameters().getOrDefault(QUERY_TOKEN, List.of());
        } catch (IllegalArgumentException e) {
            throw new AuthenticationException(AuthFailure.TOKEN_MALFORMED);
        }
    }

    /** Where TLS ends at a proxy, the router cannot tell which scheme its clients use. */
    private boolean isSameOrigin(String origin, boolean isTls) {
        String host = request.headers().get(HttpHeaderNames.HOST);
        return host != null
                && (origin.equalsIgnoreCase("https://" + withoutPort(host, ":443"))
                        || (!isTls && origin.equalsIgnoreCase("http://" + withoutPort(host, ":80"))));
    }

    /** The host as it stands in an origin, which leaves out its scheme's own port (RFC 6454 section 6.2). */
    private static String withoutPort(String host, String ownPort) {
        return host.endsWith(ownPort) ? host.substring(0, host.length() - ownPort.length()) : host;
    }

    private static String decoded(String base64Url) {
        try {
            return new String(Base64.getUrlDecoder().decode(base64Url), UTF_8);
        } catch (IllegalArgumentException e) {
            throw new AuthenticationException(AuthFailure.TOKEN_MALFORMED);
        }
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
