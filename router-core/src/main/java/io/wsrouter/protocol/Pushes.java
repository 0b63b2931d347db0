package io.wsrouter.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the router sends: each method returns the text of one frame of {@code ws-router.v1.json} in UTF-8.
 *
 * <p>Names and reasons are escaped; {@code event} and {@code data} pass byte for byte. Any thread.
 */
public final class Pushes {

    private static final byte[] MESSAGE_TO = "{\"type\":\"message\",\"to\":".getBytes(UTF_8);
    private static final byte[] FROM = ",\"from\":".getBytes(UTF_8);
    private static final byte[] EVENT = ",\"event\":".getBytes(UTF_8);
    private static final byte[] AT = ",\"at\":".getBytes(UTF_8);
    private static final byte[] DATA = ",\"data\":".getBytes(UTF_8);
    private static final byte[] END = "}".getBytes(UTF_8);
    private static final int QUOTES = 4;
    private static final int AT_DIGITS = 13;

    private Pushes() {}

    /**
     * The first frame of a connection.
     *
     * @param heartbeatSeconds how often the router pings
     * @param expiresAtEpochSeconds when the token ends
     */
    public static byte[] welcome(
            ConnectionId connection,
            String node,
            long heartbeatSeconds,
            int maxMessageBytes,
            long expiresAtEpochSeconds) {
        return new JsonText(256)
                .raw("{\"type\":\"welcome\",\"connection\":")
                .string(connection.toString())
                .raw(",\"user\":")
                .string(connection.user().name())
                .raw(",\"node\":")
                .string(node)
                .raw(",\"heartbeat\":")
                .number(heartbeatSeconds)
                .raw(",\"maxMessageBytes\":")
                .number(maxMessageBytes)
                .raw(",\"expires\":")
                .number(expiresAtEpochSeconds)
                .raw("}")
                .toBytes();
    }

    /**
     * A message for its receivers. It has no field that differs between them.
     *
     * @param event a JSON string, quotes included, or null
     * @param data a JSON text, or null
     * @param atEpochMillis when it was accepted
     */
    public static byte[] message(
            Address to, Address from, @Nullable RawJson event, long atEpochMillis, @Nullable RawJson data) {
        int length = MESSAGE_TO.length + FROM.length + AT.length + END.length + QUOTES + AT_DIGITS;
        length += to.lengthBytes() + from.lengthBytes();
        length += event == null ? 0 : EVENT.length + event.lengthBytes();
        length += data == null ? 0 : DATA.length + data.lengthBytes();
        JsonText at = new JsonText(AT.length + AT_DIGITS);
        at(at, atEpochMillis);
        JsonText json = new JsonText(length);
        message(json, to, from, event, at, data);
        return json.toBytes();
    }

    static void at(JsonText json, long epochMillis) {
        json.raw(AT).number(epochMillis);
    }

    /** Writes a message and returns where the name of its event ends, if it has one. */
    static int message(
            JsonText json, Address to, Address from, @Nullable RawJson event, JsonText at, @Nullable RawJson data) {
        json.raw(MESSAGE_TO).address(to).raw(FROM).address(from);
        if (event != null) {
            json.raw(EVENT).raw(event);
        }
        int eventEnd = json.length();
        json.raw(at);
        if (data != null) {
            json.raw(DATA).raw(data);
        }
        json.raw(END);
        return eventEnd;
    }

    /** The answer to a publish; {@code id} is null where the publisher gave none, as over HTTP. */
    public static byte[] receipt(@Nullable String id, Receipt receipt) {
        JsonText json = new JsonText(160);
        receiptStart(json, id == null ? null : RawJson.ofText(id));
        receiptEnd(json, receipt);
        return json.toBytes();
    }

    static void receiptStart(JsonText json, @Nullable RawJson id) {
        json.raw("{\"type\":\"receipt\"");
        if (id != null) {
            json.raw(",\"id\":").raw(id);
        }
    }

    /** How many publishes without an id were refused since the last such push, by outcome. */
    public static byte[] refused(Map<Outcome, Integer> outcomes) {
        int count = outcomes.values().stream().mapToInt(Integer::intValue).sum();
        JsonText json = start("refused", null).raw(",\"count\":").number(count).raw(",\"outcomes\":");
        return counts(json, outcomes).raw("}").toBytes();
    }

    /** The receiver has missed so many messages since the last such push, because it reads too slowly. */
    public static byte[] dropped(int count) {
        return start("dropped", null).raw(",\"count\":").number(count).raw("}").toBytes();
    }

    /** The answer to a command that succeeded. */
    public static byte[] ok(String id) {
        return start("ok", id).raw("}").toBytes();
    }

    /** The answer to a refresh that succeeded: the new token ends at {@code expiresAtEpochSeconds}. */
    public static byte[] refreshed(String id, long expiresAtEpochSeconds) {
        return start("ok", id)
                .raw(",\"expires\":")
                .number(expiresAtEpochSeconds)
                .raw("}")
                .toBytes();
    }

    /** The answer to a ping. */
    public static byte[] pong(@Nullable String id) {
        return start("pong", id).raw("}").toBytes();
    }

    /** The answer to a command that was refused. */
    public static byte[] error(@Nullable String id, ErrorCode code, String reason) {
        return start("error", id)
                .raw(",\"code\":")
                .string(code.word())
                .raw(",\"reason\":")
                .string(reason)
                .raw(code.isRetryable() ? ",\"retryable\":true}" : ",\"retryable\":false}")
                .toBytes();
    }

    private static JsonText start(String type, @Nullable String id) {
        JsonText json = new JsonText(160).raw("{\"type\":").string(type);
        return id == null ? json : json.raw(",\"id\":").string(id);
    }

    static void receiptEnd(JsonText json, Receipt receipt) {
        json.raw(",\"outcome\":\"")
                .raw(receipt.outcome().word())
                .raw("\",\"matched\":")
                .number(receipt.matched())
                .raw(",\"delivered\":")
                .number(receipt.delivered())
                .raw(",\"queued\":")
                .number(receipt.queued())
                .raw(",\"refused\":");
        counts(json, receipt.refused());
        if (!receipt.unknown().isEmpty()) {
            String separator = ",\"unknown\":[";
            for (String node : receipt.unknown()) {
                json.raw(separator).string(node);
                separator = ",";
            }
            json.raw("]");
        }
        json.raw("}");
    }

    private static JsonText counts(JsonText json, Map<Outcome, Integer> counts) {
        if (counts.isEmpty()) {
            return json.raw("{}");
        }
        String separator = "{";
        for (Map.Entry<Outcome, Integer> count : counts.entrySet()) {
            json.raw(separator).string(count.getKey().word()).raw(":").number(count.getValue());
            separator = ",";
        }
        return json.raw("}");
    }
}
