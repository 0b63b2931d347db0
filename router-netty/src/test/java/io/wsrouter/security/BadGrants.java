package io.wsrouter.security;

import static io.wsrouter.server.TestServer.mayPublish;
import static io.wsrouter.server.TestServer.maySubscribe;

import io.wsrouter.auth.Grants;
import java.util.List;

/** Commands without the right to them. */
final class BadGrants {

    private static final String FORBIDDEN = "receipt forbidden";
    private static final String MISMATCH = "receipt owner_mismatch";
    private static final String NO_SUBSCRIPTION = "forbidden: user:mallory may not subscribe to topic:secret";
    private static final String TOPICS_ONLY = "forbidden: only topics can be subscribed to";

    private BadGrants() {}

    static List<BadInput> all() {
        return List.of(
                publish("no grants", Grants.NONE, "user:alice", FORBIDDEN),
                publish("no grants", Grants.NONE, "topic:secret", FORBIDDEN),
                publish("no grants", Grants.NONE, "connection:{alice}", FORBIDDEN),
                publish("no grants", Grants.NONE, "connection:ws_alice_1757375098_6ead719c", FORBIDDEN),
                publish("publish user:bob", mayPublish("user:bob"), "user:alice", FORBIDDEN),
                publish("publish user:alic", mayPublish("user:alic"), "user:alice", FORBIDDEN),
                publish("publish user:alicee", mayPublish("user:alicee"), "user:alice", FORBIDDEN),
                publish("publish user:Alice", mayPublish("user:Alice"), "user:alice", FORBIDDEN),
                publish("publish user:alice*", mayPublish("user:alice*"), "user:alice", FORBIDDEN),
                publish(
                        "publish user:\u0430lice, its first letter Cyrillic",
                        mayPublish("user:\u0430lice"),
                        "user:alice",
                        FORBIDDEN),
                publish("publish user:ws_alice*", mayPublish("user:ws_alice*"), "connection:{alice}", FORBIDDEN),
                publish("publish topic:*", mayPublish("topic:*"), "user:alice", FORBIDDEN),
                publish("publish topic:*", mayPublish("topic:*"), "connection:{alice}", FORBIDDEN),
                publish("publish topic:secre", mayPublish("topic:secre"), "topic:secret", FORBIDDEN),
                publish("publish topic:secret.*", mayPublish("topic:secret.*"), "topic:secret", FORBIDDEN),
                publish("publish topic:secret*", mayPublish("topic:secret*"), "topic:secret", FORBIDDEN),
                publish("publish user:*", mayPublish("user:*"), "topic:secret", FORBIDDEN),
                publish("subscribe topic:*", maySubscribe("topic:*"), "topic:secret", FORBIDDEN),
                publish(
                        "admin and nothing else",
                        new Grants(List.of(), List.of(), true),
                        "connection:malformed",
                        FORBIDDEN),
                claim("no grants", Grants.NONE, "user:alice", "mallory", MISMATCH),
                claim("no grants", Grants.NONE, "user:mallory", "alice", MISMATCH),
                claim("publish *", mayPublish("*"), "user:alice", "mallory", MISMATCH),
                claim("publish *", mayPublish("*"), "user:alice", "Alice", MISMATCH),
                claim("publish *", mayPublish("*"), "user:alice", "", MISMATCH),
                claim("publish *", mayPublish("*"), "user:alice", "user:alice", MISMATCH),
                claim("publish *", mayPublish("*"), "user:alice", "alice ", MISMATCH),
                claim("publish *", mayPublish("*"), "user:alice", "*", MISMATCH),
                claim("publish *", mayPublish("*"), "user:alice", "\u0430lice", MISMATCH),
                claim("publish *", mayPublish("*"), "user:alice", "alice\\u0000", MISMATCH),
                claim("publish *", mayPublish("*"), "user:alice", "al\\u0131ce", MISMATCH),
                claim("publish *", mayPublish("*"), "connection:{alice}", "mallory", MISMATCH),
                claim("publish *", mayPublish("*"), "connection:{alice}", "{alice}", MISMATCH),
                subscribe("no grants", Grants.NONE, "topic:secret", NO_SUBSCRIPTION),
                subscribe("publish *", mayPublish("*"), "topic:secret", NO_SUBSCRIPTION),
                subscribe("subscribe topic:secret.*", maySubscribe("topic:secret.*"), "topic:secret", NO_SUBSCRIPTION),
                subscribe("subscribe topic:secret*", maySubscribe("topic:secret*"), "topic:secret", NO_SUBSCRIPTION),
                subscribe("subscribe topic:Secret", maySubscribe("topic:Secret"), "topic:secret", NO_SUBSCRIPTION),
                subscribe("subscribe user:*", maySubscribe("user:*"), "user:alice", TOPICS_ONLY),
                subscribe("subscribe *", maySubscribe("*"), "user:alice", TOPICS_ONLY),
                subscribe("subscribe *", maySubscribe("*"), "user:mallory", TOPICS_ONLY),
                subscribe("subscribe *", maySubscribe("*"), "connection:{alice}", TOPICS_ONLY),
                new BadInput(
                        BadInput.Section.GRANTS,
                        "publish user:alice, and an `id` that is missing: a refusal is told all the same",
                        "refused {forbidden:1}",
                        arena -> arena.answerToText(Grants.NONE, "{\"type\":\"publish\",\"to\":\"user:alice\"}")));
    }

    private static BadInput publish(String grants, Grants held, String to, String answer) {
        return command(
                grants + ": publish to `" + to + '`',
                held,
                "{\"type\":\"publish\",\"id\":\"1\",\"to\":\"" + to + "\",\"data\":1}",
                answer);
    }

    private static BadInput claim(String grants, Grants held, String to, String owner, String answer) {
        return command(
                grants + ": publish to `" + to + "` with user `" + owner + '`',
                held,
                "{\"type\":\"publish\",\"id\":\"1\",\"to\":\"" + to + "\",\"user\":\"" + owner + "\"}",
                answer);
    }

    private static BadInput subscribe(String grants, Grants held, String to, String answer) {
        return command(
                grants + ": subscribe to `" + to + '`',
                held,
                "{\"type\":\"subscribe\",\"id\":\"1\",\"to\":\"" + to + "\"}",
                answer);
    }

    private static BadInput command(String input, Grants held, String envelope, String answer) {
        return new BadInput(
                BadInput.Section.GRANTS,
                input.replace("{alice}", "ID-OF-ALICE"),
                answer,
                arena -> arena.answerToText(held, envelope.replace("{alice}", arena.idOfAlice())));
    }
}
