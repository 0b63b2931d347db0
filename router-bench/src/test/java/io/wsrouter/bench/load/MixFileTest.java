package io.wsrouter.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixFileTest {

    @ParameterizedTest
    @ValueSource(strings = {"chat", "trouble"})
    void shouldShipMixesThatCanBeRun(String name) {
        MixFile mix = MixFile.read(Path.of("mixes", name + ".yaml"));

        assertThat(LoadPlan.of("ws-router", 1, mix.groups()).checked(1).groups())
                .hasSizeGreaterThan(2);
    }

    @Test
    void shouldShareTheRateByWeight() {
        MixFile mix = MixFile.parse("""
                rate: 400
                groups:
                  a: {scenario: unicast, weight: 1, connections: 10}
                  b: {scenario: fanout, weight: 3, topics: 2, subscribers: 5}
                  c: {scenario: broadcast, rate: 7}
                """);

        assertThat(mix.groups()).extracting(GroupPlan::rate).containsExactly(100.0, 300.0, 7.0);
        assertThat(mix.groups().get(1).connections()).isEqualTo(10);
    }

    @Test
    void shouldNameEveryKeyThatIsWrongAndWhatWasExpected() {
        assertThatThrownBy(() -> MixFile.parse("""
                        duration: soon
                        color: red
                        groups:
                          a: {scenario: dance, connections: 10}
                          b: {scenario: unicast, connections: many}
                          c: {scenario: unicast, slow: 3}
                          d: {scenario: fanout, connections: 10, subscribers: 5}
                          e: {scenario: unicast, weight: 1}
                          f: {scenario: unicast, rate: 10, window: 4}
                          g: {scenario: unicast, size: 1 GB}
                        """))
                .isInstanceOf(PlanException.class)
                .hasMessageContaining("color: unknown (expected one of warmup, duration")
                .hasMessageContaining("duration: soon (expected a duration such as")
                .hasMessageContaining("groups.a.scenario: dance (expected one of unicast, devices, fanout")
                .hasMessageContaining("groups.b.connections: \"many\" (expected an integer)")
                .hasMessageContaining("groups.c.slow: 3 (expected none: only in scenario slow)")
                .hasMessageContaining("groups.d.subscribers: 5 (expected no connections beside it")
                .hasMessageContaining("groups.e.weight: 1.0 (expected a rate for all groups beside it")
                .hasMessageContaining("groups.f.rate and window: 10.0 and 4 (expected one of them")
                .hasMessageContaining("groups.g.size: 1 GB (expected a size such as");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "groups: {}", "groups: 3", "- a", "groups: {a: 1}", "groups: {a: {}}", "a: [", "a: 1\na: 1"})
    void shouldRefuseWhatIsNoMix(String yaml) {
        assertThatThrownBy(() -> MixFile.parse(yaml)).isInstanceOf(PlanException.class);
    }
}
