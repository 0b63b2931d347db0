package io.wsrouter.simulation;

/** What can happen in a run, with how often it does beside the others. */
enum Verb {
    /** A loop runs some of the tasks that wait for it. */
    TURN(420),
    /** A client opens a connection. */
    ARRIVE(60),
    /** A client subscribes to a topic. */
    SUBSCRIBE(70),
    /** A client unsubscribes from a topic. */
    UNSUBSCRIBE(25),
    /** A client publishes. */
    PUBLISH(220),
    /** A back end publishes without a connection. */
    POST(12),
    /** A client sends a ping command. */
    PING(5),
    /** A client sends what is no valid command, or a publish that its reader refuses. */
    NONSENSE(6),
    /** A client sends a new token. */
    REFRESH(24),
    /** The pool of verifiers judges a token that waits. */
    JUDGE(20),
    /** A socket becomes healthy, stalls, or is about to fail. */
    SOCKET(20),
    /** A stalled socket takes some of what waits. */
    TAKE(30),
    /** A client answers no more pings. */
    SILENCE(3),
    /** A client sends a close frame. */
    CLOSE(12),
    /** A socket ends without a word. */
    LOSE(14),
    /** An operator closes one connection. */
    KICK(4),
    /** An operator closes all connections of a user. */
    KICK_USER(1),
    /** An operator looks at a user. */
    ASK(8),
    /** A loop gets no time. */
    PAUSE(5),
    /** A loop gets time again. */
    RESUME(12),
    /** A little time passes, and the loops' timers tick. */
    TICK(20),
    /** The machine sleeps for some seconds. */
    SLEEP(1),
    /** An audit of all tables begins. */
    AUDIT(5),
    /** A fault of the machine breaks the tables. */
    CORRUPT(4),
    /** A fault of the machine has the next id minted a second time. */
    REPEAT_ID(3),
    /** The network brings something to another node. */
    CARRY(200),
    /** The network loses something. */
    MISLAY(3),
    /** The way from one node to another is cut. */
    CUT(2),
    /** It is healed. */
    HEAL(6),
    /** A node dies. */
    KILL(1),
    /** All loops run until nothing is left to do. */
    QUIET(2),
    /** All loops run until nothing is left to do, and time passes until every receipt is due. */
    SETTLE(3);

    private final int weight;

    Verb(int weight) {
        this.weight = weight;
    }

    /** Whether it takes several nodes. */
    boolean needsNodes() {
        return this == CARRY || this == MISLAY || this == CUT || this == HEAL || this == KILL;
    }

    int weight() {
        return weight;
    }

    /** Whether a run without it would show nothing. */
    boolean isEssential() {
        return this == TURN || this == ARRIVE || this == PUBLISH || this == RESUME || this == CARRY || this == SETTLE;
    }
}
