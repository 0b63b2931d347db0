package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsrouter.address.Address;
import io.wsrouter.address.ConnectionId;
import io.wsrouter.routing.SeedWatcher;
import io.wsrouter.routing.Seeds;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedWatcher.class)
final class ConnectionIdGeneratorTest {

    private static final Address ALICE = Address.user("test_user_123456");

    @Test
    void shouldMintIdsOfTheOneGrammar() {
        ConnectionIdGenerator generator = new ConnectionIdGenerator(new SplittableRandom(Seeds.next()));
        for (int i = 0; i < 1_000; i++) {
            ConnectionId id = generator.next(ALICE, 1757375098L + i);

            assertThat(id.toString()).matches("ws_test_user_123456_" + (1757375098L + i) + "_[0-9a-f]{8}");
            assertThat(ConnectionId.parse(id.toString())).isEqualTo(id);
            assertThat(id.user()).isEqualTo(ALICE);
        }
    }

    /** Ten million random suffixes would repeat about 11,600 times. */
    @Test
    void shouldNotRepeatAnIdOfOneUserWithinOneSecond() {
        long seed = Seeds.next();
        ConnectionIdGenerator generator = new ConnectionIdGenerator(new SplittableRandom(seed));
        int[] hashes = new int[10_000_000];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = generator.next(ALICE, 1757375098L).hashCode();
        }

        assertThat(repeatsIn(hashes)).as("seed %d", seed).isZero();
    }

    /** Counters from all over their range, so that one which the digits forget a bit of would show. */
    @Test
    void shouldGiveEveryCounterDigitsOfItsOwn() {
        int[] hashes = new int[5_000_000];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = new ConnectionIdGenerator(startingAt(scatter(i)))
                    .next(ALICE, 1757375098L)
                    .hashCode();
        }

        assertThat(repeatsIn(hashes)).isZero();
    }

    @Test
    void shouldNotRepeatWhereItsCounterWraps() {
        for (int start : new int[] {-5, Integer.MAX_VALUE - 5, 0}) {
            ConnectionIdGenerator generator = new ConnectionIdGenerator(startingAt(start));

            assertThat(IntStream.range(0, 10).mapToObj(i -> generator.next(ALICE, 1)))
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldStartSomewhereElseInEveryProcess() {
        long seed = Seeds.next();
        SplittableRandom random = new SplittableRandom(seed);

        assertThat(IntStream.range(0, 100).mapToObj(i -> new ConnectionIdGenerator(random).next(ALICE, 1)))
                .as("seed %d", seed)
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldNotRepeatAcrossThreadsWithAGeneratorEach() throws InterruptedException {
        long seed = Seeds.next();
        SplittableRandom random = new SplittableRandom(seed);
        Set<String> minted = ConcurrentHashMap.newKeySet();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            ConnectionIdGenerator generator = new ConnectionIdGenerator(random);
            Address user = Address.user("user_" + t);
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 50_000; i++) {
                    minted.add(generator.next(user, 1757375098L).toString());
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(minted).as("seed %d", seed).hasSize(4 * 50_000);
    }

    /** A different number for each number: odd factors and shifts by a half lose nothing. */
    private static int scatter(int i) {
        int x = i * 0x9e3779b9;
        x ^= x >>> 16;
        return x * 0x2c1b3c6d;
    }

    /** Ids that are equal have equal hash codes: as many different hash codes are as many different ids. */
    private static int repeatsIn(int[] hashes) {
        Arrays.parallelSort(hashes);
        int repeats = 0;
        for (int i = 1; i < hashes.length; i++) {
            repeats += hashes[i] == hashes[i - 1] ? 1 : 0;
        }
        return repeats;
    }

    private static RandomGenerator startingAt(int counter) {
        int[] next = {0x5eed, counter};
        int[] position = {0};
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int nextInt() {
                return next[position[0]++];
            }
        };
    }
}
