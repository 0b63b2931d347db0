package io.wsrouter.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VariantOptionTest {

    @Test
    void shouldTellFlagsFromSettings() {
        assertThat(VariantOption.parse("z=-XX:+UseZGC transport=nio -Xmx1g busy-poll=50us"))
                .isEqualTo(new VariantOption(
                        "z", List.of("-XX:+UseZGC", "-Xmx1g"), List.of("transport=nio", "busy-poll=50us")));
        assertThat(VariantOption.parse("same=")).isEqualTo(new VariantOption("same", List.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nothing", "=-Xmx1g"})
    void shouldRefuseWhatHasNoName(String text) {
        assertThatThrownBy(() -> VariantOption.parse(text))
                .hasMessage("variant " + text + " (expected name=flags and settings)");
    }

    @Test
    void shouldRefuseWhatIsNeitherFlagNorSetting() {
        assertThatThrownBy(() -> VariantOption.parse("a=nio"))
                .hasMessage("variant a=nio: nio (expected a flag that starts with -, or key=value)");
    }
}
