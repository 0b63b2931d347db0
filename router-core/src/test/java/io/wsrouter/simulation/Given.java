package io.wsrouter.simulation;

import io.wsrouter.protocol.Command;

/** A command that somebody gave, under a number of its own that is greater than all before. */
abstract class Given {

    private final int number;
    private final Peer peer;

    Given(int number, Peer peer) {
        this.number = number;
        this.peer = peer;
    }

    int number() {
        return number;
    }

    /** Who gave it; null for a back end. */
    Peer peer() {
        return peer;
    }

    /** The command, valid until the same loop reads the next one. */
    abstract Command read(Reader reader);
}
