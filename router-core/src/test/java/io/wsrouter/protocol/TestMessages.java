package io.wsrouter.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.address.Address;
import org.jspecify.annotations.Nullable;

/** Messages whose every property a test chooses. */
public final class TestMessages {

    private TestMessages() {}

    /** A message for good of exactly {@code lengthBytes}, which starts with {@code name} and the name of its event. */
    public static Message of(
            Address to, Priority priority, String name, @Nullable String event, int lengthBytes, long deadlineNanos) {
        String start = name + '|';
        String end = event == null ? "" : '"' + event + '"';
        String text = start + end + " ".repeat(lengthBytes - start.length() - end.length());
        Message message = new Message(to, priority, text.getBytes(UTF_8));
        int eventStart = event == null ? -1 : start.length();
        message.describe(eventStart, event == null ? -1 : eventStart + end.length(), deadlineNanos);
        return message;
    }

    /** What {@link #of} was given as name. */
    public static String nameOf(Message message) {
        String text = new String(message.json(), 0, message.lengthBytes(), UTF_8);
        return text.substring(0, text.indexOf('|'));
    }

    /** A message of an encoder, which becomes the next with {@link #becomes}. */
    public static Message borrowed(Address to, Priority priority, String name) {
        byte[] json = (name + '|').getBytes(UTF_8);
        return Message.borrowed(to, priority, json, json.length);
    }

    /** The encoder goes on. */
    public static void becomes(Message borrowed, String name) {
        byte[] json = (name + '|').getBytes(UTF_8);
        borrowed.become(borrowed.to(), borrowed.priority(), json, json.length);
    }
}
