package io.wsrouter.address;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressCacheTest {

    private final AddressCache cache = new AddressCache(4);

    @Test
    void shouldMakeNothingOfATextThatComesAgain() {
        Address first = read("user:alice");

        assertThat(read("user:alice")).isSameAs(first);
    }

    @Test
    void shouldReadFromTheMiddleOfOtherBytes() {
        byte[] utf8 = "\"to\":\"topic:chat.42\",\"id\"".getBytes(UTF_8);

        Address first = cache.parse(utf8, 6, 13);
        Address again = cache.parse("topic:chat.42".getBytes(UTF_8), 0, 13);

        assertThat(first).isEqualTo(Address.topic("chat.42")).isSameAs(again);
    }

    @Test
    void shouldTellApartWhateverSharesAPlace() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 100; i++) {
                assertThat(read("user:u" + i)).isEqualTo(Address.user("u" + i));
                assertThat(read("topic:u" + i)).isEqualTo(Address.topic("u" + i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"user:j\u00fcrgen", "connection:ws_alice_1757375098_6ead719c", "user:a", "topic:12345678"})
    void shouldReadWhatAnAddressCanBe(String text) {
        assertThat(read(text)).isEqualTo(Address.parse(text)).hasSameHashCodeAs(Address.parse(text));
        assertThat(read(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"user:", "user:null", "user:a b", "topic:caf\u00e9", "alice", "connection:ws_alice"})
    void shouldRefuseWhatIsNoAddressEachTime(String text) {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> read(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseASizeThatIsNoPowerOfTwo() {
        for (int size : new int[] {0, 3, -4}) {
            assertThatThrownBy(() -> new AddressCache(size)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private Address read(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        return cache.parse(utf8, 0, utf8.length);
    }
}
