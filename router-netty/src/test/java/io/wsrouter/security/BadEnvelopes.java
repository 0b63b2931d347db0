package io.wsrouter.security;

import io.wsrouter.auth.Grants;
import java.util.List;

/** Text frames that are no command. Mallory, who sends them, may publish to nobody but herself. */
final class BadEnvelopes {

    private static final String JSON = "bad_request: malformed JSON, or nested too deeply";
    private static final String OBJECT = "bad_request: not a JSON object";
    private static final String TRAILING = "bad_request: bytes after the JSON object";
    private static final String TYPE = "bad_request: unknown type";
    private static final String ADDRESS = "bad_request: to is not an address";
    private static final String FORBIDDEN = "receipt forbidden";
    private static final String TO = ",\"to\":\"user:alice\"";

    private BadEnvelopes() {}

    static List<BadInput> all() {
        return List.of(
                // JSON
                text("", OBJECT),
                text(" ", OBJECT),
                text("x", OBJECT),
                text("null", OBJECT),
                text("true", OBJECT),
                text("1", OBJECT),
                text("\"publish\"", OBJECT),
                text("[]", OBJECT),
                text("[{\"type\":\"ping\"}]", OBJECT),
                text("{", JSON),
                text("{}", "bad_request: type is missing"),
                text("{\"type\":\"ping\"", JSON),
                text("{\"type\":\"ping\",}", JSON),
                text("{,\"type\":\"ping\"}", JSON),
                text("{type:\"ping\"}", JSON),
                text("{'type':'ping'}", JSON),
                text("{\"type\" \"ping\"}", JSON),
                text("{\"type\":\"ping\"}}", TRAILING),
                text("{\"type\":\"ping\"}{\"type\":\"ping\"}", TRAILING),
                text("{\"type\":\"ping\"}\n{\"type\":\"publish\",\"to\":\"user:alice\"}", TRAILING),
                text("{\"type\":\"ping\"} x", TRAILING),
                text("{\"type\":\"ping\"}\u0000", TRAILING),
                text("{\"type\":\"ping\"}//", TRAILING),
                text("/**/{\"type\":\"ping\"}", OBJECT),
                text("# x\n{\"type\":\"ping\"}", OBJECT),
                text("\uFEFF{\"type\":\"ping\"}", OBJECT),
                text("{\"type\":\"pi\nng\"}", JSON),
                text("{\"type\":\"pi\tng\"}", JSON),
                text("{\"type\":\"pi\u0000ng\"}", JSON),
                text("{\"type\":\"p\\xing\"}", JSON),
                text("{\"type\":\"p\\u00\"}", JSON),
                text("{\"type\":\"p\\u00ZZ\"}", JSON),
                text("\u00A0{\"type\":\"ping\"}", OBJECT),
                data("NaN", JSON),
                data("Infinity", JSON),
                data("-Infinity", JSON),
                data("+1", JSON),
                data("01", JSON),
                data("-", JSON),
                data("1.", JSON),
                data(".1", JSON),
                data("1e", JSON),
                data("0x10", JSON),
                data("TRUE", JSON),
                data("undefined", JSON),
                data("[1,]", JSON),
                data("[1 2]", JSON),
                data("{\"a\"}", JSON),
                data("{\"a\":1", JSON),
                data("\"\u0007\"", JSON),
                data("'x'", JSON),
                data("[".repeat(65) + "]".repeat(65), JSON),
                data("{\"a\":".repeat(65) + "1" + "}".repeat(65), JSON),
                data("[".repeat(1000), JSON),
                data("", JSON),
                // keys
                text("{\"type\":\"ping\",\"type\":\"ping\"}", duplicate("type")),
                text("{\"type\":\"ping\",\"type\":\"publish\"" + TO + "}", duplicate("type")),
                text("{\"type\":\"publish\",\"id\":\"1\",\"to\":\"user:mallory\"" + TO + "}", duplicate("to")),
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"\\u0074o\":\"user:alice\"}", duplicate("to")),
                text(
                        "{\"type\":\"publish\",\"\\u0074\\u006f\":\"user:alice\",\"to\":\"user:mallory\"}",
                        duplicate("to")),
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"data\":1,\"data\":2}", duplicate("data")),
                text(
                        "{\"type\":\"publish\",\"to\":\"user:mallory\",\"user\":\"mallory\",\"user\":\"alice\"}",
                        duplicate("user")),
                text("{\"type\":\"ping\",\"id\":\"1\",\"id\":\"2\"}", duplicate("id")),
                text("{\"type\":\"ping\",\"x\":1}", unknown("x")),
                text("{\"type\":\"ping\",\"\":1}", unknown("")),
                text("{\"Type\":\"ping\"}", unknown("Type")),
                text("{\"type \":\"ping\"}", unknown("type ")),
                text("{\"type\\u0000\":\"ping\"}", unknown("type\u0000")),
                text("{\"\u0442ype\":\"ping\"}", unknown("\u0442ype")),
                text("{\"type\":\"publish\",\"TO\":\"user:alice\"}", unknown("TO")),
                text("{\"type\":\"ping\",\"__proto__\":{\"admin\":true}}", unknown("__proto__")),
                text("{\"type\":\"ping\",\"" + "k".repeat(1000) + "\":1}", unknown("kkkkkkkkkkkkkkkk...")),
                // identity
                text("{\"type\":\"publish\",\"from\":\"user:alice\",\"to\":\"user:mallory\"}", unknown("from")),
                text("{\"type\":\"publish\",\"from\":\"user:mallory\",\"to\":\"user:mallory\"}", unknown("from")),
                text("{\"type\":\"publish\",\"from\":null,\"to\":\"user:mallory\"}", unknown("from")),
                text("{\"type\":\"publish\",\"fr\\u006fm\":\"user:alice\",\"to\":\"user:mallory\"}", unknown("from")),
                text("{\"type\":\"publish\",\"user_id\":\"alice\",\"to\":\"user:mallory\"}", unknown("user_id")),
                text("{\"type\":\"publish\",\"userId\":\"alice\",\"to\":\"user:mallory\"}", unknown("userId")),
                text("{\"type\":\"publish\",\"sub\":\"alice\",\"to\":\"user:mallory\"}", unknown("sub")),
                text("{\"type\":\"publish\",\"connection\":\"x\",\"to\":\"user:mallory\"}", unknown("connection")),
                text("{\"type\":\"ping\",\"from\":\"user:alice\"}", unknown("from")),
                // type
                text("{\"type\":null}", string("type")),
                text("{\"type\":1}", string("type")),
                text("{\"type\":[\"ping\"]}", string("type")),
                text("{\"type\":{\"type\":\"ping\"}}", string("type")),
                text("{\"type\":\"\"}", TYPE),
                text("{\"type\":\"PING\"}", TYPE),
                text("{\"type\":\"ping \"}", TYPE),
                text("{\"type\":\"message\"}", TYPE),
                text("{\"type\":\"welcome\"}", TYPE),
                text("{\"type\":\"receipt\"}", TYPE),
                text("{\"type\":\"kick\"}", TYPE),
                text("{\"type\":\"ping\",\"to\":\"user:alice\"}", "bad_request: unknown key for this type"),
                text(
                        "{\"type\":\"subscribe\",\"to\":\"topic:a\",\"data\":1}",
                        "bad_request: unknown key for this type"),
                // id
                text("{\"type\":\"ping\",\"id\":7}", string("id")),
                text("{\"type\":\"ping\",\"id\":null}", string("id")),
                text("{\"type\":\"ping\",\"id\":[\"7\"]}", string("id")),
                text("{\"type\":\"ping\",\"id\":\"" + "i".repeat(1000) + "\"}", ID_TOO_LONG),
                // to
                text("{\"type\":\"publish\"}", "bad_request: to is missing"),
                text("{\"type\":\"publish\",\"to\":null}", string("to")),
                text("{\"type\":\"publish\",\"to\":[\"user:alice\"]}", string("to")),
                text("{\"type\":\"publish\",\"to\":{\"user\":\"alice\"}}", string("to")),
                to("", ADDRESS),
                to("alice", ADDRESS),
                to("user", ADDRESS),
                to("user:", ADDRESS),
                to("USER:alice", ADDRESS),
                to(" user:alice", ADDRESS),
                to("user:alice ", ADDRESS),
                to("user:*", ADDRESS),
                to("user:>", ADDRESS),
                to("*", ADDRESS),
                to("user:null", ADDRESS),
                to("user:undefined", ADDRESS),
                to("user:alice\\u0000", ADDRESS),
                to("user:alice\\n", ADDRESS),
                to("user:alice\\\"", ADDRESS),
                to("user:alice\\ud800", ADDRESS),
                to("user:\u00A0alice", ADDRESS),
                to("user:" + "x".repeat(129), ADDRESS),
                to("topic:", ADDRESS),
                to("topic:a b", ADDRESS),
                to("topic:a*", ADDRESS),
                to("topic:>", ADDRESS),
                to("topic:\u00e4", ADDRESS),
                to("topic:" + "x".repeat(201), ADDRESS),
                to("node:n1", ADDRESS),
                to("connection:", FORBIDDEN),
                to("connection:alice", FORBIDDEN),
                to("connection:*", FORBIDDEN),
                to("connection:ws_alice", FORBIDDEN),
                to("connection:ws_alice_1757375098_6EAD719C", FORBIDDEN),
                to("connection:ws_alice_1757375098_6ead719", FORBIDDEN),
                to("connection:ws_alice_-1_6ead719c", FORBIDDEN),
                to("connection:ws_alice_01757375098_6ead719c", FORBIDDEN),
                to("connection:ws_alice_1757375098_6ead719c ", FORBIDDEN),
                to("connection:ws__1757375098_6ead719c", FORBIDDEN),
                // the other keys of a publish
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"event\":1}", string("event")),
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"event\":null}", string("event")),
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"event\":{}}", string("event")),
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"priority\":1}", string("priority")),
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"priority\":\"urgent\"}", PRIORITY),
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"priority\":\"HIGH\"}", PRIORITY),
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"priority\":\"\"}", PRIORITY),
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"user\":1}", string("user")),
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"user\":null}", string("user")),
                ttl("0"),
                ttl("-1"),
                ttl("-0"),
                ttl("1.5"),
                ttl("3e3"),
                ttl("300001"),
                ttl("18446744073709551617"),
                ttl("\"3000\""),
                ttl("null"),
                ttl("true"),
                ttl("[3000]"),
                ttl("03000", JSON),
                text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"ttlms\":1}", unknown("ttlms")),
                text("{\"type\":\"ping\",\"ttlMs\":1}", "bad_request: unknown key for this type"),
                text(
                        "{\"type\":\"publish\",\"to\":\"topic:a\",\"user\":\"mallory\"}",
                        "bad_request: a topic has no user"),
                // subscriptions
                text("{\"type\":\"subscribe\"}", "bad_request: to is missing"),
                text("{\"type\":\"subscribe\",\"to\":\"topic:\"}", "bad_request: to is not a topic"),
                text("{\"type\":\"subscribe\",\"to\":\"topic:*\"}", "bad_request: to is not a topic"),
                text("{\"type\":\"subscribe\",\"to\":\"*\"}", "bad_request: to is not a topic"),
                text("{\"type\":\"subscribe\",\"to\":\"alice\"}", "bad_request: to is not a topic"),
                text("{\"type\":\"unsubscribe\",\"to\":\"topic:a b\"}", "bad_request: to is not a topic"));
    }

    private static final String PRIORITY = "bad_request: priority is not low, normal, high or critical";
    private static final String ID_TOO_LONG = "bad_request: id is longer than 128 characters";

    private static BadInput to(String address, String answer) {
        return text("{\"type\":\"publish\",\"id\":\"1\",\"to\":\"" + address + "\"}", answer);
    }

    private static BadInput data(String json, String answer) {
        return text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"data\":" + json + "}", answer);
    }

    private static BadInput ttl(String json) {
        return ttl(json, "bad_request: ttlMs is not an integer from 1 to 300000");
    }

    private static BadInput ttl(String json, String answer) {
        return text("{\"type\":\"publish\",\"to\":\"user:mallory\",\"ttlMs\":" + json + "}", answer);
    }

    private static BadInput text(String envelope, String answer) {
        return new BadInput(
                BadInput.Section.ENVELOPES, envelope, answer, arena -> arena.answerToText(Grants.NONE, envelope));
    }

    private static String duplicate(String key) {
        return "bad_request: duplicate key \"" + key + '"';
    }

    private static String unknown(String key) {
        return "bad_request: unknown key \"" + key + '"';
    }

    private static String string(String key) {
        return "bad_request: \"" + key + "\" is not a string";
    }
}
