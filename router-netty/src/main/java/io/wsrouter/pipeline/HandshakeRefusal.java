package io.wsrouter.pipeline;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.wsrouter.auth.AuthFailure;
import io.wsrouter.metrics.Metric;
import java.util.Map;

/**
 * Why a request on the public port is not answered with 101.
 *
 * @param metric where it is counted
 * @param status the HTTP status
 * @param word a short stable word, the same in body, log and metric
 * @param explanation one sentence for the client's developer; it tells nothing of keys or of other users
 * @param headers further headers of the response
 */
record HandshakeRefusal(
        Metric metric, HttpResponseStatus status, String word, String explanation, Map<String, String> headers) {

    private static final Map<String, String> RETRY_SOON = Map.of("Retry-After", "1");
    private static final Map<String, String> RETRY_LATER = Map.of("Retry-After", "5");

    static final HandshakeRefusal NOT_FOUND = of(
            Metric.HANDSHAKES_MALFORMED,
            HttpResponseStatus.NOT_FOUND,
            "path_unknown",
            "There is nothing at this path.");
    static final HandshakeRefusal FOREIGN_HOST = of(
            Metric.HANDSHAKES_MALFORMED,
            HttpResponseStatus.MISDIRECTED_REQUEST,
            "host_forbidden",
            "The demo answers to loopback hosts only.");
    static final HandshakeRefusal METHOD = new HandshakeRefusal(
            Metric.HANDSHAKES_MALFORMED,
            HttpResponseStatus.METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "A handshake is a GET request.",
            Map.of("Allow", "GET"));
    static final HandshakeRefusal EARLY_BYTES = of(
            Metric.HANDSHAKES_MALFORMED,
            HttpResponseStatus.BAD_REQUEST,
            "bytes_before_101",
            "Bytes followed the request before it was answered.");
    static final HandshakeRefusal HEAD_MALFORMED = of(
            Metric.HANDSHAKES_MALFORMED,
            HttpResponseStatus.BAD_REQUEST,
            "head_malformed",
            "The request is not valid HTTP/1.1.");
    static final HandshakeRefusal HEAD_TOO_LARGE = of(
            Metric.HANDSHAKES_MALFORMED,
            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            "head_too_large",
            "The head of the request is larger than 16 KiB.");
    static final HandshakeRefusal KEY_MALFORMED = of(
            Metric.HANDSHAKES_MALFORMED,
            HttpResponseStatus.BAD_REQUEST,
            "websocket_key_malformed",
            "Sec-WebSocket-Key has to be 16 bytes in base64.");
    static final HandshakeRefusal SUBPROTOCOL = of(
            Metric.HANDSHAKES_MALFORMED,
            HttpResponseStatus.BAD_REQUEST,
            "subprotocol_unsupported",
            "Offer the subprotocol ws-router.v1.json, alone or next to the one that carries the token.");
    static final HandshakeRefusal ORIGIN = of(
            Metric.HANDSHAKES_FOREIGN_ORIGIN,
            HttpResponseStatus.FORBIDDEN,
            "origin_forbidden",
            "Pages of this origin may not connect.");
    static final HandshakeRefusal NOT_AN_UPGRADE = new HandshakeRefusal(
            Metric.HANDSHAKES_PROBED,
            HttpResponseStatus.UPGRADE_REQUIRED,
            "upgrade_required",
            "The token is good; connect with a WebSocket of version 13.",
            Map.of("Upgrade", "websocket", "Sec-WebSocket-Version", "13"));
    static final HandshakeRefusal USER_FULL = new HandshakeRefusal(
            Metric.HANDSHAKES_USER_FULL,
            HttpResponseStatus.TOO_MANY_REQUESTS,
            "too_many_connections_of_user",
            "The user has as many connections as allowed.",
            RETRY_SOON);
    static final HandshakeRefusal IP_FULL = new HandshakeRefusal(
            Metric.HANDSHAKES_IP_FULL,
            HttpResponseStatus.TOO_MANY_REQUESTS,
            "too_many_connections_of_ip",
            "This IP address has as many connections as allowed.",
            RETRY_SOON);
    static final HandshakeRefusal NODE_FULL = new HandshakeRefusal(
            Metric.HANDSHAKES_NODE_FULL,
            HttpResponseStatus.SERVICE_UNAVAILABLE,
            "too_many_connections",
            "The node has as many connections as allowed.",
            RETRY_SOON);
    static final HandshakeRefusal HANDSHAKE_RATE = new HandshakeRefusal(
            Metric.HANDSHAKES_RATE_LIMITED,
            HttpResponseStatus.SERVICE_UNAVAILABLE,
            "too_many_handshakes",
            "The node has accepted as many handshakes in this second as allowed.",
            RETRY_SOON);
    static final HandshakeRefusal DEGRADED = new HandshakeRefusal(
            Metric.HANDSHAKES_SHED,
            HttpResponseStatus.SERVICE_UNAVAILABLE,
            "node_degraded",
            "The node is hard pressed and serves those who are connected.",
            RETRY_LATER);
    static final HandshakeRefusal DRAINING = new HandshakeRefusal(
            Metric.HANDSHAKES_DRAINED,
            HttpResponseStatus.SERVICE_UNAVAILABLE,
            "draining",
            "The node is shutting down.",
            RETRY_SOON);
    static final HandshakeRefusal INTERNAL = of(
            Metric.HANDSHAKES_FAULTED,
            HttpResponseStatus.INTERNAL_SERVER_ERROR,
            "internal_error",
            "The router met a fault of its own.");

    static final HandshakeRefusal IP_RATE = new HandshakeRefusal(
            Metric.HANDSHAKES_IP_RATE_LIMITED,
            HttpResponseStatus.TOO_MANY_REQUESTS,
            "too_many_failures_of_ip",
            "This IP address has failed as many handshakes in this second as allowed.",
            RETRY_SOON);
    static final HandshakeRefusal PENDING_FULL = new HandshakeRefusal(
            Metric.HANDSHAKES_PENDING_FULL,
            HttpResponseStatus.SERVICE_UNAVAILABLE,
            "too_many_pending_handshakes",
            "As many handshakes are pending as allowed.",
            RETRY_SOON);

    /** Whether an end of a handshake counts against the IP address that it came from. */
    static boolean isFailure(Metric metric) {
        return switch (metric) {
            case HANDSHAKES_MALFORMED,
                    HANDSHAKES_UNAUTHENTICATED,
                    HANDSHAKES_KEYS_UNAVAILABLE,
                    HANDSHAKES_FOREIGN_ORIGIN,
                    HANDSHAKES_TLS_FAILED,
                    HANDSHAKES_TIMED_OUT,
                    HANDSHAKES_ABANDONED,
                    HANDSHAKES_DISPLACED -> true;
            default -> false;
        };
    }

    /** The refusal of a token. */
    static HandshakeRefusal of(AuthFailure failure) {
        return failure.isRetryable()
                ? new HandshakeRefusal(
                        failure == AuthFailure.KEYS_UNAVAILABLE
                                ? Metric.HANDSHAKES_KEYS_UNAVAILABLE
                                : Metric.HANDSHAKES_BUSY,
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        failure.word(),
                        failure.explanation(),
                        RETRY_SOON)
                : new HandshakeRefusal(
                        Metric.HANDSHAKES_UNAUTHENTICATED,
                        HttpResponseStatus.UNAUTHORIZED,
                        failure.word(),
                        failure.explanation(),
                        Map.of("WWW-Authenticate", "Bearer error=\"" + failure.word() + '"'));
    }

    private static HandshakeRefusal of(Metric metric, HttpResponseStatus status, String word, String explanation) {
        return new HandshakeRefusal(metric, status, word, explanation, Map.of());
    }
}
