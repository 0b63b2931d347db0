package io.wsrouter.simulation;

import java.util.Locale;

/** What happens seldom, and has to have happened over a set of runs for them to mean something. */
enum Rare {
    CLOSED_DURING_MOVE("a socket ended while it moved between loops"),
    MOVE_FAILED("a move between loops failed half-way"),
    LOST_BEFORE_REGISTRATION("a connection was registered whose socket had ended by then"),
    USER_FULL("a login too many was refused"),
    REPLACED("a login took the place of the oldest connection"),
    TAKEOVER_REFUSED("a second connection was refused the id of another one"),
    COMMAND_AFTER_CLOSE("a command came to the home shard after it had closed the connection"),
    WRITE_TO_LOST_SOCKET("a message was written to a connection whose socket had ended, unheard"),
    WRITE_AFTER_CLOSE_FRAME("a message came to a socket from afar after its close frame"),
    CROSSING_CLOSES("both sides closed at the same time"),
    SUBSCRIBER_GONE("a topic's message came to a shard that had no subscriber left"),
    STALE_CONNECTION("a message was sent to a connection that had ended"),
    RECEIPT_OF_CLOSED("a receipt was due to a publisher that had closed"),
    RECEIPT_TIMED_OUT("a receipt was closed while something waited"),
    LATE_DELIVERY("a socket took a message after its receipt had said queued"),
    RECEIPTS_EXHAUSTED("a publisher had too many receipts open"),
    REVOKED("a new token took a subscription away"),
    REVOKED_IN_FLIGHT("it did while a message to the topic was on its way"),
    REVOKED_WAITING("it did before the subscription was confirmed"),
    UNSUBSCRIBED_WAITING("a client unsubscribed before the subscription was confirmed"),
    FOREIGN_TOKEN("a connection was given a new token of another user"),
    JUDGED_AFTER_CLOSE("a new token was judged after its connection had closed"),
    TOKEN_EXPIRED("a connection was closed at the end of its token"),
    HEARTBEAT_LOST("a silent connection was closed"),
    BAD_REQUESTS("a connection was closed for its mistakes"),
    SLOW_CONSUMER("a connection was closed because it read too slowly"),
    SLOW_CONSUMERS("several were by one message"),
    DROPPED("a full queue refused a message and kept its connection"),
    DISPLACED("a waiting message made room for one of a higher class"),
    SUPERSEDED("a waiting message made room for a newer one"),
    SHED("a queue had to shrink for the node"),
    LEFT_ALONE("a message was refused because its receiver had failed several times"),
    TRIED_AGAIN("a message was tried again"),
    HANDED_ON("a message reached the next connection of its user"),
    EXPIRED("a message was not delivered in time"),
    RECALLED("a waiting message was taken back at its time"),
    WRITE_FAILED("a write failed half-way"),
    KICK_RACE("a kick came too late"),
    PAUSED_WITH_WORK("a loop without time had work waiting"),
    REPAIRED("an audit repaired something"),
    REPAIRED_IN_FLIGHT("it did while messages were on their way"),
    MISDELIVERY_STOPPED("the check at the write stopped a message"),
    SHARED_ID("two connections had one id, and the audit closed one"),
    REACHED_ANOTHER_NODE("a message was written on another node than its publisher's", true),
    SUBJECTS_SIDE_BY_SIDE("several subjects were on their way between two nodes", true),
    LOST_BETWEEN_NODES("something was lost between two nodes", true),
    LATE_ANSWER("another node answered too late", true),
    UNKNOWN("a receipt named a node that had not answered", true),
    NODE_DIED("a node died with its users", true);

    private final String sentence;
    private final boolean needsNodes;

    Rare(String sentence) {
        this(sentence, false);
    }

    Rare(String sentence, boolean needsNodes) {
        this.sentence = sentence;
        this.needsNodes = needsNodes;
    }

    /** Whether it takes several nodes. */
    boolean needsNodes() {
        return needsNodes;
    }

    String sentence() {
        return sentence;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
