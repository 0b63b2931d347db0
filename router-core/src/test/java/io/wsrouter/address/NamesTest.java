package io.wsrouter.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {

    @ParameterizedTest
    @MethodSource
    void shouldTakeUserIds(String userId) {
        assertThat(Names.isUserId(userId)).isTrue();
        assertThat(Address.user(userId).name()).isEqualTo(userId);
    }

    static String[] shouldTakeUserIds() {
        return new String[] {
            "a",
            "alice",
            "test_user_123456",
            "ws_alice_1757375098_6ead719c",
            "user:alice",
            "a/b.c@d-e+f=g#h?i&j%k,l;m(n)o[p]q{r}s|t~u`v'w^x<y!$",
            "jos\u00e9",
            "\u540d\u524d",
            "\ud83d\ude00",
            "Null",
            "NULL",
            "none",
            "NONE",
            "Undefined",
            "nullable",
            "null_",
            "0",
            "-",
            "x".repeat(128),
            "\u00e9".repeat(64),
            "\u20ac".repeat(42) + "xx",
            "\u0800".repeat(42) + "xx",
            "\ud800\udc00".repeat(32),
            "\ud83d\ude00".repeat(32),
        };
    }

    @ParameterizedTest
    @MethodSource
    void shouldRefuseUserIds(String userId) {
        assertThat(Names.isUserId(userId)).isFalse();
        assertThatThrownBy(() -> Address.user(userId))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("user id")
                .hasMessageContaining("expected 1 to 128 bytes");
    }

    static String[] shouldRefuseUserIds() {
        return new String[] {
            "",
            "null",
            "None",
            "undefined",
            "x".repeat(129),
            "x" + "\u00e9".repeat(64),
            "\u20ac".repeat(43),
            "\u0800".repeat(43),
            "x" + "\ud800\udc00".repeat(32),
            "x" + "\ud83d\ude00".repeat(32),
            "x".repeat(1_000_000),
            " ",
            " alice",
            "alice ",
            "al ice",
            "al\tice",
            "alice\n",
            "alice\r\nbob",
            "alice\0",
            "\u001f",
            "\u007f",
            "\u0080",
            "\u0085",
            "\u009f",
            "\u00a0",
            "\u1680",
            "\u2003",
            "\u2007",
            "\u2028",
            "\u2029",
            "\u202f",
            "\u205f",
            "\u3000",
            "al\"ice",
            "al\\ice",
            "*",
            "alice*",
            "al*ice",
            ">",
            "alice>",
            "\ud83d",
            "\ude00",
            "a\ud83db",
            "\ude00\ud83d",
        };
    }

    @Test
    void shouldRefuseEveryAsciiCharacterThatIsNotAllowed() {
        for (char c = 0; c < 128; c++) {
            boolean isAllowed = c > ' ' && c != 127 && "\"\\*>".indexOf(c) < 0;

            assertThat(Names.isUserId("a" + c + "b"))
                    .as("character %d", (int) c)
                    .isEqualTo(isAllowed);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "Z", "0", ".", "_", ":", "/", "-", "chat.42", "a:b/c_d-e.f", "topic:x", "null", "user:alice"
            })
    void shouldTakeTopicNames(String name) {
        assertThat(Names.isTopicName(name)).isTrue();
        assertThat(Address.topic(name).name()).isEqualTo(name);
    }

    @Test
    void shouldTakeTopicNamesOfUpTo200Characters() {
        assertThat(Names.isTopicName("t".repeat(200))).isTrue();
        assertThat(Names.isTopicName("t".repeat(201))).isFalse();
        assertThatThrownBy(() -> Address.topic("t".repeat(201)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 1 to 200");
    }

    @Test
    void shouldRefuseEveryOtherCharacterInTopicNames() {
        String allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/-";
        for (char c = 0; c < 0x3000; c++) {
            assertThat(Names.isTopicName("a" + c)).as("character %x", (int) c).isEqualTo(allowed.indexOf(c) >= 0);
        }
        assertThat(Names.isTopicName("")).isFalse();
        assertThat(Names.isTopicName("\ud83d\ude00")).isFalse();
    }

    @Test
    void shouldLetNothingForgeALineOfALog() {
        assertThatThrownBy(() -> Address.user("alice\r\n2025 INFO all is well\u0085\ud83d"))
                .hasMessageContaining("\"alice??2025 INFO all is well??\"")
                .hasMessageNotContaining("\n")
                .hasMessageNotContaining("\r");
    }

    @Test
    void shouldQuoteNoMoreThanTheHeadOfALongName() {
        assertThat(Names.printable("x".repeat(64))).isEqualTo("x".repeat(64));
        assertThat(Names.printable("x".repeat(65))).isEqualTo("x".repeat(64) + "...");
        assertThat(Names.printable("\ud83d\ude00".repeat(65))).isEqualTo("\ud83d\ude00".repeat(64) + "...");
        assertThat(Names.printable("x".repeat(100_000))).hasSize(67);
    }
}
