package io.wsrouter.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerOptionTest {

    @Test
    void shouldReadCommandWithCommas() {
        assertThat(PeerOption.parse("mine=/opt/mine/run --cpus 0,1 -v,7000,ws-router"))
                .isEqualTo(new PeerOption("mine", "/opt/mine/run --cpus 0,1 -v", 7000, "ws-router"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mine", "mine=run", "mine=run,7000", "=run,7000,nats", "mine=run,7000,"})
    void shouldSayWhatItExpects(String text) {
        assertThatThrownBy(() -> PeerOption.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("peer " + text + " (expected name=command,port,protocol)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "http", "-1"})
    void shouldRefusePortThatIsNone(String port) {
        assertThatThrownBy(() -> PeerOption.parse("mine=run," + port + ",nats"))
                .hasMessage("peer mine=run," + port + ",nats: port " + port + " (expected 1 to 65535)");
    }
}
