package io.wsrouter.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The push of one receipt, begun with the id when the publish comes and ended with the account when it is made up. To be
 * used again, it makes nothing ({@code RouteBenchmark}). Belongs to one loop.
 */
public final class ReceiptText {

    private final JsonText text = new JsonText(192);

    /** A text that has not begun. */
    public ReceiptText() {}

    /** Begins with the id of the publish, the JSON string that was received, which is copied. */
    public void begin(@Nullable RawJson id) {
        text.clear();
        Pushes.receiptStart(text, id);
    }

    /** Ends with the account. */
    public void end(Receipt receipt) {
        Pushes.receiptEnd(text, receipt);
    }

    /** The push in UTF-8, in the first {@link #lengthBytes} bytes; borrowed until it begins again. */
    public byte[] json() {
        return text.bytes();
    }

    /** The length of the push in bytes. */
    public int lengthBytes() {
        return text.length();
    }
}
