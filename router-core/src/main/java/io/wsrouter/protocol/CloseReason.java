package io.wsrouter.protocol;

import java.util.Locale;

/**
 * Why a connection ends: a close code of RFC 6455 section 7.4 (4000 and up are ours) and one stable word, the same in the
 * close frame, the logs and the metrics.
 */
public enum CloseReason {
    /** The client closed; its close frame is answered. */
    CLIENT_CLOSED(1000),
    /** The socket ended without a close frame. None is sent. */
    CONNECTION_LOST(1006),
    /** No frame and no pong came from the client for the allowed number of heartbeats. */
    HEARTBEAT_LOST(1001),
    /** A frame broke RFC 6455. */
    PROTOCOL_ERROR(1002),
    /** A binary frame; this subprotocol is text only. */
    BINARY_FRAME(1003),
    /** A text frame was not UTF-8. */
    INVALID_UTF8(1007),
    /** Ten commands within ten seconds were not valid. */
    TOO_MANY_BAD_REQUESTS(1008),
    /** A message was larger than {@code limits.message-bytes}. */
    MESSAGE_TOO_BIG(1009),
    /** A fault of the router; it closes rather than guess. */
    INTERNAL_ERROR(1011),
    /** The router is shutting down. */
    DRAINING(1012),
    /** The router is at a limit of its own. */
    OVERLOADED(1013),
    /** The token reached its {@code exp}. */
    TOKEN_EXPIRED(4001),
    /** An operator closed the connection. */
    KICKED(4003),
    /** A newer connection of the same user took this one's place. */
    REPLACED(4003),
    /** The client reads too slowly: its queue was full. */
    SLOW_CONSUMER(4008),
    /** The client kept exceeding its message rate. */
    RATE_EXCEEDED(4009);

    private final int code;
    private final String word = name().toLowerCase(Locale.ROOT);

    CloseReason(int code) {
        this.code = code;
    }

    /** The close code. */
    public int code() {
        return code;
    }

    /** The stable word, for example {@code slow_consumer}. */
    public String word() {
        return word;
    }
}
