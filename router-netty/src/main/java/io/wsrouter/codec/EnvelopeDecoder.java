package io.wsrouter.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.wsrouter.address.Address;
import io.wsrouter.protocol.Command;
import io.wsrouter.protocol.ErrorCode;
import io.wsrouter.protocol.Outcome;
import io.wsrouter.protocol.Priority;
import io.wsrouter.protocol.RawJson;
import java.io.IOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one command of {@code ws-router.v1.json}. It looks at the envelope alone: {@code event} and {@code data} are cut
 * out byte for byte.
 *
 * <p>Refuses what is not one JSON object in UTF-8, nested at most 64 deep in {@code data}, with known keys, each at most
 * once. Whatever it is given, it returns a command and never throws. Any thread.
 */
public final class EnvelopeDecoder {

    private static final int MAX_DATA_DEPTH = 64;

    /** Keeps no table of names: clients choose them, and could choose names that collide. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DATA_DEPTH + 1)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private enum Key {
        TYPE,
        ID,
        TO,
        EVENT,
        DATA,
        PRIORITY,
        USER,
        TOKEN;

        static @Nullable Key ofWord(String word) {
            return switch (word) {
                case "type" -> TYPE;
                case "id" -> ID;
                case "to" -> TO;
                case "event" -> EVENT;
                case "data" -> DATA;
                case "priority" -> PRIORITY;
                case "user" -> USER;
                case "token" -> TOKEN;
                default -> null;
            };
        }
    }

    private static final Set<Key> KEYS_OF_PUBLISH = EnumSet.complementOf(EnumSet.of(Key.TOKEN));
    private static final Set<Key> KEYS_OF_SUBSCRIBE = EnumSet.of(Key.TYPE, Key.ID, Key.TO);
    private static final Set<Key> KEYS_OF_REFRESH = EnumSet.of(Key.TYPE, Key.ID, Key.TOKEN);
    private static final Set<Key> KEYS_OF_PING = EnumSet.of(Key.TYPE, Key.ID);

    private EnvelopeDecoder() {}

    /**
     * Reads a command from the first {@code length} bytes, which are UTF-8.
     *
     * @return the command, or {@link Command.Invalid}, or {@link Command.RefusedPublish}
     */
    public static Command decode(byte[] utf8, int length) {
        Envelope envelope = Envelope.read(utf8, length);
        if (envelope.problem != null) {
            return envelope.invalid(envelope.problem);
        }
        String type = envelope.text.get(Key.TYPE);
        if (type == null) {
            return envelope.invalid("type is missing");
        }
        return switch (type) {
            case "publish" -> envelope.publish();
            case "subscribe" -> envelope.subscribe(true);
            case "unsubscribe" -> envelope.subscribe(false);
            case "refresh" -> envelope.refresh();
            case "ping" -> envelope.onlyWith(KEYS_OF_PING, new Command.Ping(envelope.id()));
            default -> envelope.invalid("unknown type");
        };
    }

    /**
     * Reads a publish without {@code type}, as it comes over HTTP, from the first {@code length} bytes, which are UTF-8.
     *
     * @return the publish, or {@link Command.Invalid}, or {@link Command.RefusedPublish}
     */
    public static Command decodePublish(byte[] utf8, int length) {
        Envelope envelope = Envelope.read(utf8, length);
        if (envelope.problem != null) {
            return envelope.invalid(envelope.problem);
        }
        return envelope.text.containsKey(Key.TYPE) ? envelope.invalid("unknown key \"type\"") : envelope.publish();
    }

    /** What stands for something that is not a command at all. */
    public static Command.Invalid invalid(String reason) {
        return new Command.Invalid(null, ErrorCode.BAD_REQUEST, reason, false);
    }

    /** The keys and values of one envelope, and the first problem met in reading it. */
    private static final class Envelope {

        final Map<Key, String> text = new EnumMap<>(Key.class);

        @Nullable
        RawJson event;

        @Nullable
        RawJson data;

        @Nullable
        String problem;

        boolean claimsIdentity;

        static Envelope read(byte[] utf8, int length) {
            Envelope envelope = new Envelope();
            char[] json = new String(utf8, 0, length, UTF_8).toCharArray();
            try (JsonParser parser = JSON.createParser(json)) {
                envelope.read(parser, json);
            } catch (IOException e) {
                envelope.problem = "malformed JSON, or nested too deeply";
            }
            return envelope;
        }

        private void read(JsonParser parser, char[] json) throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                note("not a JSON object");
                parser.skipChildren();
            } else {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    readValue(Key.ofWord(name), name, parser, json);
                }
            }
            if (parser.nextToken() != null) {
                note("bytes after the JSON object");
            }
        }

        private void readValue(@Nullable Key key, String name, JsonParser parser, char[] json) throws IOException {
            if (key == null) {
                claimsIdentity |= name.equals("from") || name.equals("user_id");
                note("unknown key \"" + shortened(name) + '"');
                parser.skipChildren();
                return;
            }
            if (text.containsKey(key)) {
                note("duplicate key \"" + name + '"');
            }
            if (key == Key.DATA) {
                data = raw(parser, json);
                text.put(key, "");
                return;
            }
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                note('"' + name + "\" is not a string");
                parser.skipChildren();
                if (key != Key.ID) {
                    text.put(key, "");
                }
                return;
            }
            if (key == Key.EVENT) {
                event = raw(parser, json);
            }
            text.put(key, key == Key.EVENT ? "" : parser.getText());
        }

        /** The text of the value that the parser stands at; afterwards it stands at the value's end. */
        private static RawJson raw(JsonParser parser, char[] json) throws IOException {
            int start = (int) parser.currentTokenLocation().getCharOffset();
            int end = switch (parser.currentToken()) {
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> start + parser.getTextLength();
                case VALUE_TRUE, VALUE_NULL -> start + 4;
                case VALUE_FALSE -> start + 5;
                default -> {
                    parser.skipChildren();
                    parser.finishToken();
                    yield (int) parser.currentLocation().getCharOffset();
                }
            };
            return RawJson.of(new String(json, start, end - start));
        }

        Command publish() {
            Priority priority = Priority.ofWord(text.getOrDefault(Key.PRIORITY, "normal"));
            String to = text.get(Key.TO);
            if (to == null) {
                return invalid("to is missing");
            }
            if (priority == null) {
                return invalid("priority is not low, normal, high or critical");
            }
            if (text.containsKey(Key.USER) && to.startsWith(Address.Kind.TOPIC.prefix())) {
                return invalid("a topic has no user");
            }
            Command command;
            try {
                command = new Command.Publish(id(), Address.parse(to), event, data, priority, text.get(Key.USER));
            } catch (IllegalArgumentException e) {
                command = to.startsWith(Address.Kind.CONNECTION.prefix())
                        ? new Command.RefusedPublish(id(), Outcome.FORBIDDEN)
                        : invalid("to is not an address");
            }
            return onlyWith(KEYS_OF_PUBLISH, command);
        }

        Command subscribe(boolean isWanted) {
            String to = text.get(Key.TO);
            if (to == null) {
                return onlyWith(KEYS_OF_SUBSCRIBE, invalid("to is missing"));
            }
            Command command;
            if (to.startsWith(Address.Kind.USER.prefix()) || to.startsWith(Address.Kind.CONNECTION.prefix())) {
                command = new Command.Invalid(id(), ErrorCode.FORBIDDEN, "only topics can be subscribed to", false);
            } else {
                try {
                    Address topic = Address.parse(to);
                    command = isWanted ? new Command.Subscribe(id(), topic) : new Command.Unsubscribe(id(), topic);
                } catch (IllegalArgumentException e) {
                    command = invalid("to is not a topic");
                }
            }
            return onlyWith(KEYS_OF_SUBSCRIBE, command);
        }

        Command refresh() {
            String token = text.get(Key.TOKEN);
            return onlyWith(
                    KEYS_OF_REFRESH, token == null ? invalid("token is missing") : new Command.Refresh(id(), token));
        }

        /** The command, unless the envelope has keys that do not belong to it or an id that is too long. */
        Command onlyWith(Set<Key> allowed, Command command) {
            for (Key key : text.keySet()) {
                if (!allowed.contains(key)) {
                    return invalid("unknown key for this type");
                }
            }
            return isIdTooLong() ? invalid("id is longer than " + Command.MAX_ID_LENGTH + " characters") : command;
        }

        Command.Invalid invalid(String reason) {
            return new Command.Invalid(id(), ErrorCode.BAD_REQUEST, reason, claimsIdentity);
        }

        @Nullable
        String id() {
            return isIdTooLong() ? null : text.get(Key.ID);
        }

        private boolean isIdTooLong() {
            String id = text.get(Key.ID);
            return id != null && id.length() > Command.MAX_ID_LENGTH;
        }

        private void note(String newProblem) {
            if (problem == null) {
                problem = newProblem;
            }
        }

        private static String shortened(String name) {
            return name.getBytes(UTF_8).length <= 32 ? name : name.substring(0, Math.min(16, name.length())) + "...";
        }
    }
}
