package io.wsrouter.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RosterTest {

    private static final class Entry {

        private int place;
    }

    private final Roster<Entry> roster = rosterOfEntries();

    @Test
    void shouldHoldWhatWasAddedUntilItIsRemoved() {
        Entry first = added();
        Entry second = added();
        Entry third = added();

        assertThat(roster.remove(first)).isTrue();

        assertThat(roster.contains(first)).isFalse();
        assertThat(List.of(roster.at(0), roster.at(1))).containsExactlyInAnyOrder(second, third);
        assertThat(roster.contains(second)).isTrue();
        assertThat(roster.contains(third)).isTrue();
        assertThat(roster.remove(first)).as("once").isFalse();
        assertThat(roster.size()).isEqualTo(2);
    }

    @Test
    void shouldNotHoldAStrangerWhateverPlaceItRemembers() {
        for (int size = 0; size <= 4; size++) {
            for (int place = 0; place < 10; place++) {
                Entry stranger = new Entry();
                stranger.place = place;

                assertThat(roster.contains(stranger)).isFalse();
                assertThat(roster.remove(stranger)).isFalse();
                assertThat(roster.size()).isEqualTo(size);
            }
            added();
        }
    }

    @Test
    void shouldHaveNothingBehindItsLastPlace() {
        for (int size = 0; size <= 4; size++) {
            int behind = size;
            assertThatThrownBy(() -> roster.at(behind))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage("place %d (expected less than %d)", size, size);
            added();
        }
    }

    /** A second mention of an entry is taken away by the audit; the place that the entry remembers is the other one. */
    @Test
    void shouldStillHoldAnEntryWhoseSecondMentionGoes() {
        Entry twice = added();
        roster.add(twice);
        twice.place = 0;

        roster.removeAt(1);

        assertThat(roster.contains(twice)).isTrue();
        assertThat(roster.size()).isOne();
    }

    @Test
    void shouldShowAWalkEveryEntryThatStays() {
        List<Entry> staying = new ArrayList<>();
        List<Entry> leaving = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            (i % 3 == 0 ? staying : leaving).add(added());
        }
        List<Entry> seen = new ArrayList<>();

        for (int place = roster.size() - 1; place >= 0; place--) {
            if (place < roster.size()) {
                seen.add(roster.at(place));
            }
            if (!leaving.isEmpty()) {
                roster.remove(leaving.remove(leaving.size() / 2));
            }
            if (place % 5 == 0) {
                added();
            }
        }

        assertThat(seen).containsAll(staying);
    }

    @Test
    void shouldGiveBackItsMemoryAsEntriesLeave() throws ReflectiveOperationException {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            entries.add(added());
        }
        for (int left = 999; left >= 0; left--) {
            roster.remove(entries.get(left));

            assertThat(capacity()).isBetween(Math.max(left, 4), Math.max(4, 4 * left + 4));
        }
    }

    private int capacity() throws ReflectiveOperationException {
        Field entries = Roster.class.getDeclaredField("entries");
        entries.setAccessible(true);
        return ((Object[]) entries.get(roster)).length;
    }

    private Entry added() {
        Entry entry = new Entry();
        roster.add(entry);
        return entry;
    }

    private static Roster<Entry> rosterOfEntries() {
        return new Roster<>(entry -> entry.place, (entry, place) -> entry.place = place);
    }
}
