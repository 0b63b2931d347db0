package io.wsrouter.protocol;

import io.wsrouter.address.Address;
import org.jspecify.annotations.Nullable;

/**
 * Encodes one message after the other into one buffer, and makes nothing for it; the time is written once a millisecond
 * ({@code RouteBenchmark}). Belongs to one loop.
 */
public final class MessageEncoder {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final JsonText text = new JsonText(512);
    private final JsonText at = new JsonText(32);
    private long atEpochMillis = Long.MIN_VALUE;
    private @Nullable Message message;

    /** An encoder with a small buffer, which grows to the longest message. */
    public MessageEncoder() {}

    /**
     * Encodes what {@code publish} sends.
     *
     * @param from the user who sends
     * @param nowEpochMillis when it was accepted
     * @param nowNanos the same on the loops' monotonic clock
     * @return the message, valid until the next one
     */
    public Message encode(Command.Publish publish, Address from, long nowEpochMillis, long nowNanos) {
        if (nowEpochMillis != atEpochMillis) {
            at.clear();
            Pushes.at(at, nowEpochMillis);
            atEpochMillis = nowEpochMillis;
        }
        Address to = publish.to();
        text.clear();
        RawJson event = publish.event();
        int eventEnd = Pushes.message(text, to, from, event, at, publish.data());
        Message encoded = message;
        if (encoded == null) {
            encoded = Message.borrowed(to, publish.priority(), text.bytes(), text.length());
            message = encoded;
        } else {
            encoded.become(to, publish.priority(), text.bytes(), text.length());
        }
        if (event != null) {
            encoded.describe(eventEnd - event.lengthBytes(), eventEnd, deadlineNanos(publish, nowNanos));
        } else {
            encoded.describe(Message.NO_EVENT, Message.NO_EVENT, deadlineNanos(publish, nowNanos));
        }
        return encoded;
    }

    private static long deadlineNanos(Command.Publish publish, long nowNanos) {
        return publish.ttlMs() == Command.Publish.NO_TTL
                ? Message.NO_DEADLINE
                : nowNanos + publish.ttlMs() * NANOS_PER_MILLI;
    }
}
