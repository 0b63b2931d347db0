package io.wsrouter.protocol;

import java.util.Locale;

/** What became of a publish, as a whole or at one receiver. A closed set; {@code docs/protocol.md} lists them. */
public enum Outcome {
    /** The kernel socket of every receiver took every byte. */
    DELIVERED(false),
    /** Some receivers got it and some did not; {@code refused} and {@code unknown} say which. */
    PARTIAL(false),
    /** It still waits to be written to at least one receiver, and none refused it. */
    QUEUED(false),
    /** The user is not connected, the connection is unknown, or the topic has no subscriber. */
    NO_ROUTE(true),
    /** The publisher has no grant for the address, or the address is a malformed connection id. */
    FORBIDDEN(false),
    /** The publisher named a user who does not own the address. Nothing was sent. */
    OWNER_MISMATCH(false),
    /** The receiver reads too slowly: its queue was full. */
    SLOW_CONSUMER(true),
    /** The connection closed before the message was written. */
    CLOSED(true),
    /** The message is larger than {@code limits.message-bytes}. */
    TOO_LARGE(false),
    /** The publisher exceeded its message rate. */
    RATE_LIMITED(true),
    /** The router is at a limit of its own. */
    OVERLOADED(true),
    /** The destination failed repeatedly and is being left alone for a moment. */
    CIRCUIT_OPEN(true),
    /** The time to live passed before the message could be delivered. */
    EXPIRED(false),
    /** The write to the socket failed half-way; the receiver may have got the message. */
    WRITE_FAILED(false),
    /** No answer came from where the receivers are. Trying again may deliver twice. */
    UNKNOWN(false);

    private final String word = name().toLowerCase(Locale.ROOT);
    private final boolean isRetryable;

    Outcome(boolean isRetryable) {
        this.isRetryable = isRetryable;
    }

    /** The stable word on the wire and in metrics, for example {@code no_route}. */
    public String word() {
        return word;
    }

    /** Whether the same publish may succeed later, without the risk of delivering it twice. */
    public boolean isRetryable() {
        return isRetryable;
    }
}
