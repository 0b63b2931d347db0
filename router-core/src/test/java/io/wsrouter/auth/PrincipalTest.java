package io.wsrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wsrouter.address.Address;
import io.wsrouter.address.AddressPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalTest {

    @ParameterizedTest
    @CsvSource({
        // user, publish grants, address, allowed
        "alice,   ,                    user:alice,                                true",
        "alice,   ,                    user:alice2,                               false",
        "alice,   ,                    user:alic,                                 false",
        "alice,   ,                    user:Alice,                                false",
        "alice,   ,                    user:bob,                                  false",
        "alice,   ,                    connection:ws_alice_1757375098_6ead719c,   true",
        "alice,   ,                    connection:ws_bob_1757375098_6ead719c,     false",
        "alice,   ,                    connection:ws_alice_2_1757375098_6ead719c, false",
        "alice_2, ,                    connection:ws_alice_2_1757375098_6ead719c, true",
        "alice_2, ,                    connection:ws_alice_1757375098_6ead719c,   false",
        "a_1,     ,                    connection:ws_a_1_1757375098_6ead719c,     true",
        "a,       ,                    connection:ws_a_1_1757375098_6ead719c,     false",
        "alice,   ,                    topic:alice,                               false",
        "alice,   ,                    topic:user:alice,                          false",
        "alice,   user:bob,            user:bob,                                  true",
        "alice,   user:bob,            user:bobby,                                false",
        "alice,   user:bob,            connection:ws_bob_1757375098_6ead719c,     true",
        "alice,   user:bob,            connection:ws_bob_2_1757375098_6ead719c,   false",
        "alice,   user:b*,             connection:ws_bob_1757375098_6ead719c,     true",
        "alice,   user:*,              user:bob,                                  true",
        "alice,   user:*,              connection:ws_bob_1757375098_6ead719c,     true",
        "alice,   user:*,              topic:chat,                                false",
        "alice,   topic:chat.*,        topic:chat.42,                             true",
        "alice,   topic:chat.*,        topic:chat.,                               false",
        "alice,   topic:chat.*,        topic:chat,                                false",
        "alice,   topic:chat.*,        user:chat.42,                              false",
        "alice,   topic:*,             connection:ws_bob_1757375098_6ead719c,     false",
        "alice,   *,                   user:bob,                                  true",
        "alice,   *,                   topic:chat,                                true",
        "alice,   *,                   connection:ws_bob_1757375098_6ead719c,     true",
        "alice,   user:bob|topic:ops,  topic:ops,                                 true",
        "alice,   user:bob|topic:ops,  topic:op,                                  false",
    })
    void shouldPublishToItsOwnAndByGrant(String user, String grants, String address, boolean isAllowed) {
        Principal principal = principal(user, new Grants(patterns(grants), List.of(), false));

        assertThat(principal.mayPublish(Address.parse(address))).isEqualTo(isAllowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"topic:chat.42", "user:alice", "connection:ws_alice_1757375098_6ead719c"})
    void shouldSubscribeToNothingWithoutAGrant(String address) {
        assertThat(principal("alice", Grants.NONE).maySubscribe(Address.parse(address)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "topic:chat.*, topic:chat.42,                           true",
        "topic:chat.*, topic:chats,                             false",
        "topic:ops,    topic:ops,                               true",
        "topic:ops,    topic:ops2,                              false",
        "*,            topic:ops,                               true",
        "*,            user:alice,                              false",
        "*,            user:bob,                                false",
        "*,            connection:ws_alice_1757375098_6ead719c, false",
        "user:*,       user:alice,                              false",
        "user:alice,   user:alice,                              false",
        "user:*,       connection:ws_alice_1757375098_6ead719c, false",
        "user:*,       topic:ops,                               false",
    })
    void shouldSubscribeToTopicsOnly(String grants, String address, boolean isAllowed) {
        Principal principal = principal("alice", new Grants(List.of(), patterns(grants), false));

        assertThat(principal.maySubscribe(Address.parse(address))).isEqualTo(isAllowed);
    }

    @Test
    void shouldKeepPublishAndSubscribeGrantsApart() {
        Address topic = Address.topic("chat");
        Principal publisher = principal("alice", new Grants(patterns("topic:chat"), List.of(), false));
        Principal subscriber = principal("alice", new Grants(List.of(), patterns("topic:chat"), false));

        assertThat(publisher.mayPublish(topic)).isTrue();
        assertThat(publisher.maySubscribe(topic)).isFalse();
        assertThat(subscriber.mayPublish(topic)).isFalse();
        assertThat(subscriber.maySubscribe(topic)).isTrue();
    }

    @Test
    void shouldGrantNothingElseToAnAdmin() {
        Principal admin = principal("root", new Grants(List.of(), List.of(), true));

        assertThat(admin.isAdmin()).isTrue();
        assertThat(admin.mayPublish(Address.user("bob"))).isFalse();
        assertThat(admin.maySubscribe(Address.topic("ops"))).isFalse();
        assertThat(principal("alice", new Grants(patterns("*"), patterns("*"), false))
                        .isAdmin())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"topic:alice", "connection:ws_alice_1757375098_6ead719c"})
    void shouldBeAUserAndNothingElse(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Principal(Address.parse(address), Grants.NONE, 0))
                .withMessageContaining(address)
                .withMessageContaining("expected a user");
    }

    @Test
    void shouldNotMistakeAStarForAUser() {
        assertThatIllegalArgumentException().isThrownBy(() -> principal("*", Grants.NONE));
        assertThatIllegalArgumentException().isThrownBy(() -> principal("al*", Grants.NONE));
    }

    @Test
    void shouldBoundAndCopyItsGrants() {
        List<AddressPattern> patterns =
                new ArrayList<>(Collections.nCopies(Grants.MAX_PATTERNS, AddressPattern.parse("topic:a")));
        Grants grants = new Grants(patterns, patterns, false);
        patterns.add(AddressPattern.parse("*"));

        assertThat(grants.publish()).hasSize(Grants.MAX_PATTERNS);
        assertThat(grants.subscribe()).hasSize(Grants.MAX_PATTERNS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Grants(patterns, List.of(), false))
                .withMessage("publish grants: 101 (expected at most 100)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Grants(List.of(), patterns, false))
                .withMessage("subscribe grants: 101 (expected at most 100)");
    }

    private static Principal principal(String user, Grants grants) {
        return new Principal(Address.user(user), grants, 1_757_378_698);
    }

    private static List<AddressPattern> patterns(String grants) {
        return grants == null
                ? List.of()
                : Arrays.stream(grants.split("\\|")).map(AddressPattern::parse).toList();
    }
}
