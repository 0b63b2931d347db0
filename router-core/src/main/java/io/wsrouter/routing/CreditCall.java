package io.wsrouter.routing;

import java.util.concurrent.RejectedExecutionException;

/**
 * How a sender that has run out of credit hears that some came back. The sender asks first and looks for it afterwards; the
 * receiver gives a batch back first and looks whether somebody asked afterwards. Both are volatile, so one of the two sees the
 * other ({@code CreditCallStress}), and who is not starved pays for one read a batch.
 */
final class CreditCall {

    private final ShardLoop sender;
    private final Runnable whenBack;
    private volatile boolean isAsked;

    /** A call that runs {@code whenBack} on the loop of the sender. */
    CreditCall(ShardLoop sender, Runnable whenBack) {
        this.sender = sender;
        this.whenBack = whenBack;
    }

    /** Asks to be called when the next batch is back; the sender must look for it once more after this. */
    void ask() {
        isAsked = true;
    }

    /** Calls the sender if it has asked. The receiver calls this when a batch is back. */
    void onGivenBack() {
        if (isAsked) {
            isAsked = false;
            call();
        }
    }

    /** Calls the sender. Any thread. */
    void call() {
        try {
            sender.execute(whenBack);
        } catch (RejectedExecutionException e) {
            // the sender has ended and sends nothing more
        }
    }
}
