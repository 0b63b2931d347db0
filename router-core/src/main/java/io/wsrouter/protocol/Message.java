package io.wsrouter.protocol;

import io.wsrouter.address.Address;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to its receivers: encoded once, the same bytes for all of them.
 *
 * <p>One that a {@link MessageEncoder} has made is the encoder's, valid on its loop until it makes the next; who keeps a
 * message longer, or hands it to another thread, takes what {@link #kept} returns, which never changes.
 */
public final class Message {

    /** The deadline of a message that may wait for ever. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    static final int NO_EVENT = -1;

    private final boolean isBorrowed;
    private Address to;
    private Priority priority;
    private byte[] json;
    private int lengthBytes;
    private int eventStart = NO_EVENT;
    private int eventEnd = NO_EVENT;
    private long deadlineNanos = NO_DEADLINE;
    private long edition;
    private @Nullable Message copy;

    /**
     * A message for good.
     *
     * @param to the address it is sent to, checked again at every write
     * @param json the whole push in UTF-8, as the text of one frame; the message takes it over
     */
    public Message(Address to, Priority priority, byte[] json) {
        this(to, priority, json, json.length, false);
    }

    private Message(Address to, Priority priority, byte[] json, int lengthBytes, boolean isBorrowed) {
        this.to = to;
        this.priority = priority;
        this.json = json;
        this.lengthBytes = lengthBytes;
        this.isBorrowed = isBorrowed;
    }

    /** A message whose bytes are an encoder's. */
    static Message borrowed(Address to, Priority priority, byte[] json, int lengthBytes) {
        return new Message(to, priority, json, lengthBytes, true);
    }

    /** Becomes the next message of its encoder. */
    void become(Address newTo, Priority newPriority, byte[] newJson, int newLengthBytes) {
        to = newTo;
        priority = newPriority;
        json = newJson;
        lengthBytes = newLengthBytes;
        eventStart = NO_EVENT;
        eventEnd = NO_EVENT;
        deadlineNanos = NO_DEADLINE;
        copy = null;
        edition++;
    }

    /** Says where in the push the name of its event lies, quotes included, if anywhere, and until when it may be delivered. */
    void describe(int newEventStart, int newEventEnd, long newDeadlineNanos) {
        eventStart = newEventStart;
        eventEnd = newEventEnd;
        deadlineNanos = newDeadlineNanos;
    }

    /** Says the same as {@code other}, of which it has the bytes. */
    void describeLike(Message other) {
        describe(other.eventStart, other.eventEnd, other.deadlineNanos);
    }

    /** The same message for good: itself, or when it is an encoder's a copy, which all who keep it share. */
    public Message kept() {
        if (!isBorrowed) {
            return this;
        }
        if (copy == null) {
            copy = new Message(to, priority, Arrays.copyOf(json, lengthBytes));
            copy.describeLike(this);
        }
        return copy;
    }

    /** Which of an encoder's messages it is: this object in this edition is one message, and its bytes do not change. */
    public long edition() {
        return edition;
    }

    /** The address it is sent to. */
    public Address to() {
        return to;
    }

    /** Its class. */
    public Priority priority() {
        return priority;
    }

    /** The whole push in UTF-8, in the first {@link #lengthBytes} bytes; borrowed, not to be written to. */
    public byte[] json() {
        return json;
    }

    /** Whether it names an event. */
    public boolean hasEvent() {
        return eventStart != NO_EVENT;
    }

    /** A copy of the name of its event as the JSON string that was received, quotes included; empty when it names none. */
    public byte[] event() {
        return hasEvent() ? Arrays.copyOfRange(json, eventStart, eventEnd) : new byte[0];
    }

    /** Whether it may not wait for ever. */
    public boolean hasDeadline() {
        return deadlineNanos != NO_DEADLINE;
    }

    /** When it must not be delivered any more, on the loops' monotonic clock; or {@link #NO_DEADLINE}. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** The length of the push in bytes. */
    public int lengthBytes() {
        return lengthBytes;
    }
}
