package io.wsrouter.bench.load;

import java.util.Locale;

/** What a process counts of each group. */
enum Count {
    /** Publishes, those of connections to themselves included. */
    SENT,
    /** Messages that came intact to whom they were for, each once. */
    RECEIVED,
    /** Messages that came intact to whom they were for, once more. */
    DUPLICATED,
    /** Messages that came after a later one of the same source to the same receiver. */
    REORDERED,
    /** Messages for another receiver. */
    MISDELIVERED,
    /** Messages of which a byte was not as sent. */
    CORRUPT,
    /** Frames that do not belong there, such as errors. */
    STRANGE,
    /** Connections that became ready, again and again for those that come back. */
    OPENED,
    /** Attempts to connect that failed. */
    HANDSHAKES_FAILED,
    /** Connections that ended though we had not ended them. */
    CLOSED_BY_SERVER,
    /** Of those, the ones that did not read, as planned. */
    CLOSED_SLOW,
    /** Connections that we reset, as planned. */
    CUT,
    /** Receipts for a publish that waited for one. */
    RECEIPTS,
    /** Receipts for nothing, or given twice. */
    RECEIPTS_STRANGE,
    /** Receipts whose parts do not add up to what matched. */
    RECEIPTS_WRONG_SUM,
    /** Publishes whose receipt has not come. */
    RECEIPTS_MISSING,
    /** Receivers that receipts call delivered. */
    RECEIPT_DELIVERED,
    /** Receivers that receipts call queued. */
    RECEIPT_QUEUED,
    /** Receivers that receipts call refused. */
    RECEIPT_REFUSED,
    /** Receivers that receipts match in all. */
    RECEIPT_MATCHED,
    /** Times that a publisher had to wait because its server does not read; the time counts as latency. */
    HELD,
    /** Windows that were given up because nothing came for a second. */
    STALLS,
    /** Connections that should have come by now. */
    ARRIVALS_DUE,
    /** Of these, those that found no free place because earlier ones have not left. */
    ARRIVALS_SKIPPED,
    /** Those that came, had their message and left. */
    ARRIVALS_DONE;

    private final String word = name().toLowerCase(Locale.ROOT);

    String word() {
        return word;
    }
}
