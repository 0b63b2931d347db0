package io.wsrouter.connection;

/** Messages that were sent on their way and have not arrived: how many, and their bytes. Belongs to the loop that sends them. */
public final class InFlight {

    private int messages;
    private long bytes;

    /** Nothing in flight. */
    public InFlight() {}

    /** One more message of so many bytes. */
    public void take(int lengthBytes) {
        messages++;
        bytes += lengthBytes;
    }

    /** One message of so many bytes has arrived. */
    public void giveBack(int lengthBytes) {
        messages--;
        bytes -= lengthBytes;
    }

    /** All that {@code others} counts has arrived, which then counts nothing. */
    public void giveBackAll(InFlight others) {
        messages -= others.messages;
        bytes -= others.bytes;
        others.messages = 0;
        others.bytes = 0;
    }

    /** Whether less than this is in flight, both in messages and in bytes. */
    public boolean isBelow(int mostMessages, long mostBytes) {
        return messages < mostMessages && bytes < mostBytes;
    }

    /** How many messages. */
    public int messages() {
        return messages;
    }

    /** The bytes of the messages. */
    public long bytes() {
        return bytes;
    }
}
