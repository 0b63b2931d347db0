package io.wsrouter.simulation;

import io.wsrouter.protocol.Command;

/** A command that is no publish, and the answer that it is to get. */
final class Asked extends Given {

    private final Command command;
    private final Target topic;
    private final Refreshed token;
    private final boolean isBusy;
    private String answer;

    private Asked(int number, Peer peer, Command command, Target topic, Refreshed token, boolean isBusy) {
        super(number, peer);
        this.command = command;
        this.topic = topic;
        this.token = token;
        this.isBusy = isBusy;
    }

    /** A command about a topic, or about nothing. */
    static Asked of(int number, Peer peer, Command command, Target topic) {
        return new Asked(number, peer, command, topic, null, false);
    }

    /** A new token; null for a bad one, or one that nobody has time to judge. */
    static Asked refresh(int number, Peer peer, Command command, Refreshed token, boolean isBusy) {
        return new Asked(number, peer, command, null, token, isBusy);
    }

    Command command() {
        return command;
    }

    /** What a subscription is about; null for all else. */
    Target topic() {
        return topic;
    }

    boolean isAbout(Target what) {
        return topic != null && topic.equals(what);
    }

    /** What a new token says; null for a bad one. */
    Refreshed token() {
        return token;
    }

    /** Whether a new token is not judged because nobody has time. */
    boolean isBusy() {
        return isBusy;
    }

    /** The type of the answer that is owed, and of an error its code; null when none is. */
    String answer() {
        return answer;
    }

    void owes(String newAnswer) {
        answer = newAnswer;
    }

    @Override
    Command read(Reader reader) {
        return command;
    }

    @Override
    public String toString() {
        return "#" + number() + " " + command.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT)
                + (topic == null ? "" : " " + topic);
    }
}
