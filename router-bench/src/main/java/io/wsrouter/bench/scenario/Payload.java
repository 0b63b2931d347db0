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

    /** The data of the message: a text of {@code length} ASCII characters that JSON does not escape. */
    String text(int length) {
        StringBuilder text = new StringBuilder(length)
                .append(publisher)
                .append(':')
                .append(user)
                .append(':')
                .append(sequence)
                .append(':')
                .append(index)
                .append(':');
        for (int i = text.length(); i < length; i++) {
            text.append((char) ('a' + (sequence + i) % 26));
        }
        return text.toString();
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
            return payload.text(text.length()).equals(text) ? payload : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
