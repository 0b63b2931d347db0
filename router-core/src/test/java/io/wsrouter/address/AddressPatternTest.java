package io.wsrouter.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class AddressPatternTest {

    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource({
        "user:alice, user:alice, true",
        "user:alice, user:alicea, false",
        "user:alice, user:alic, false",
        "user:alice, user:Alice, false",
        "user:alice, topic:alice, false",
        "user:alice, connection:ws_alice_1_00000000, true",
        "user:alice, connection:ws_bob_1_00000000, false",
        "user:alice, connection:ws_alice_1_00000000_1_00000000, false",
        "user:*, user:a, true",
        "user:*, user:user:a, true",
        "user:*, topic:a, false",
        "user:*, connection:ws_a_1_00000000, true",
        "user:al*, user:alice, true",
        "user:al*, user:al_, true",
        "user:al*, user:al, false",
        "user:al*, user:bal, false",
        "user:al*, connection:ws_alice_1_00000000, true",
        "user:al*, connection:ws_al_1_00000000, false",
        "user:ws_*, connection:ws_a_1_00000000, false",
        "user:null*, user:nullable, true",
        "user:\u540d*, user:\u540d\u524d, true",
        "user:\u540d*, user:\u540d, false",
        "topic:chat.42, topic:chat.42, true",
        "topic:chat.42, topic:chat.421, false",
        "topic:chat.42, topic:chatx42, false",
        "topic:chat.*, topic:chat.42, true",
        "topic:chat.*, topic:chat.4.2, true",
        "topic:chat.*, topic:chat., false",
        "topic:chat.*, topic:chat, false",
        "topic:chat.*, topic:chatter, false",
        "topic:chat.*, user:chat.42, false",
        "topic:*, topic:x, true",
        "topic:*, user:x, false",
        "topic:*, connection:ws_a_1_00000000, false",
        "*, user:a, true",
        "*, topic:a, true",
        "*, connection:ws_a_1_00000000, true",
    })
    void shouldMatch(String grant, String address, boolean expected) {
        AddressPattern pattern = AddressPattern.parse(grant);

        assertThat(pattern.matches(Address.parse(address))).isEqualTo(expected);
        assertThat(pattern).hasToString(grant);
    }

    /** Equal grants are kept once and shared by the principals that have them. */
    @Test
    void shouldBeEqualOnlyWhenWrittenAlike() {
        assertThat(AddressPattern.parse("user:al*"))
                .isEqualTo(AddressPattern.parse("user:al*"))
                .hasSameHashCodeAs(AddressPattern.parse("user:al*"))
                .isNotEqualTo(AddressPattern.parse("user:al"))
                .isNotEqualTo(AddressPattern.parse("user:a*"))
                .isNotEqualTo(AddressPattern.parse("topic:al*"))
                .isNotEqualTo("user:al*");
    }

    /** So that different grants do not push each other out of the one place in which they are kept. */
    @Test
    void shouldSpreadItsHashCodes() {
        assertThat(IntStream.range(0, 100)
                        .mapToObj(i -> AddressPattern.parse("topic:chat." + i).hashCode()))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource
    void shouldRefuse(String grant) {
        assertThatThrownBy(() -> AddressPattern.parse(grant))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("grant \"")
                .hasMessageContaining("expected user:<id>, topic:<name>");
    }

    static String[] shouldRefuse() {
        return new String[] {
            "",
            "**",
            "***",
            "* ",
            " *",
            "alice",
            "u*",
            "use*",
            "user*",
            "user",
            "user:",
            "user:**",
            "user:*a",
            "user:a*b",
            "user:a*b*",
            "user:a b",
            "user:a b*",
            "user:>",
            "user:a>*",
            "user:\"*",
            "user:\\*",
            "user:null",
            "user:None",
            "user:undefined",
            "user:" + "x".repeat(129),
            "user:" + "x".repeat(129) + "*",
            "user:\ud83d*",
            "User:alice",
            "topic",
            "topic*",
            "topic:",
            "topic:**",
            "topic:*.x",
            "topic:chat.*.x",
            "topic:chat 42",
            "topic:chat>",
            "topic:\u00e9*",
            "topic:" + "t".repeat(201),
            "topic:" + "t".repeat(201) + "*",
            "connection:*",
            "connection:ws_*",
            "connection:ws_alice_*",
            "connection:ws_alice_1_00000000",
            "group:x",
            ":*",
        };
    }

    @ParameterizedTest
    @MethodSource
    void shouldTakeTheLongest(String grant) {
        assertThat(AddressPattern.parse(grant)).hasToString(grant);
    }

    static String[] shouldTakeTheLongest() {
        return new String[] {
            "user:" + "x".repeat(128),
            "user:" + "x".repeat(128) + "*",
            "topic:" + "t".repeat(200),
            "topic:" + "t".repeat(200) + "*",
        };
    }
}
