package io.wsrouter.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrouter.routing.SeedWatcher;
import io.wsrouter.routing.Seeds;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(SeedWatcher.class)
final class ConnectionIdTest {

    @ParameterizedTest
    @CsvSource({
        "ws_alice_1757375098_6ead719c, alice, 1757375098",
        "ws_a_0_00000000, a, 0",
        "ws_a_999999999999_ffffffff, a, 999999999999",
        "ws_test_user_123456_1757375098_6ead719c, test_user_123456, 1757375098",
        "ws_ws_alice_1_00000000_2_11111111, ws_alice_1_00000000, 2",
        "ws___1_00000000, _, 1",
        "ws_a__1_00000000, a_, 1",
        "ws__a_1_00000000, _a, 1",
        "ws_42_1_00000000, 42, 1",
        "ws_1_1_11111111, 1, 1",
        "ws_\u540d\u524d_1_00000000, \u540d\u524d, 1",
    })
    void shouldReadFromTheRight(String text, String user, long epochSeconds) {
        ConnectionId id = ConnectionId.parse(text);

        assertThat(id.user()).isEqualTo(Address.user(user));
        assertThat(id.epochSeconds()).isEqualTo(epochSeconds);
        assertThat(id).hasToString(text);
    }

    @ParameterizedTest
    @MethodSource
    void shouldRefuseWhatIsNotCanonical(String text) {
        assertThatThrownBy(() -> ConnectionId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected ws_<user>_<epoch seconds>_<8 lower-case hex digits>");
    }

    static String[] shouldRefuseWhatIsNotCanonical() {
        return new String[] {
            "",
            "w",
            "ws",
            "ws_",
            "_",
            "________",
            "_________",
            "__________",
            "ws_________",
            "ws_00000000",
            "ws_1_00000000",
            "ws__1_00000000",
            "alice",
            "ws_alice",
            "ws_alice_1757375098",
            "ws_alice_6ead719c",
            "ws_alice__6ead719c",
            "ws_alice_1757375098_",
            "ws_alice_1757375098_6ead719",
            "ws_alice_1757375098_6ead719cc",
            "ws_alice_1757375098_6EAD719C",
            "ws_alice_1757375098_6ead719g",
            "ws_alice_1757375098-6ead719c",
            "ws_alice-1757375098_6ead719c",
            "ws_alice_01757375098_6ead719c",
            "ws_alice_00_6ead719c",
            "ws_alice_+1_6ead719c",
            "ws_alice_-1_6ead719c",
            "ws_alice_1e9_6ead719c",
            "ws_alice_\u0661_6ead719c",
            "ws_alice_1_\u0661ead719c",
            "ws_alice_1_+ead719c",
            "ws_alice_1_-ead719c",
            "ws_alice_1_/ead719c",
            "ws_alice_1_:ead719c",
            "ws_alice_1_`ead719c",
            "ws_alice_1000000000000_6ead719c",
            "ws_alice_9999999999999999999999_6ead719c",
            "WS_alice_1757375098_6ead719c",
            "conn_alice_1757375098_6ead719c",
            "ws-alice_1757375098_6ead719c",
            " ws_alice_1757375098_6ead719c",
            "ws_alice_1757375098_6ead719c ",
            "ws_al ice_1757375098_6ead719c",
            "ws_al*ce_1757375098_6ead719c",
            "ws_null_1757375098_6ead719c",
            "ws_None_1757375098_6ead719c",
            "ws_undefined_1757375098_6ead719c",
            "ws_" + "x".repeat(129) + "_1757375098_6ead719c",
        };
    }

    @Test
    void shouldReadBackWhateverIsComposed() {
        long seed = Seeds.next();
        Random random = new Random(seed);
        String letters = "ab_01ws.:\u00e9\u540d";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder user = new StringBuilder();
            for (int length = 1 + random.nextInt(12); length > 0; length--) {
                user.append(letters.charAt(random.nextInt(letters.length())));
            }
            long seconds = random.nextLong(1_000_000_000_000L) >>> random.nextInt(40);
            ConnectionId id = ConnectionId.of(Address.user(user.toString()), seconds, random.nextInt());

            ConnectionId read = ConnectionId.parse(id.toString());

            assertThat(read)
                    .as("seed %d", seed)
                    .isEqualTo(id)
                    .hasSameHashCodeAs(id)
                    .hasToString(id.toString());
            assertThat(read.user().name()).isEqualTo(user.toString());
        }
    }

    @Test
    void shouldNeverBreakOnAnyText() {
        long seed = Seeds.next();
        Random random = new Random(seed);
        String letters = "ws_a0919f\u00e9 *";
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "ws_" : "");
            for (int length = random.nextInt(24); length > 0; length--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                assertThat(ConnectionId.parse(text.toString()))
                        .as("seed %d", seed)
                        .hasToString(text.toString());
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d, text %s", seed, text).hasMessageContaining("connection id");
            }
        }
    }

    @Test
    void shouldDifferInEveryPart() {
        ConnectionId id = ConnectionId.parse("ws_alice_1757375098_6ead719c");

        assertThat(id)
                .isEqualTo(ConnectionId.of(Address.user("alice"), 1757375098, 0x6ead719c))
                .isNotEqualTo(ConnectionId.parse("ws_alicf_1757375098_6ead719c"))
                .isNotEqualTo(ConnectionId.parse("ws_alice_1757375099_6ead719c"))
                .isNotEqualTo(ConnectionId.parse("ws_alice_1757375098_6ead719d"))
                .isNotEqualTo("ws_alice_1757375098_6ead719c");
    }

    /** A table of one user's many connections does not fill in clumps. */
    @Test
    void shouldSpreadTheIdsOfOneUser() {
        Set<Integer> hashCodes = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            hashCodes.add(ConnectionId.of(Address.user("alice"), 1757375098, i * 0x9e3779b9)
                    .hashCode());
        }

        assertThat(hashCodes).hasSizeGreaterThan(990);
    }

    @Test
    void shouldComposeOnlyWhatItCouldRead() {
        Address alice = Address.user("alice");

        for (long second : new long[] {0, 999_999_999_999L}) {
            ConnectionId id = ConnectionId.of(alice, second, -1);
            assertThat(ConnectionId.parse(id.toString())).isEqualTo(id);
        }
        assertThatThrownBy(() -> ConnectionId.of(Address.topic("alice"), 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ConnectionId.of(alice, -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ConnectionId.of(alice, 1_000_000_000_000L, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
