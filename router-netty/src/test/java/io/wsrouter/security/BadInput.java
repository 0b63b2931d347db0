package io.wsrouter.security;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Something that nobody should send, the answer that it gets, and the attempt that proves it. The page
 * {@code docs/security.md} lists what {@link #all} returns.
 *
 * @param section where the page lists it
 * @param input what is sent, in words or as it is, unlike any other input of its section
 * @param answer exactly what comes back, in the words of the section
 * @param attempt sends it and tells what came back
 */
record BadInput(Section section, String input, String answer, Attempt attempt) {

    /** The parts of the list. */
    enum Section {
        TOKENS(
                "Tokens",
                "Each is presented on both ports, whose answers have to agree: the status, and the word in the body's `error`."
                        + " Where nothing else is said the router has one HMAC secret."),
        HEADS(
                "Heads",
                "What comes to the public port before the 101. Where nothing else is said there is a good token in it, and"
                        + " the socket is closed behind the answer."),
        FRAMES("Frames", "What comes after the welcome. The answer is one close frame and the end of the stream."),
        ENVELOPES("Envelopes", "One text frame each. The connection stays, and answers a ping right after."),
        GRANTS(
                "Grants",
                "Well-formed commands of mallory, who has the grants that are named; alice is connected and hears nothing."
                        + " The connection stays."),
        REFRESHES(
                "New tokens",
                "A `refresh` on mallory's open connection: the `error` that comes back. It keeps its user, its grants and its end."),
        PUBLISHES(
                "HTTP", "Requests to the internal port: the status, and the word in the body's `error` or `outcome`."),
        PROXIES(
                "Addresses",
                "Each address may fail once a second. The first request has a bad token, the second, whose answer is shown, a good"
                        + " one; or one request comes behind a PROXY header. Only 127.0.0.1 is trusted as a proxy."),
        KEY_SETS(
                "Key sets",
                "The text of `auth.jwks-file`. The router does not start; at a running one the last good keys stay."),
        CONFIGURATIONS(
                "Configurations",
                "The router does not start. It says all errors at once; the value of a secret is hidden.");

        final String title;
        final String introduction;

        Section(String title, String introduction) {
            this.title = title;
            this.introduction = introduction;
        }
    }

    /** Sends the bytes over a real socket, or loads the configuration, and tells what came back. */
    @FunctionalInterface
    interface Attempt {
        String answerOf(Arena arena) throws Exception;
    }

    /** Every bad input, in the order of the page. */
    static Stream<BadInput> all() {
        return Stream.of(
                        BadTokens.all(),
                        BadHeads.all(),
                        BadFrames.all(),
                        BadEnvelopes.all(),
                        BadGrants.all(),
                        BadRefreshes.all(),
                        BadPublishes.all(),
                        BadProxies.all(),
                        BadKeySets.all(),
                        BadConfigurations.all())
                .flatMap(list -> list.stream());
    }

    /** A text as it may stand in a page or a test's name: what cannot be seen is named. */
    static String visible(String text) {
        String shown = text.length() <= 160 ? text : text.substring(0, 100) + "... (" + text.length() + " characters)";
        return shown.codePoints()
                .mapToObj(c -> c >= ' ' && c < 0x7F ? Character.toString(c) : String.format("<U+%04X>", c))
                .collect(Collectors.joining());
    }

    @Override
    public String toString() {
        return section.title + ": " + visible(input);
    }
}
