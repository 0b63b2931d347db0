package io.wsrouter.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Room for one message after the other, copied into the same bytes, so that taking one in makes nothing. Belongs to one loop
 * at a time.
 */
public final class MessageRoom {

    private static final int SMALLEST_BYTES = 256;

    private byte[] bytes = {};
    private @Nullable Message message;

    /** Room that grows to the longest message. */
    public MessageRoom() {}

    /** The length of the longest message that is taken in without growing, in bytes. */
    public int capacityBytes() {
        return bytes.length;
    }

    /** The length to which it grows for a message of so many bytes. */
    public int capacityBytesFor(int lengthBytes) {
        return lengthBytes <= bytes.length
                ? bytes.length
                : Math.max(SMALLEST_BYTES, Integer.highestOneBit(lengthBytes - 1) << 1);
    }

    /**
     * Takes in a copy.
     *
     * @param original borrowed during the call
     * @return the copy, borrowed: valid until the next one, or {@link #clear}
     */
    public Message take(Message original) {
        int lengthBytes = original.lengthBytes();
        if (lengthBytes > bytes.length) {
            bytes = new byte[capacityBytesFor(lengthBytes)];
        }
        System.arraycopy(original.json(), 0, bytes, 0, lengthBytes);
        Message copy = message;
        if (copy == null) {
            copy = Message.borrowed(original.to(), original.priority(), bytes, lengthBytes);
            message = copy;
        } else {
            copy.become(original.to(), original.priority(), bytes, lengthBytes);
        }
        copy.describeLike(original);
        return copy;
    }

    /** Forgets the message, and what was made of it for those who keep it. */
    public void clear() {
        Message copy = message;
        if (copy != null) {
            copy.become(copy.to(), copy.priority(), bytes, 0);
        }
    }
}
