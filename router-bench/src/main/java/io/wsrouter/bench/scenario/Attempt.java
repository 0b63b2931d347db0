package io.wsrouter.bench.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One publish, well-formed or not, and what has to become of it. The verdict is known from how the envelope was put together,
 * with matchers of its own: nothing of the router is asked.
 *
 * @param json the envelope, without {@code type} when it goes over HTTP
 * @param verdict what the router has to say
 * @param to the address that it names, or null when it names none that can be read
 */
record Attempt(String json, Verdict verdict, @Nullable String to) {

    /** What has to become of an attempt. */
    enum Verdict {
        /** Not a command: an error, nothing else. */
        BAD,
        /** Not a command, and a claim to be somebody: an error, and a line in the security log. */
        BAD_IDENTITY,
        /** The named owner is not the owner. */
        OWNER_MISMATCH,
        /** No grant for the address. */
        FORBIDDEN,
        /** It goes to those who have the address, be they none. */
        ROUTED
    }

    /** How an envelope is spoiled. */
    private enum Flaw {
        DUPLICATE_TO,
        ESCAPED_DUPLICATE_TO,
        DUPLICATE_USER,
        FROM,
        USER_ID,
        ESCAPED_FROM,
        UNKNOWN_KEY,
        TO_IN_A_LIST,
        USER_A_NUMBER,
        SECOND_OBJECT,
        CUT_SHORT,
        TOO_DEEP,
        NO_ADDRESS,
        BAD_PRIORITY
    }

    private static final List<Flaw> FLAWS = List.of(Flaw.values());
    private static final String[] NO_ADDRESSES = {
        "", "alice", "user:", "USER:u-0", "user:*", "topic:a b", "user:u-0 ", "*"
    };
    private static final String[] NO_CONNECTIONS = {
        "connection:",
        "connection:u-0",
        "connection:*",
        "connection:ws_u-0_1_zz",
        "connection:ws_u-0_1757375098_6EAD719C"
    };

    /**
     * Makes one at random.
     *
     * @param number tells it from all others; it is in the payload
     * @param sender who publishes
     * @param targets the addresses of others that exist, and of some that do not
     * @param isHttp whether it goes over HTTP
     */
    static Attempt random(int number, Sender sender, List<String> targets, boolean isHttp, SplittableRandom random) {
        if (random.nextInt(40) == 0) {
            String to = NO_CONNECTIONS[random.nextInt(NO_CONNECTIONS.length)];
            return new Attempt(envelope(fields(number, to, null, isHttp, random), random), Verdict.FORBIDDEN, null);
        }
        String to = random.nextInt(6) == 0 ? "user:" + sender.user() : targets.get(random.nextInt(targets.size()));
        String owner = claimedOwner(to, targets, random);
        List<String> fields = fields(number, to, owner, isHttp, random);
        if (random.nextInt(5) == 0) {
            Flaw flaw = FLAWS.get(random.nextInt(FLAWS.size()));
            return spoiled(flaw, fields, targets.get(random.nextInt(targets.size())), random);
        }
        Verdict verdict;
        if (owner != null && !owner.equals(ownerOf(to))) {
            verdict = to.startsWith("topic:") ? Verdict.BAD : Verdict.OWNER_MISMATCH;
        } else {
            verdict = sender.mayPublish(to) ? Verdict.ROUTED : Verdict.FORBIDDEN;
        }
        return new Attempt(envelope(fields, random), verdict, to);
    }

    /** The user that a {@code user:} or {@code connection:} address belongs to; nobody for a topic. */
    static @Nullable String ownerOf(String address) {
        if (address.startsWith("user:")) {
            return address.substring("user:".length());
        }
        if (address.startsWith("connection:ws_")) {
            String[] parts = address.substring("connection:ws_".length()).split("_", -1);
            return String.join("_", List.of(parts).subList(0, parts.length - 2));
        }
        return null;
    }

    private static @Nullable String claimedOwner(String to, List<String> targets, SplittableRandom random) {
        String owner = ownerOf(to);
        return switch (random.nextInt(8)) {
            case 0, 1 -> owner;
            case 2 -> ownerOf(targets.get(random.nextInt(targets.size())));
            case 3 -> owner == null ? "somebody" : owner + "x";
            case 4 -> owner == null ? null : owner.substring(0, owner.length() - 1);
            default -> null;
        };
    }

    /** Members of the envelope; {@code to} is the first, and the payload is the last. */
    private static List<String> fields(
            int number, String to, @Nullable String owner, boolean isHttp, SplittableRandom random) {
        List<String> fields = new ArrayList<>();
        fields.add(key("to", random) + text(to, random));
        if (!isHttp) {
            fields.add(key("type", random) + text("publish", random));
        }
        fields.add(key("id", random) + '"' + number + '"');
        if (owner != null) {
            fields.add(key("user", random) + text(owner, random));
        }
        if (random.nextInt(4) == 0) {
            fields.add("\"event\":\"e\\\",\\\"to\\\":\\\"user:u-1\"");
        }
        if (random.nextInt(4) == 0) {
            fields.add("\"priority\":\"high\"");
        }
        fields.add("\"data\":" + payload(number, random));
        return fields;
    }

    /** The payload: its number, and often something that looks like an envelope. */
    private static String payload(int number, SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 ->
                "{\"n\":" + number
                        + ",\"to\":\"user:u-1\",\"from\":\"user:u-2\",\"user\":\"u-3\",\"type\":\"message\"}";
            case 1 -> "{\"n\":" + number + ",\"x\":\"\\\"},\\\"to\\\":\\\"user:u-1\\\",\\u0022n\\u0022:1\"}";
            case 2 -> "{\"n\":" + number + ",\"x\":[{\"to\":\"user:u-1\",\"to\":\"user:u-2\"}]}";
            default -> "{\"n\":" + number + "}";
        };
    }

    private static Attempt spoiled(Flaw flaw, List<String> fields, String another, SplittableRandom random) {
        Verdict verdict = Verdict.BAD;
        String behind = "";
        switch (flaw) {
            case DUPLICATE_TO -> fields.add("\"to\":" + text(another, random));
            case ESCAPED_DUPLICATE_TO -> fields.add("\"\\u0074\\u006f\":" + text(another, random));
            case DUPLICATE_USER -> {
                fields.add("\"user\":\"u-0\"");
                fields.add("\"us\\u0065r\":\"u-0\"");
            }
            case FROM -> {
                fields.add("\"from\":\"user:u-0\"");
                verdict = Verdict.BAD_IDENTITY;
            }
            case USER_ID -> {
                fields.add("\"user_id\":\"u-0\"");
                verdict = Verdict.BAD_IDENTITY;
            }
            case ESCAPED_FROM -> {
                fields.add("\"\\u0066rom\":null");
                verdict = Verdict.BAD_IDENTITY;
            }
            case UNKNOWN_KEY -> fields.add("\"To\":\"user:u-0\"");
            case TO_IN_A_LIST -> fields.set(0, "\"to\":[" + text(another, random) + "]");
            case USER_A_NUMBER -> fields.add("\"user\":1");
            case SECOND_OBJECT -> behind = "{\"to\":" + text(another, random) + "}";
            case CUT_SHORT -> behind = "\"";
            case TOO_DEEP -> fields.set(fields.size() - 1, "\"data\":" + "[".repeat(65) + "]".repeat(65));
            case NO_ADDRESS ->
                fields.set(0, "\"to\":" + text(NO_ADDRESSES[random.nextInt(NO_ADDRESSES.length)], random));
            case BAD_PRIORITY -> {
                fields.removeIf(field -> field.startsWith("\"priority\""));
                fields.add("\"priority\":\"urgent\"");
            }
        }
        return new Attempt(envelope(fields, random) + behind, verdict, null);
    }

    private static String envelope(List<String> fields, SplittableRandom random) {
        for (int i = fields.size() - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            String swapped = fields.get(i);
            fields.set(i, fields.get(other));
            fields.set(other, swapped);
        }
        return '{' + String.join(random.nextInt(4) == 0 ? " ,\t" : ",", fields) + '}';
    }

    private static String key(String name, SplittableRandom random) {
        return text(name, random) + ':';
    }

    /** A JSON string of {@code text}, some of its characters in escapes at times. */
    private static String text(String text, SplittableRandom random) {
        boolean isEscaping = random.nextInt(4) == 0;
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isEscaping && !Character.isSurrogate(c) && random.nextInt(3) == 0) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
