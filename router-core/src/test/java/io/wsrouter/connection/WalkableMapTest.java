package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WalkableMapTest {

    private static final class Value {

        private final Integer key;
        private int place;

        Value(int key) {
            this.key = key;
        }
    }

    private final WalkableMap<Integer, Value> map =
            new WalkableMap<>(value -> value.key, value -> value.place, (value, place) -> value.place = place);

    @Test
    void shouldHoldOnlyWhatIsBothFoundAndWalkedOver() {
        Value value = put(1);
        assertThat(map.holds(value)).isTrue();

        map.roster().remove(value);
        assertThat(map.holds(value)).as("found, but walked over no more").isFalse();

        map.put(value);
        map.dropKey(1);
        assertThat(map.holds(value)).as("walked over, but found no more").isFalse();
    }

    @Test
    void shouldRemoveNothingForAnotherValueOfItsKey() {
        Value value = put(1);

        assertThat(map.remove(new Value(1))).isFalse();

        assertThat(map.get(1)).isSameAs(value);
        assertThat(map.holds(value)).isTrue();
        assertThat(map.size()).isOne();
    }

    @Test
    void shouldPutBackAValueWhoseKeyStandsForNothing() {
        Value value = put(1);
        map.dropKey(1);

        assertThat(map.restoreOrDrop(value)).isTrue();

        assertThat(map.holds(value)).isTrue();
        assertThat(map.roster().size()).isOne();
    }

    @Test
    void shouldWalkNoMoreOverAValueWhoseKeyStandsForAnother() {
        Value former = put(1);
        map.dropKey(1);
        Value present = put(1);

        assertThat(map.restoreOrDrop(former)).isFalse();

        assertThat(map.get(1)).isSameAs(present);
        assertThat(map.roster().size()).isOne();
        assertThat(map.roster().at(0)).isSameAs(present);
    }

    @Test
    void shouldCopyAllKeysPartByPartAndFewOfThemAtATime() {
        Set<Integer> keys = new HashSet<>();
        for (int i = 0; i < 64_000; i++) {
            keys.add(put(i * 7 - 100_000).key);
        }
        Set<Integer> copied = new HashSet<>();
        for (int part = 0; part < WalkableMap.PARTS; part++) {
            List<Integer> some = map.keys(part);
            assertThat(some).hasSizeBetween(500, 2_000);
            copied.addAll(some);
        }

        assertThat(copied.equals(keys)).isTrue();
    }

    private Value put(int key) {
        Value value = new Value(key);
        map.put(value);
        return value;
    }
}
