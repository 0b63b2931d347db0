package io.wsrouter.address;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsrouter.routing.SeedWatcher;
import io.wsrouter.routing.Seeds;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedWatcher.class)
final class AddressTest {

    private static final String ID = "ws_alice_1757375098_6ead719c";

    @ParameterizedTest
    @CsvSource({
        "user:alice, USER, alice",
        "user:user:alice, USER, user:alice",
        "topic:chat.42, TOPIC, chat.42",
        "topic:topic:x, TOPIC, topic:x",
        "connection:ws_alice_1757375098_6ead719c, CONNECTION, ws_alice_1757375098_6ead719c",
    })
    void shouldReadAddresses(String text, Address.Kind kind, String name) {
        Address address = Address.parse(text);

        assertThat(address.kind()).isEqualTo(kind);
        assertThat(address.name()).isEqualTo(name);
        assertThat(address).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "alice",
                "user",
                "user:",
                "User:alice",
                "USER:alice",
                " user:alice",
                "user :alice",
                "users:alice",
                "topic:",
                "topic:a b",
                "topic:chat.*",
                "user:*",
                "*",
                "connection:",
                "connection:alice",
                "connection:ws_alice_1757375098_6EAD719C",
                "group:x",
                "\u0000user:alice",
            })
    void shouldRefuseWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> Address.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSayWhatItExpected() {
        assertThatThrownBy(() -> Address.parse("alice"))
                .hasMessage("address \"alice\" (expected user:<id>, connection:<id> or topic:<name>)");
    }

    @Test
    void shouldBeEqualWhenTheTextIsEqualByteForByte() {
        assertThat(Address.user("alice"))
                .isEqualTo(Address.parse("user:alice"))
                .hasSameHashCodeAs(Address.parse("user:alice"))
                .isNotEqualTo(Address.topic("alice"))
                .isNotEqualTo(Address.user("Alice"))
                .isNotEqualTo("user:alice")
                .isNotEqualTo(null);
        assertThat(Address.user("\u00e9")).as("composed and decomposed").isNotEqualTo(Address.user("e\u0301"));
        assertThat(Address.connection(ConnectionId.parse(ID))).isEqualTo(Address.parse("connection:" + ID));
    }

    @Test
    void shouldStayTwoAddressesWhenTheirHashesCollide() {
        byte[] alice = "user:alice".getBytes(UTF_8);
        byte[] bob = "user:bob".getBytes(UTF_8);
        long hashOfAlice = Address.hash(alice, 0, alice.length);
        Address collision = Address.parse(bob, 0, bob.length, hashOfAlice);

        assertThat(collision).hasSameHashCodeAs(Address.user("alice")).isNotEqualTo(Address.user("alice"));
        assertThat(collision.hasText(hashOfAlice, alice, 0, alice.length)).isFalse();
        assertThat(collision.hasText(hashOfAlice, bob, 0, bob.length)).isTrue();
    }

    @Test
    void shouldBelongToItsUser() {
        assertThat(Address.user("alice").owner()).isEqualTo(Address.user("alice"));
        assertThat(Address.parse("connection:" + ID).owner()).isEqualTo(Address.user("alice"));
        assertThatThrownBy(() -> Address.topic("x").owner())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("topic:x has no owner");
    }

    @Test
    void shouldKeepTheIdOfAConnection() {
        assertThat(Address.parse("connection:" + ID).connectionId()).hasToString(ID);
        assertThatThrownBy(() -> Address.user("alice").connectionId()).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"user:alice", "user:\u540d\u524d", "topic:chat.42"})
    void shouldCopyItsTextInUtf8(String text) {
        Address address = Address.parse(text);
        byte[] target = new byte[address.lengthBytes() + 5];

        int end = address.copyTo(target, 3);

        assertThat(end).isEqualTo(3 + address.lengthBytes());
        assertThat(new String(target, 3, address.lengthBytes(), UTF_8)).isEqualTo(text);
        assertThat(address.lengthBytes()).isEqualTo(text.getBytes(UTF_8).length);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 64, 1000})
    void shouldLiveWithItsUserWhenItIsAConnection(int shards) {
        Random random = new Random(Seeds.next());
        for (int i = 0; i < 1000; i++) {
            Address user = Address.user("user_" + random.nextInt() + "_" + i);
            Address connection = Address.connection(ConnectionId.of(user, i, random.nextInt()));

            assertThat(connection.homeShard(shards))
                    .isEqualTo(user.homeShard(shards))
                    .isBetween(0, shards - 1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Address.Kind.class,
            names = {"USER", "TOPIC"})
    void shouldSpreadOverTheShards(Address.Kind kind) {
        for (int shards : new int[] {2, 3, 4, 7, 16}) {
            int[] counts = new int[shards];
            for (int i = 0; i < 20_000; i++) {
                counts[Address.parse(kind.prefix() + "name" + i).homeShard(shards)]++;
            }

            double expected = 20_000.0 / shards;
            double sixSigma = 6 * Math.sqrt(expected);
            for (int count : counts) {
                assertThat((double) count)
                        .as("of %d shards", shards)
                        .isBetween(expected - sixSigma, expected + sixSigma);
            }
        }
    }

    /** Within one shard the hash codes still differ in all their bits, so its tables do not fill in clumps. */
    @Test
    void shouldSpreadOverATableWithinAShard() {
        int[] counts = new int[64];
        int total = 0;
        for (int i = 0; i < 64_000; i++) {
            Address address = Address.user("name" + i);
            if (address.homeShard(4) == 1) {
                counts[address.hashCode() & 63]++;
                total++;
            }
        }

        double expected = total / 64.0;
        for (int count : counts) {
            assertThat((double) count)
                    .isBetween(expected - 6 * Math.sqrt(expected), expected + 6 * Math.sqrt(expected));
        }
    }

    @Test
    void shouldReadBytesAsItReadsText() {
        List<String> pieces = List.of(
                "user:",
                "topic:",
                "connection:",
                "user",
                ":",
                "alice",
                "null",
                "undefined",
                "None",
                "a.b/c-1_",
                " ",
                "*",
                ">",
                "\"",
                "\\",
                "\u0000",
                "\u007f",
                "\u00e9",
                "\u00a0",
                "\u2028",
                "\ud83d\ude00",
                "ws_a_1_00000000",
                "x".repeat(64));
        long seed = System.nanoTime();
        RandomGenerator random = new SplittableRandom(seed);
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(6); j >= 0; j--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            byte[] utf8 = ("<" + text + ">").getBytes(UTF_8);
            assertThat(read(() -> Address.parse(utf8, 1, utf8.length - 2)))
                    .as("seed %d, \"%s\"", seed, text)
                    .isEqualTo(read(() -> Address.parse(text.toString())));
        }
    }

    @Test
    void shouldKeepTheLimitsOfNamesInBytes() {
        assertThat(readFromTheMiddle("user:" + "x".repeat(128))).isEqualTo(Address.user("x".repeat(128)));
        assertThat(readFromTheMiddle("user:" + "x".repeat(129))).asString().contains("expected 1 to 128 bytes");
        assertThat(readFromTheMiddle("topic:" + "t".repeat(200))).isEqualTo(Address.topic("t".repeat(200)));
        assertThat(readFromTheMiddle("topic:" + "t".repeat(201))).asString().contains("expected 1 to 200");
    }

    private static Object readFromTheMiddle(String text) {
        byte[] utf8 = ("\"to\":\"" + text + "\"").getBytes(UTF_8);
        return read(() -> Address.parse(utf8, 6, utf8.length - 7));
    }

    private static Object read(Supplier<Address> parse) {
        try {
            return parse.get();
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }
}
