package io.wsrouter.routing;

import io.wsrouter.connection.InFlight;
import java.util.Arrays;

/**
 * The credit that the messages of one batch have taken, of their pair of shards and of their senders' shares, to be given back
 * when the batch has run. Belongs to the loop that sends, wherever the batch is.
 */
final class CreditTaken {

    private InFlight[] shares = new InFlight[8];
    private int[] lengthsBytes = new int[8];
    private int messages;

    /** Takes credit for one message. */
    void take(InFlight pair, InFlight share, int lengthBytes) {
        if (messages == shares.length) {
            shares = Arrays.copyOf(shares, 2 * messages);
            lengthsBytes = Arrays.copyOf(lengthsBytes, 2 * messages);
        }
        shares[messages] = share;
        lengthsBytes[messages] = lengthBytes;
        messages++;
        pair.take(lengthBytes);
        share.take(lengthBytes);
    }

    /** Gives all of it back. */
    void giveBack(InFlight pair) {
        for (int i = 0; i < messages; i++) {
            pair.giveBack(lengthsBytes[i]);
            shares[i].giveBack(lengthsBytes[i]);
        }
        messages = 0;
    }
}
