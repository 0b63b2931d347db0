package io.wsrouter.protocol;

import io.wsrouter.address.Address;

/**
 * A message on its way to its receivers: encoded once, the same bytes for all of them. Immutable, any thread.
 */
public final class Message {

    private final Address to;
    private final Priority priority;
    private final byte[] json;

    /**
     * A message.
     *
     * @param to the address it is sent to, checked again at every write
     * @param json the whole push in UTF-8, as the text of one frame; the message takes it over
     */
    public Message(Address to, Priority priority, byte[] json) {
        this.to = to;
        this.priority = priority;
        this.json = json;
    }

    /** The address it is sent to. */
    public Address to() {
        return to;
    }

    /** Its class. */
    public Priority priority() {
        return priority;
    }

    /** The whole push in UTF-8; borrowed, not to be written to. */
    public byte[] json() {
        return json;
    }
}
