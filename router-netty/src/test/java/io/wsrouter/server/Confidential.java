package io.wsrouter.server;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Knows the tokens, secrets and payloads of the whole test run, and looks for them in all that the router writes: every log
 * line, every HTTP response (metrics and errors among them) and every push but the messages themselves. Any thread.
 */
public final class Confidential {

    /** What a token, a secret or a payload is made of; shorter words are too common to tell anything. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{16,}");

    private static final Pattern DATA = Pattern.compile("\"data\":(.*)", Pattern.DOTALL);
    private static final Pattern EVENT = Pattern.compile("\"event\":\"([^\"]*)");
    private static final int MOST_WORDS_OF_A_TEXT = 20;

    private static final Set<String> WORDS = ConcurrentHashMap.newKeySet();
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final AtomicLong SEARCHED = new AtomicLong();

    private Confidential() {}

    /** A token or a secret has been made. */
    static String keep(String secret) {
        WORD.matcher(secret).results().limit(MOST_WORDS_OF_A_TEXT).forEach(word -> WORDS.add(word.group()));
        return secret;
    }

    /** An envelope goes out; its payload and the name of its event are nobody's business but the receiver's. */
    static void keepPayloadOf(String envelope) {
        for (Pattern confidential : List.of(DATA, EVENT)) {
            Matcher found = confidential.matcher(envelope);
            if (found.find()) {
                keep(found.group(1));
            }
        }
    }

    /** The router has written this; {@code where} says in which place. */
    static void search(String where, String written) {
        SEARCHED.incrementAndGet();
        WORD.matcher(written)
                .results()
                .map(word -> word.group())
                .filter(WORDS::contains)
                .forEach(word -> LEAKS.add(word + " in " + where + ": " + written));
    }

    /** What was found, in the whole run so far. */
    public static Queue<String> leaks() {
        return LEAKS;
    }

    /** How many words it has looked for so far. */
    public static int kept() {
        return WORDS.size();
    }

    /** How many texts have been searched so far. */
    public static long searched() {
        return SEARCHED.get();
    }
}
