package io.wsrouter.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.address.Address;
import io.wsrouter.address.AddressCache;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.ErrorCode;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads one command of {@code ws-router.v1.json}. It looks at the envelope alone: {@code event} and {@code data} are views
 * of what was received, byte for byte. A publish to an address that came lately makes nothing: the decoder uses one publish
 * and its views again and again ({@code EnvelopeBenchmark}).
 *
 * <p>Refuses what is not one JSON object, nested at most 64 deep in {@code data}, with known keys, each at most once.
 * Whatever it is given, it returns a command and never throws. Not thread-safe: each loop has its own.
 */
public final class EnvelopeDecoder {

    private static final int MAX_DATA_DEPTH = 64;
    private static final int MAX_SHOWN_NAME_BYTES = 32;
    private static final int MOST_DIGITS_OF_TTL = 6;
    private static final int NOT_A_TTL = -1;

    private enum Key {
        TYPE,
        ID,
        TO,
        EVENT,
        DATA,
        PRIORITY,
        USER,
        TOKEN,
        TTL_MS("ttlMs");

        private static final Key[] ALL = values();

        private final String word;

        Key() {
            this.word = name().toLowerCase(Locale.ROOT);
        }

        Key(String word) {
            this.word = word;
        }

        int bit() {
            return 1 << ordinal();
        }
    }

    private static final int KEYS_OF_PING = Key.TYPE.bit() | Key.ID.bit();
    private static final int KEYS_OF_REFRESH = KEYS_OF_PING | Key.TOKEN.bit();
    private static final int KEYS_OF_SUBSCRIBE = KEYS_OF_PING | Key.TO.bit();
    private static final int KEYS_OF_PUBLISH = KEYS_OF_SUBSCRIBE
            | Key.EVENT.bit()
            | Key.DATA.bit()
            | Key.PRIORITY.bit()
            | Key.USER.bit()
            | Key.TTL_MS.bit();

    private static final Priority[] PRIORITIES = Priority.values();

    private final JsonScanner json = new JsonScanner();
    private final AddressCache addresses;

    // the publish that was read last
    private final RawJson id = RawJson.of("null");
    private final RawJson event = RawJson.of("null");
    private final RawJson data = RawJson.of("null");
    private Command.@Nullable Publish publish;

    // where the values of the present envelope are, and the first problem met in reading it
    private final int[] starts = new int[Key.ALL.length];
    private final int[] ends = new int[Key.ALL.length];
    private byte[] utf8 = {};
    private int present;
    private int escaped;
    private boolean claimsIdentity;
    private @Nullable String problem;

    /** A decoder for a single envelope or a few. */
    public EnvelopeDecoder() {
        this(new AddressCache(1));
    }

    /** A decoder for one envelope after the other; the addresses in them are read by {@code addresses}. */
    public EnvelopeDecoder(AddressCache addresses) {
        this.addresses = addresses;
    }

    /**
     * Reads a command from the first {@code length} bytes, which are well-formed UTF-8. A publish has views of them and is
     * valid until the next call.
     *
     * @return the command, or {@link Command.Invalid}, or {@link Command.RefusedPublish}
     */
    public Command decode(byte[] utf8, int length) {
        read(utf8, length);
        if (problem != null) {
            return invalidEnvelope(problem);
        }
        if (!has(Key.TYPE)) {
            return invalidEnvelope("type is missing");
        }
        if (isWord(Key.TYPE, "publish")) {
            return publish();
        }
        return switch (required(Key.TYPE)) {
            case "publish" -> publish();
            case "subscribe" -> subscribe(true);
            case "unsubscribe" -> subscribe(false);
            case "refresh" -> refresh();
            case "ping" -> onlyWith(KEYS_OF_PING, new Command.Ping(id()));
            default -> invalidEnvelope("unknown type");
        };
    }

    /**
     * Reads a publish without {@code type}, as it comes over HTTP, from the first {@code length} bytes, which are well-formed
     * UTF-8 and of which the publish has views. It is valid until the next call.
     *
     * @return the publish, or {@link Command.Invalid}, or {@link Command.RefusedPublish}
     */
    public Command decodePublish(byte[] utf8, int length) {
        read(utf8, length);
        if (problem != null) {
            return invalidEnvelope(problem);
        }
        return has(Key.TYPE) ? invalidEnvelope("unknown key \"type\"") : publish();
    }

    /** What stands for something that is not a command at all. */
    public static Command.Invalid invalid(String reason) {
        return new Command.Invalid(null, ErrorCode.BAD_REQUEST, reason, false);
    }

    private void read(byte[] newUtf8, int length) {
        utf8 = newUtf8;
        present = 0;
        escaped = 0;
        claimsIdentity = false;
        problem = null;
        json.start(newUtf8, length);
        json.skipSpace();
        if (!json.isNext('{')) {
            problem = "not a JSON object";
        } else if (!readMembers()) {
            problem = "malformed JSON, or nested too deeply";
        } else {
            json.skipSpace();
            if (!json.isAtEnd()) {
                note("bytes after the JSON object");
            }
        }
    }

    private boolean readMembers() {
        json.take('{');
        json.skipSpace();
        if (json.take('}')) {
            return true;
        }
        do {
            if (!readMember()) {
                return false;
            }
        } while (json.take(','));
        return json.take('}');
    }

    private boolean readMember() {
        json.skipSpace();
        int nameStart = json.position() + 1;
        if (!json.skipString()) {
            return false;
        }
        int nameEnd = json.position() - 1;
        boolean isNameEscaped = json.hasEscapes();
        json.skipSpace();
        if (!json.take(':')) {
            return false;
        }
        json.skipSpace();
        int valueStart = json.position();
        boolean isString = json.isNext('"');
        if (!(isString ? json.skipString() : json.skipValue(MAX_DATA_DEPTH))) {
            return false;
        }
        keep(name(nameStart, nameEnd, isNameEscaped), nameStart, nameEnd, valueStart, isString);
        json.skipSpace();
        return true;
    }

    private @Nullable Key name(int start, int end, boolean isEscaped) {
        String resolved = isEscaped ? json.text(start, end, true) : null;
        for (Key key : Key.ALL) {
            if (resolved == null ? json.isWord(key.word, start, end) : resolved.equals(key.word)) {
                return key;
            }
        }
        return null;
    }

    private void keep(@Nullable Key key, int nameStart, int nameEnd, int valueStart, boolean isString) {
        if (key == null) {
            noteUnknown(json.text(nameStart, nameEnd, true));
            return;
        }
        if (has(key)) {
            note("duplicate key \"" + key.word + '"');
        }
        if (!isString && key != Key.DATA && key != Key.TTL_MS) {
            note('"' + key.word + "\" is not a string");
            return;
        }
        present |= key.bit();
        escaped = json.hasEscapes() ? escaped | key.bit() : escaped & ~key.bit();
        starts[key.ordinal()] = valueStart;
        ends[key.ordinal()] = json.position();
    }

    private void noteUnknown(String name) {
        claimsIdentity |= name.equals("from") || name.equals("user_id");
        note("unknown key \"" + shortened(name) + '"');
    }

    private Command publish() {
        if (!has(Key.TO)) {
            return invalidEnvelope("to is missing");
        }
        Priority priority = priority();
        if (priority == null) {
            return invalidEnvelope("priority is not low, normal, high or critical");
        }
        int ttlMs = ttlMs();
        if (ttlMs == NOT_A_TTL) {
            return invalidEnvelope("ttlMs is not an integer from 1 to " + Command.Publish.MOST_TTL_MS);
        }
        if (has(Key.USER) && required(Key.TO).startsWith(Address.Kind.TOPIC.prefix())) {
            return invalidEnvelope("a topic has no user");
        }
        Command command;
        try {
            command = publish(to(), priority, ttlMs);
        } catch (IllegalArgumentException e) {
            command = required(Key.TO).startsWith(Address.Kind.CONNECTION.prefix())
                    ? new Command.RefusedPublish(id(), Outcome.FORBIDDEN)
                    : invalidEnvelope("to is not an address");
        }
        return onlyWith(KEYS_OF_PUBLISH, command);
    }

    private Command publish(Address to, Priority priority, int ttlMs) {
        RawJson rawId = isIdTooLong() ? null : raw(Key.ID, id);
        RawJson rawEvent = raw(Key.EVENT, event);
        RawJson rawData = raw(Key.DATA, data);
        Command.Publish read = publish;
        if (read == null) {
            read = new Command.Publish(null, to, null, null, priority, null);
            publish = read;
        }
        read.become(rawId, to, rawEvent, rawData, priority, text(Key.USER), ttlMs);
        return read;
    }

    /** The priority, normal by default, or null when there is none of that name. */
    private @Nullable Priority priority() {
        if (!has(Key.PRIORITY)) {
            return Priority.NORMAL;
        }
        if (isEscaped(Key.PRIORITY)) {
            return Priority.ofWord(required(Key.PRIORITY));
        }
        for (Priority priority : PRIORITIES) {
            if (isWord(Key.PRIORITY, priority.word())) {
                return priority;
            }
        }
        return null;
    }

    /** The time to live, {@link Command.Publish#NO_TTL} when there is none, or {@link #NOT_A_TTL}. */
    private int ttlMs() {
        if (!has(Key.TTL_MS)) {
            return Command.Publish.NO_TTL;
        }
        int start = starts[Key.TTL_MS.ordinal()];
        int end = ends[Key.TTL_MS.ordinal()];
        int millis = 0;
        for (int i = start; i < end; i++) {
            int digit = utf8[i] - '0';
            if (digit < 0 || digit > 9 || end - start > MOST_DIGITS_OF_TTL) {
                return NOT_A_TTL;
            }
            millis = 10 * millis + digit;
        }
        return millis >= 1 && millis <= Command.Publish.MOST_TTL_MS ? millis : NOT_A_TTL;
    }

    private Command subscribe(boolean isWanted) {
        if (!has(Key.TO)) {
            return onlyWith(KEYS_OF_SUBSCRIBE, invalidEnvelope("to is missing"));
        }
        String to = required(Key.TO);
        Command command;
        if (to.startsWith(Address.Kind.USER.prefix()) || to.startsWith(Address.Kind.CONNECTION.prefix())) {
            command = new Command.Invalid(id(), ErrorCode.FORBIDDEN, "only topics can be subscribed to", false);
        } else {
            try {
                Address topic = to();
                command = isWanted ? new Command.Subscribe(id(), topic) : new Command.Unsubscribe(id(), topic);
            } catch (IllegalArgumentException e) {
                command = invalidEnvelope("to is not a topic");
            }
        }
        return onlyWith(KEYS_OF_SUBSCRIBE, command);
    }

    private Command refresh() {
        String token = text(Key.TOKEN);
        return onlyWith(
                KEYS_OF_REFRESH,
                token == null ? invalidEnvelope("token is missing") : new Command.Refresh(id(), token));
    }

    /** The command, unless the envelope has keys that do not belong to it or an id that is too long. */
    private Command onlyWith(int allowed, Command command) {
        if ((present & ~allowed) != 0) {
            return invalidEnvelope("unknown key for this type");
        }
        return isIdTooLong() ? invalidEnvelope("id is longer than " + Command.MAX_ID_LENGTH + " characters") : command;
    }

    private Command.Invalid invalidEnvelope(String reason) {
        return new Command.Invalid(id(), ErrorCode.BAD_REQUEST, reason, claimsIdentity);
    }

    private boolean has(Key key) {
        return (present & key.bit()) != 0;
    }

    /** The text of a string, or null when the envelope has no such key. */
    private @Nullable String text(Key key) {
        return has(key) ? required(key) : null;
    }

    /** Whether a string is {@code word}, written without escapes. */
    private boolean isWord(Key key, String word) {
        return json.isWord(word, starts[key.ordinal()] + 1, ends[key.ordinal()] - 1);
    }

    private boolean isEscaped(Key key) {
        return (escaped & key.bit()) != 0;
    }

    private String required(Key key) {
        return json.text(starts[key.ordinal()] + 1, ends[key.ordinal()] - 1, isEscaped(key));
    }

    /**
     * The address in {@code to}.
     *
     * @throws IllegalArgumentException when it is none
     */
    private Address to() {
        int start = starts[Key.TO.ordinal()] + 1;
        return isEscaped(Key.TO)
                ? Address.parse(required(Key.TO))
                : addresses.parse(utf8, start, ends[Key.TO.ordinal()] - 1 - start);
    }

    /** {@code view} on the value of a key, or null when the envelope has no such key. */
    private @Nullable RawJson raw(Key key, RawJson view) {
        if (!has(key)) {
            return null;
        }
        int start = starts[key.ordinal()];
        view.wrap(utf8, start, ends[key.ordinal()] - start);
        return view;
    }

    private @Nullable String id() {
        return isIdTooLong() ? null : text(Key.ID);
    }

    private boolean isIdTooLong() {
        int mostChars = ends[Key.ID.ordinal()] - starts[Key.ID.ordinal()] - 2;
        return has(Key.ID)
                && mostChars > Command.MAX_ID_LENGTH
                && required(Key.ID).length() > Command.MAX_ID_LENGTH;
    }

    private void note(String newProblem) {
        if (problem == null) {
            problem = newProblem;
        }
    }

    private static String shortened(String name) {
        return name.getBytes(UTF_8).length <= MAX_SHOWN_NAME_BYTES
                ? name
                : name.substring(0, Math.min(16, name.length())) + "...";
    }
}
