package io.wsrouter.bench.scenario;

import org.jspecify.annotations.Nullable;

/**
 * What a published message says about itself, so that its receiver can tell whether it is the right one.
 *
 * @param publisher the number of the publisher
 * @param user the number of the user it was sent to
 * @param sequence its place, from 0, among the messages of this publisher to this user
 * @param index its place, from 0, among all messages of this publisher
 */
record Payload(int publisher, int user, int sequence, int index) {

    /** The length in bytes unless a scenario wants another. */
    static final int DEFAULT_LENGTH = 128;

    private static final int LETTERS = 26;

    /** The data of the message: a text of {@code length} ASCII characters that JSON does not escape. */
    String text(int length) {
        StringBuilder text = new StringBuilder(length).append(head());
        for (int i = text.length(), letter = (sequence + i) % LETTERS; i < length; i++) {
            text.append((char) ('a' + letter));
            letter = letter + 1 == LETTERS ? 0 : letter + 1;
        }
        return text.toString();
    }

    private String head() {
        return publisher + ":" + user + ":" + sequence + ":" + index + ":";
    }

    /** Reads such a text; null when any character of it is wrong. */
    static @Nullable Payload parse(String text) {
        String[] fields = text.split(":", -1);
        if (fields.length != 5) {
            return null;
        }
        try {
            Payload payload = new Payload(
                    Integer.parseInt(fields[0]),
                    Integer.parseInt(fields[1]),
                    Integer.parseInt(fields[2]),
                    Integer.parseInt(fields[3]));
            return payload.isWhole(text) ? payload : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private boolean isWhole(String text) {
        String head = head();
        boolean isRight = text.startsWith(head) && sequence >= 0;
        for (int i = head.length(), letter = Math.floorMod(sequence + i, LETTERS); isRight && i < text.length(); i++) {
            isRight = text.charAt(i) == 'a' + letter;
            letter = letter + 1 == LETTERS ? 0 : letter + 1;
        }
        return isRight;
    }
}
